/** Decimal digits of any script (०, ০, ٠, ０ …) as 0–9: every script has its ten in a row, zero first, and some stand end to end. */
export function asciiDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    const codePoint = digit.codePointAt(0) ?? 0;
    let value = 0;
    while (/\p{Nd}/u.test(String.fromCodePoint(codePoint - value - 1))) {
      value += 1;
    }
    return String(value % 10);
  });
}
