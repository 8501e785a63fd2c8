import { describe, expect, it } from 'vitest';
import { readCode } from './read-code';

const message = [
  'Your Latchkey verification code is: 123456',
  'Valid for 5 minutes.',
  'Do not share this code with anyone.',
  '',
  '@localhost #123456',
].join('\n');

describe('readCode', () => {
  it.each([
    ['digits', '123456'],
    ['two groups', '123 456'],
    ['a dash', '123-456'],
    ['the whole message', message],
    ['a message that splits the code', 'Code: 123 456. Valid for 5 minutes.'],
    ['digits of other scripts', '١٢٣٤٥٦'],
    ['full-width digits', '１２３４５６'],
    ['letters around it', 'G-123456'],
  ])('finds the code in %s', (_name, text) => {
    expect(readCode(text, 6)).toBe('123456');
  });

  it('keeps what is typed so far and drops what is no digit', () => {
    expect(readCode('12', 6)).toBe('12');
    expect(readCode('12a', 6)).toBe('12');
    expect(readCode('abc', 6)).toBe('');
  });

  it('never gives more digits than the code has', () => {
    expect(readCode('1234567', 6)).toBe('123456');
  });

  it('takes the run of the right length, not the first digits of a message', () => {
    expect(readCode('Order 42: your code is 87654321, valid for 10 minutes', 8)).toBe('87654321');
  });
});
