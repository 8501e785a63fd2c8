import { z } from 'zod';

/**
 * Characters that never belong in stored text: NUL and the other controls except line breaks and tabs, and those that turn the
 * direction of what stands around them (a name must not reverse the page it is shown on).
 */
const controls = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;

/**
 * Text a person wrote, trimmed: 1 to `longest` code points (not UTF-16 units, so an emoji counts once), no control
 * characters, no half of a surrogate pair.
 */
export function plainText(longest: number) {
  return z
    .string()
    .trim()
    .min(1, 'This can’t be empty')
    .refine((text) => [...text].length <= longest, `At most ${longest} characters`)
    .refine((text) => !controls.test(text) && text.isWellFormed(), 'This has characters that can’t be used');
}
