import { describe, expect, it } from 'vitest';
import { plainText, typedText } from './text-schema';

const kept = (text: string) => plainText(5).safeParse(text).success;

describe('plainText', () => {
  it('counts what people see, not code units', () => {
    expect(kept('😀😀😀😀😀')).toBe(true);
    expect(kept('😀😀😀😀😀😀')).toBe(false);
  });

  it.each(['', '  ', 'a\u0000', 'a\u0007', 'a\u009b', '\ud800', '\u202eabc', '\u2066a'])('refuses %j', (text) => {
    expect(kept(text)).toBe(false);
  });

  it.each(['John', 'ক্\u200dষ', 'a\nb', 'নাম', 'Оля'])('keeps %j', (text) => {
    expect(kept(text)).toBe(true);
  });
});

describe('typedText', () => {
  it('takes the direction marks of a copied number, and no control characters', () => {
    expect(typedText(20).safeParse('\u202a+918123456789\u202c').success).toBe(true);
    expect(typedText(20).safeParse('+91812345678\u00009').success).toBe(false);
  });
});
