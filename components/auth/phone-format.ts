import { AsYouType, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';
import { type Country, countryOf } from './countries';

// Loaded when somebody first touches the phone field: the numbering plans of the world are too heavy for a first page.

export type TypedPhone = { country: Country; text: string };

type Typing = { text: string; country: Country; whole: boolean; accepts: (iso: string) => boolean };

/**
 * How the phone field should read after a change. `whole` means the text arrived in one piece (pasted or filled in): an
 * international number then becomes its country and the national rest. While somebody types "+44…" by hand only the
 * country follows and the text stays theirs.
 */
export function formatPhone({ text, country, whole, accepts }: Typing): TypedPhone {
  const cleaned = text
    .trim()
    .replace(/^tel:/i, '')
    .replace(/^[^\d+]*00/, '+');
  if (!cleaned.includes('+')) return { country, text: formatAs(country.iso, cleaned) };
  const found = parsePhoneNumberFromString(cleaned);
  if (whole && found?.country && found.isPossible() && accepts(found.country)) {
    return { country: countryOf(found.country), text: formatAs(found.country, found.nationalNumber) };
  }
  const typing = new AsYouType();
  const formatted = typing.input(cleaned);
  const guess = typing.getCountry();
  return { country: guess && accepts(guess) ? countryOf(guess) : country, text: formatted };
}

function formatAs(iso: string, digits: string): string {
  return new AsYouType(isSupportedCountry(iso) ? iso : undefined).input(digits);
}
