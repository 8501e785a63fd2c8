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
export function withoutLastDigitBefore(text: string, caret: number): { text: string; caret: number } {
  const head = text.slice(0, caret).replace(/\p{Nd}(\P{Nd}*)$/u, '$1');
  return { text: head + text.slice(caret), caret: head.length };
}
