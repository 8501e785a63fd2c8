import { useRef, useState } from 'react';
import type { Country } from './countries';
import type * as PhoneFormat from './phone-format';
import { caretAfter, digitsOf, withoutLastDigitBefore } from './typed-digits';

type Formatter = typeof PhoneFormat;
let formatter: Formatter | null = null;
const loadFormatter = async () => (formatter ??= await import('./phone-format'));

/** The number sent last, so that "Change number" finds it again. It lives in this page's memory only. */
let remembered: { country: Country; phone: string } | null = null;

type Options = { start: Country; allowed: readonly string[] | undefined };
type Write = (text: string) => void;

/** Keeps the phone field formatted while somebody types, and its country in step with what they paste. */
export function usePhoneTyping({ start, allowed }: Options) {
  const [country, setCountry] = useState(remembered?.country ?? start);
  const [kept] = useState(remembered);
  const before = useRef('');

  const format = (input: HTMLInputElement, lib: Formatter, write: Write, whole: boolean) => {
    const accepts = (iso: string) => !allowed?.length || allowed.includes(iso);
    const typed = lib.formatPhone({ text: input.value, country, whole, accepts });
    const caret = caretAfter(typed.text, digitsOf(input.value.slice(0, input.selectionStart ?? undefined)).length);
    const atEnd = input.selectionStart === input.value.length;
    if (typed.text !== input.value) {
      input.value = typed.text;
      write(typed.text);
      const position = atEnd ? typed.text.length : caret;
      input.setSelectionRange(position, position);
    }
    setCountry((current) => (current.iso === typed.country.iso ? current : typed.country));
    before.current = typed.text;
  };

  return {
    country,
    remembered: kept,
    warmUp: () => void loadFormatter().catch(() => null),
    remember(phone: string) {
      remembered = { country, phone };
    },
    pick(picked: Country, write: Write) {
      setCountry(picked);
      const national = formatter?.formatPhone({
        text: before.current.replace(/^\+.*/, ''),
        country: picked,
        whole: false,
        accepts: () => true,
      });
      if (national) {
        before.current = national.text;
        write(national.text);
      }
    },
    /** `write` puts a text into the form as well as the field. */
    changed(input: HTMLInputElement, write: Write) {
      const old = before.current;
      const erased = input.value.length < old.length && digitsOf(input.value) === digitsOf(old);
      if (erased && old.length - input.value.length === 1) {
        // Only a bracket or a space went; formatting would put it straight back. Take the digit before it instead.
        const kept = withoutLastDigitBefore(input.value, input.selectionStart ?? input.value.length);
        input.value = kept.text;
        input.setSelectionRange(kept.caret, kept.caret);
        write(kept.text);
      }
      const whole = input.value.length - old.length > 1;
      before.current = input.value;
      if (formatter) {
        format(input, formatter, write, whole);
      } else {
        const waiting = input.value;
        loadFormatter().then(
          (lib) => input.isConnected && input.value === waiting && format(input, lib, write, whole),
          () => null,
        );
      }
    },
  };
}
