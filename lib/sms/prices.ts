import { isSupportedCountry } from 'libphonenumber-js/max';
import { moneyPolicy } from '../policy';
import type { Channel } from './sender';

/** What a part of a message (or a whole call) costs, in {@link moneyPolicy} units, by place and channel (`US`, `US/call`, `*`). */
export type Prices = ReadonlyMap<string, number>;

export type ParsedPrices = { ok: true; prices: Prices } | { ok: false; problems: string[] };

/**
 * Reads `IN=0.0042,US=0.0079,US/call=0.014,*=0.1`. All that is wrong is told at once, each as the rest of a sentence that begins
 * with the setting's name. `*` must be there: what has no price could be sent without end.
 */
export function parsePrices(text: string): ParsedPrices {
  const problems: string[] = [];
  const prices = new Map<string, number>();
  for (const [index, entry] of text.split(',').entries()) {
    const [, place, channel, amount] =
      /^\s*([a-z]{2}|\*)\s*(?:\/\s*(sms|call|whatsapp)\s*)?=\s*(\d{1,4}(?:\.\d{1,6})?)\s*$/i.exec(entry) ?? [];
    if (place === undefined || amount === undefined) {
      problems.push(`has no country=price or country/channel=price in entry ${index + 1}`);
      continue;
    }
    const country = place.toUpperCase();
    const key = keyOf(country, channel?.toLowerCase());
    if (country !== '*' && !isSupportedCountry(country)) {
      problems.push(`names ${country} in entry ${index + 1}, which is no ISO 3166 alpha-2 country code and not *`);
    }
    if (prices.has(key)) problems.push(`has two prices for ${key}`);
    prices.set(key, Number(amount) * moneyPolicy.unitsPerCurrency);
  }
  if (!prices.has('*')) problems.push('needs a price for * (every country that is not named)');
  return problems.length > 0 ? { ok: false, problems } : { ok: true, prices };
}

const keyOf = (country: string, channel: string | undefined) =>
  channel === undefined || channel === 'sms' ? country : `${country}/${channel}`;

/** What a message of so many parts costs, rounded up to whole {@link moneyPolicy} units; 0: prices are not known. */
export function costOf(
  prices: Prices | undefined,
  message: { country: string; channel: Channel; segments: number },
): number {
  const { country, channel, segments } = message;
  const keys = [keyOf(country, channel), keyOf('*', channel), country, '*'];
  const price = keys.map((key) => prices?.get(key)).find((found) => found !== undefined) ?? 0;
  // A hundredth of a unit is noise of the multiplication, and no reason to round up.
  return Math.max(0, Math.ceil(price * segments - 0.01));
}
