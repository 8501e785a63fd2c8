import { useRef, useState } from 'react';
import type { Country } from './countries';
import type * as PhoneFormat from './phone-format';

let formatter: typeof PhoneFormat | null = null;
const loadFormatter = async () => (formatter ??= await import('./phone-format'));

/** The number sent last, so that "Change number" finds it again. It lives in this page's memory only. */
let remembered: { country: Country; phone: string } | null = null;

type Options = {
  start: Country;
  allowed: readonly string[] | undefined;
  /** Begins with the number sent last; not where another one is wanted. */
  recall?: boolean;
  write: (text: string) => void;
};

/**
 * Keeps the phone field formatted while somebody types, and its country in step with what they paste. `write` tells the
 * form what the field holds. Without the formatter (still loading, or no connection) the text stays as typed.
 */
export function usePhoneTyping({ start, allowed, recall = true, write }: Options) {
  const [kept] = useState(recall ? remembered : null);
  const [country, setCountry] = useState(kept?.country ?? start);
  const before = useRef(kept?.phone ?? '');
  // What was typed before the formatter arrived is formatted for the country that is chosen by then.
  const chosen = useRef(country);
  const accepts = (iso: string) => !allowed?.length || allowed.includes(iso);

  const choose = (next: Country) => {
    chosen.current = next;
    setCountry((current) => (current.iso === next.iso ? current : next));
  };

  const settle = (typed: PhoneFormat.TypedPhone) => {
    before.current = typed.text;
    write(typed.text);
    choose(typed.country);
  };

  return {
    country,
    remembered: kept,
    warmUp: () => void loadFormatter().catch(() => null),
    remember(phone: string) {
      remembered = { country, phone };
    },
    pick(picked: Country) {
      choose(picked);
      // A number that began with another country's code is not one of the country just picked.
      const text = before.current.replace(/^\+.*/, '');
      if (formatter) {
        settle(formatter.formatPhone({ text, country: picked, whole: false, accepts }));
      }
    },
    /** "+44 7400 123456", typed to its end, becomes the country and the national rest. */
    left() {
      if (formatter && before.current.startsWith('+')) {
        settle(formatter.formatPhone({ text: before.current, country: chosen.current, whole: true, accepts }));
      }
    },
    changed(input: HTMLInputElement) {
      const typed = input.value;
      const format = (lib: typeof PhoneFormat) =>
        settle(lib.formatField(input, before.current, { country: chosen.current, accepts }));
      if (formatter) {
        format(formatter);
      } else {
        loadFormatter().then(
          (lib) => input.isConnected && input.value === typed && format(lib),
          () => null,
        );
      }
    },
  };
}
