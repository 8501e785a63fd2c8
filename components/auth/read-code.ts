/**
 * Finds the code in whatever was typed, pasted or filled in: "123456", "123 456", or the whole message. Of a message it
 * takes the run of exactly `length` digits, so that "Valid for 5 minutes" is not read as part of the code.
 */
export function readCode(text: string, length: number): string {
  const latin = text.normalize('NFKC').replace(/\p{Nd}/gu, toLatinDigit);
  const digits = latin.replace(/\D/g, '');
  if (/^[\d\s.–-]*$/.test(latin)) {
    return digits.slice(0, length);
  }
  const run = new RegExp(`(?<!\\d)\\d(?:[ -]?\\d){${length - 1}}(?!\\d)`).exec(latin);
  return (run ? run[0].replace(/\D/g, '') : digits).slice(0, length);
}

/** Decimal digits of every script stand in blocks of ten that begin with zero. */
function toLatinDigit(digit: string): string {
  let zero = digit.codePointAt(0) ?? 0;
  const start = zero;
  while (/\p{Nd}/u.test(String.fromCodePoint(zero - 1)) && start - zero < 9) {
    zero--;
  }
  return /\d/.test(digit) ? digit : String(start - zero);
}
