import { describe, expect, it } from 'vitest';
import { costOf, parsePrices, type Prices } from './prices';

const prices = (text: string): Prices => {
  const parsed = parsePrices(text);
  if (!parsed.ok) throw new Error(parsed.problems.join('; '));
  return parsed.prices;
};

describe('prices', () => {
  it('are of a country, of a channel there, or of everywhere', () => {
    const known = prices('IN=0.0042, us=0.0079,US/call=0.014,*/whatsapp=0.02,*=0.1');
    const cost = (country: 'IN' | 'US' | 'BD', channel: 'sms' | 'call' | 'whatsapp', segments = 1) =>
      costOf(known, { country, channel, segments });
    expect(cost('IN', 'sms')).toBe(42);
    expect(cost('IN', 'sms', 2)).toBe(84);
    expect(cost('US', 'sms')).toBe(79);
    expect(cost('US', 'call')).toBe(140);
    expect(cost('IN', 'call')).toBe(42);
    expect(cost('BD', 'sms')).toBe(1_000);
    expect(cost('BD', 'whatsapp')).toBe(200);
  });

  it('are rounded up, so that no message is ever free', () => {
    expect(costOf(prices('*=0.00001'), { country: 'IN', channel: 'sms', segments: 1 })).toBe(1);
    expect(costOf(prices('*=0.00421'), { country: 'IN', channel: 'sms', segments: 2 })).toBe(85);
    expect(costOf(prices('*=0'), { country: 'IN', channel: 'sms', segments: 1 })).toBe(0);
    expect(costOf(undefined, { country: 'IN', channel: 'sms', segments: 1 })).toBe(0);
  });

  it.each([
    ['IN=0.01', 'needs a price for *'],
    ['IN', 'in entry 1'],
    ['*=free', 'in entry 1'],
    ['*=1,XX=1', 'names XX in entry 2'],
    ['*=1,IN/fax=1', 'in entry 2'],
    ['*=1,IN=1,in=2', 'two prices for IN'],
    ['*=-1', 'in entry 1'],
    ['*=99999', 'in entry 1'],
  ])('%s: %s', (text, problem) => {
    const parsed = parsePrices(text);
    expect(parsed.ok ? [] : parsed.problems.join('; ')).toContain(problem);
  });
});
