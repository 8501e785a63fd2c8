import fc from 'fast-check';
import { type CountryCode, getCountries, getExampleNumber, parsePhoneNumberWithError } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { describe, expect, it } from 'vitest';
import { asciiDigits } from './ascii-digits';
import { canonicalPhone, maskedPhone } from './phone';

const countries = getCountries();
/** A number of each country that can have a code, in E.164. */
const numbers = countries.flatMap((country) => {
  const e164 = getExampleNumber(country, examples)?.number;
  return e164 && canonicalPhone(e164, country, undefined).ok ? [e164] : [];
});
const zeros = [0x30, 0x660, 0x6f0, 0x966, 0x9e6, 0xe50, 0xff10, 0x1d7ce];
const gaps = ['', ' ', '-', '.', '\u00a0', '\u200b', '\u2011', '\u2009', '\u202a', '\u200f', '\u00ad', '\ufeff', ') ('];

/** One number as somebody might write it: spaced, in digits of some script, with marks that can't be seen. */
const written = fc
  .record({
    e164: fc.constantFrom(...numbers),
    zero: fc.constantFrom(...zeros),
    plus: fc.constantFrom('+', '＋', '00', '+ '),
    before: fc.constantFrom('', ' ', '\u202d', '\ufeff', '\t'),
    marks: fc.array(fc.constantFrom(...gaps.slice(0, -1)), { minLength: 20, maxLength: 20 }),
  })
  .map(({ e164, zero, plus, before, marks }) => ({
    e164,
    text:
      before +
      plus +
      [...e164.slice(1)]
        .map((digit, at) => String.fromCodePoint(zero + Number(digit)) + (at < e164.length - 2 ? marks[at] : ''))
        .join(''),
  }));

describe('asciiDigits', () => {
  it('tells the digits of sets apart that stand end to end', () => {
    const five = Array.from({ length: 50 }, (_, at) => String.fromCodePoint(0x1d7ce + at)).join('');
    expect(asciiDigits(five)).toBe('0123456789'.repeat(5));
  });
});

describe('canonicalPhone, whatever it is given', () => {
  it('never throws, and what it takes is E.164 that it takes again as it is', () => {
    const texts = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 64 }),
      fc.string({ unit: 'grapheme', maxLength: 30 }),
      fc.string({ unit: fc.constantFrom(...'+0123456789 ()-./xext;=,#*'), maxLength: 24 }),
      fc.string({
        unit: fc.constantFrom('+', '９', '٣', '५', '8', '1', '0', '\u200b', '\ud835', '\udfce', '\u0000'),
        maxLength: 20,
      }),
    );
    fc.assert(
      fc.property(texts, fc.constantFrom(...countries), (typed, country: CountryCode) => {
        const parsed = canonicalPhone(typed, country, undefined);
        if (!parsed.ok) return;
        const { e164, range } = parsed.phone;
        expect(e164).toMatch(/^\+[1-9]\d{6,14}$/);
        expect(range).toBe(e164.slice(0, -4));
        expect(canonicalPhone(e164, country, undefined)).toEqual(parsed);
        const { country: home } = parsed.phone;
        // Of no country: a number of the whole world.
        if (home !== '001') expect(canonicalPhone(e164, home, [home])).toEqual(parsed);
        // Nothing was picked out of a longer text: its digits are all there are.
        expect(asciiDigits(typed.normalize('NFKC')).replace(/\D/g, '').endsWith(e164.slice(-4))).toBe(true);
      }),
      { numRuns: 3_000 },
    );
  });

  it('reads every way of writing a number as that number', () => {
    expect(numbers.length).toBeGreaterThan(200);
    fc.assert(
      fc.property(written, ({ e164, text }) => {
        const parsed = canonicalPhone(text, 'IN', undefined);
        expect(parsed.ok && parsed.phone.e164, JSON.stringify(text)).toBe(e164);
      }),
      { numRuns: 2_000 },
    );
  });

  it('reads the national and the international format of every country as the same number', () => {
    for (const e164 of numbers) {
      const number = parsePhoneNumberWithError(e164);
      for (const text of [
        number.formatInternational(),
        number.formatNational(),
        number.format('IDD', { fromCountry: 'IN' }),
      ]) {
        const parsed = canonicalPhone(text ?? '', text === number.formatNational() ? number.country! : 'IN', undefined);
        if (parsed.ok) expect(parsed.phone.e164, text).toBe(e164);
        else expect([text, parsed.code]).toEqual([text, 'invalid_phone']);
      }
    }
  });

  it('never shows more than the last four digits of a masked number', () => {
    fc.assert(
      fc.property(fc.constantFrom(...numbers), (e164) => {
        const national = String(parsePhoneNumberWithError(e164).nationalNumber);
        const shown = maskedPhone(e164).split(' ').slice(1).join('').replace(/\D/g, '');
        expect(shown.length).toBeLessThanOrEqual(4);
        expect(national.endsWith(shown)).toBe(true);
      }),
    );
  });
});
