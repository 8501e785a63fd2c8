import { z } from 'zod';

// Zod tries whether it may run code that it makes itself. Our pages' policy says no, and browsers report each try; whoever makes
// a schema that pages use comes by here first.
if (typeof window !== 'undefined') {
  z.config({ jitless: true });
}

/** NUL and the other control characters, except line breaks and tabs. */
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f]/;

/** Characters that turn the direction of what stands around them: a name must not reverse the page it is shown on. */
const directions = /[\u202a-\u202e\u2066-\u2069]/;

const refusal = 'This has characters that can’t be used';

/**
 * Text as a person typed or pasted it, trimmed, to be read and not kept: 1 to `longest` code points (not UTF-16 units, so an
 * emoji counts once), no control characters, no half of a surrogate pair. Numbers copied from a phone carry direction marks.
 */
export function typedText(longest: number) {
  return z
    .string()
    .trim()
    .min(1, 'This can’t be empty')
    .refine((text) => [...text].length <= longest, `At most ${longest} characters`)
    .refine((text) => !controls.test(text) && text.isWellFormed(), refusal)
    .meta({ maxLength: longest });
}

/** The same, to be kept and shown: no direction marks either. */
export function plainText(longest: number) {
  return typedText(longest)
    .refine((text) => !directions.test(text), refusal)
    .meta({ maxLength: longest });
}

/** A language as browsers name it (BCP 47), such as `en` or `hi-IN`. */
export const languageTag = z.string().max(35).refine(isLanguageTag, 'Enter a language tag such as en or hi-IN');

function isLanguageTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag).length === 1;
  } catch {
    return false;
  }
}
