import { type CountryCode, parsePhoneNumberWithError, ParseError, type PhoneNumber } from 'libphonenumber-js/max';
import { refuse, type Result } from '../errors';
import { asciiDigits } from './ascii-digits';

/** A number that can be sent a code. `range` is the number less its last four digits (ten thousand neighbours). */
export type Phone = { e164: string; country: Region; range: string };

export type PhoneRefusal = 'invalid_phone' | 'unsupported_country' | 'undeliverable_phone';

/**
 * Types that receive text messages. In some countries the plan can't tell mobile from landline. None of the others is ever sent
 * a code: what can be told to be a landline, toll-free, premium, shared-cost, personal, pager, VoIP, voicemail or UAN number.
 */
const mobileTypes = new Set(['MOBILE', 'FIXED_LINE_OR_MOBILE']);

/**
 * The one canonical form of a number typed by a person: E.164.
 *
 * Accepts any human format, national digits of `defaultCountry`, a leading 00 for +, digits of any script and invisible
 * characters. Nothing is extracted out of surrounding text, and extensions are refused.
 */
export function canonicalPhone(
  typed: string,
  defaultCountry: CountryCode,
  allowedCountries: readonly CountryCode[] | undefined,
): Result<{ phone: Phone }, PhoneRefusal> {
  const text = asciiDigits(typed.normalize('NFKC'))
    .replace(/\p{Cf}/gu, '')
    .replace(/[\p{Pd}\u2212\u00b7]/gu, '-')
    .trim()
    .replace(/^\(\s*(\+\d+)\s*\)/, '$1 ')
    .replace(/^00/, '+');
  if (!/^\+?[0-9\s().\-/]+$/.test(text)) {
    return refuse('invalid_phone');
  }
  let number: PhoneNumber;
  try {
    number = parsePhoneNumberWithError(text, { defaultCountry, extract: false });
  } catch (error) {
    if (error instanceof ParseError) {
      return refuse('invalid_phone');
    }
    throw error;
  }
  if (!number.isValid() || number.ext) {
    return refuse('invalid_phone');
  }
  if (!number.country) {
    // Satellite phones, international toll-free, premium and shared-cost numbers: valid, and of no country.
    return refuse('undeliverable_phone');
  }
  if (allowedCountries && !allowedCountries.includes(number.country)) {
    return refuse('unsupported_country');
  }
  if (!mobileTypes.has(number.getType() ?? '')) {
    return refuse('undeliverable_phone');
  }
  return { ok: true, phone: { e164: number.number, country: number.country, range: number.number.slice(0, -4) } };
}

/** Where a number is of no country: `001`, the world (UN M.49), which no route and no list of countries names. */
type Region = CountryCode | '001';

/**
 * The country (ISO 3166 alpha-2) of an E.164 number. One that nobody could have (a test number) is of the first country of its
 * calling code.
 */
export function countryOf(e164: string): Region {
  const number = parsePhoneNumberWithError(e164);
  return number.country ?? number.getPossibleCountries()[0] ?? '001';
}

/** A number of ours (E.164) as the limits see it: nobody asks any more whether it can be sent a code. A test number can't. */
export const limitedPhone = (e164: string): Phone => ({ e164, country: countryOf(e164), range: e164.slice(0, -4) });

/** `+91 •••••• 6789`: enough to recognise one's own number, for pages and logs. */
export function maskedPhone(e164: string): string {
  const number = parsePhoneNumberWithError(e164);
  const national = number.nationalNumber;
  return `+${number.countryCallingCode} ${'•'.repeat(Math.max(0, national.length - 4))} ${national.slice(-4)}`;
}
