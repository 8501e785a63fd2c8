import {
  AsYouType,
  getCountryCallingCode,
  isSupportedCountry,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/min';
import { asciiDigits } from '@/lib/phone/ascii-digits';
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
  const cleaned = asciiDigits(text.normalize('NFKC'))
    .replace(/\p{Cf}/gu, '')
    .trim()
    .replace(/^tel:/i, '')
    .replace(/^[^\d+]*00/, '+');
  if (!cleaned.includes('+')) {
    return { country, text: formatAs(country.iso, cleaned) };
  }
  const found = parsePhoneNumberFromString(cleaned);
  if (whole && found?.country && found.isPossible() && accepts(found.country)) {
    return { country: countryOf(found.country), text: formatAs(found.country, found.nationalNumber) };
  }
  const typing = new AsYouType();
  const formatted = typing.input(cleaned);
  const guess = typing.getCountry();
  return { country: guess && accepts(guess) ? countryOf(guess) : country, text: formatted };
}

/**
 * National digits as they are written behind a calling code ("81234 56789"); with the trunk prefix of people who type
 * it ("07400 123456") as they are written at home.
 */
function formatAs(iso: string, text: string): string {
  if (!isSupportedCountry(iso)) {
    return text;
  }
  const prefix = `+${getCountryCallingCode(iso)}`;
  const abroad = new AsYouType()
    .input(prefix + digitsOf(text))
    .slice(prefix.length)
    .trim();
  return /\D/.test(abroad) ? abroad : new AsYouType(iso).input(text);
}

/** Formats what stands in the field after a change and keeps the caret behind the digit it was behind. */
export function formatField(
  input: HTMLInputElement,
  before: string,
  typing: Omit<Typing, 'text' | 'whole'>,
): TypedPhone {
  const whole = input.value.length - before.length > 1;
  const caret = input.selectionStart ?? input.value.length;
  const atEnd = caret === input.value.length;
  const kept = onlyPunctuationErased(input.value, before)
    ? withoutLastDigitBefore(input.value, caret)
    : { text: input.value, caret };
  const typed = formatPhone({ ...typing, text: kept.text, whole });
  if (typed.text !== input.value) {
    const position = atEnd
      ? typed.text.length
      : caretAfter(typed.text, digitsOf(kept.text.slice(0, kept.caret)).length);
    input.value = typed.text;
    input.setSelectionRange(position, position);
  }
  return typed;
}

/** Only a bracket or a space went; formatting would put it straight back, so the digit before it must go as well. */
function onlyPunctuationErased(text: string, before: string): boolean {
  return before.length - text.length === 1 && digitsOf(text) === digitsOf(before);
}

/** The digits (and the plus) of a number as typed, without what only makes it readable. */
export function digitsOf(text: string): string {
  return text.replace(/[^\p{Nd}+]/gu, '');
}

/** The place in `text` behind its first `count` digits. */
export function caretAfter(text: string, count: number): number {
  let seen = 0;
  for (let index = 0; index < text.length; index++) {
    if (seen === count) {
      return index;
    }
    seen += digitsOf(text.charAt(index)).length;
  }
  return text.length;
}

/** Takes away the last digit before `caret`. */
function withoutLastDigitBefore(text: string, caret: number): { text: string; caret: number } {
  const head = text.slice(0, caret).replace(/\p{Nd}(\P{Nd}*)$/u, '$1');
  return { text: head + text.slice(caret), caret: head.length };
}
