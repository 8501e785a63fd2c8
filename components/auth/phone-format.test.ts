import { describe, expect, it } from 'vitest';
import { countryOf } from './countries';
import { caretAfter, formatPhone } from './phone-format';

const india = countryOf('IN');
const anywhere = () => true;

function pasted(text: string) {
  const typed = formatPhone({ text, country: india, whole: true, accepts: anywhere });
  return `${typed.country.iso} ${typed.text}`;
}

function typedIn(iso: Parameters<typeof countryOf>[0], text: string) {
  return formatPhone({ text, country: countryOf(iso), whole: false, accepts: anywhere }).text;
}

describe('formatPhone', () => {
  it.each([
    ['+91 81234 56789', 'IN 81234 56789'],
    ['0091 81234 56789', 'IN 81234 56789'],
    ['tel:+91-8123456789', 'IN 81234 56789'],
    ['+8801812345678', 'BD 1812 345678'],
    ['+998912345678', 'UZ 91 234 56 78'],
    ['+1 (201) 555-0123', 'US 201 555 0123'],
    ['\u202a+91 81234 56789\u202c', 'IN 81234 56789'],
  ])('a pasted %s brings its country along', (text, expected) => {
    expect(pasted(text)).toBe(expected);
  });

  it('national digits stay with the country that is chosen', () => {
    expect(pasted('8123456789')).toBe('IN 81234 56789');
    expect(typedIn('UZ', '912345678')).toBe('91 234 56 78');
  });

  it('a trunk prefix is kept for those who type it', () => {
    expect(typedIn('GB', '07400123456')).toBe('07400 123456');
    expect(typedIn('GB', '7400123456')).toBe('7400 123456');
  });

  it('of a number typed with its calling code only the country follows, and the text stays as it is', () => {
    const typed = formatPhone({ text: '+447400123456', country: india, whole: false, accepts: anywhere });
    expect(typed.text).toBe('+44 7400 123456');
    expect(typed.country.iso).toBe('GB');
  });

  it('a country that is not accepted is not switched to, and the number stays readable', () => {
    const typed = formatPhone({ text: '+998912345678', country: india, whole: true, accepts: (iso) => iso === 'IN' });
    expect(typed.country.iso).toBe('IN');
    expect(typed.text).toBe('+998 91 234 56 78');
  });
});

describe('caretAfter', () => {
  it('stands behind the same digit however the number is written', () => {
    expect(caretAfter('81234 56789', 5)).toBe(5);
    expect(caretAfter('(201) 555-0123', 4)).toBe(7);
    expect(caretAfter('81234', 9)).toBe(5);
  });
});

describe('digits of other scripts', () => {
  it.each([
    ['IN', '८१२३४५६७८९', '81234 56789'],
    ['BD', '০১৮১২৩৪৫৬৭৮', '01812-345678'],
  ] as const)('are read like any other (%s)', (iso, text, formatted) => {
    const typed = formatPhone({ text, country: countryOf(iso), whole: true, accepts: () => true });
    expect(typed.text.replace(/\D/g, '')).toBe(formatted.replace(/\D/g, ''));
  });
});
