import { type CountryCode, getCountries, getExampleNumber } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { canonicalPhone } from '../../phone/phone';

/** Digits at a number's end that are made up; the ones before come from the country's example and stay a mobile range. */
const MADE_UP_DIGITS = 6;
const DEFAULT_COUNTRY: CountryCode = 'IN';

/**
 * `count` different mobile numbers (E.164), spread evenly over the countries of the world and over many ranges in each,
 * so that the limits for one country and one range, which stay on, have no reason to bite. The same every time.
 */
export function freshNumbers(count: number): string[] {
  const found = new Set<string>();
  const prefixes = mobilePrefixes();
  const random = randomNumbers(20_260_101);
  for (let tries = 0; found.size < count && tries < count * 20; tries += 1) {
    const prefix = prefixes[tries % prefixes.length]!;
    const number = prefix + String(Math.floor(random() * 10 ** MADE_UP_DIGITS)).padStart(MADE_UP_DIGITS, '0');
    const parsed = canonicalPhone(number, DEFAULT_COUNTRY, undefined);
    if (parsed.ok && parsed.phone.e164 === number) found.add(number);
  }
  if (found.size < count) throw new Error(`Only ${found.size} of ${count} mobile numbers could be made up.`);
  return [...found];
}

function mobilePrefixes(): string[] {
  return getCountries()
    .map((country) => getExampleNumber(country, examples)?.number ?? '')
    .filter((number) => number !== '' && canonicalPhone(number, DEFAULT_COUNTRY, undefined).ok)
    .map((number) => number.slice(0, -MADE_UP_DIGITS));
}

/** mulberry32: small, even, and the same on every machine. From 0 up to 1. */
function randomNumbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
