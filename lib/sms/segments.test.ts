import { describe, expect, it } from 'vitest';
import { segmentsOf } from './segments';

const counted = (text: string) => {
  const { encoding, characters, segments } = segmentsOf(text);
  return [encoding, characters, segments];
};

describe('segmentsOf', () => {
  it('counts every character of GSM 03.38 once and of its extension table twice', () => {
    const basic =
      '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
    expect(basic).toHaveLength(127); // 128 places, one of them the escape.
    expect(counted(basic)).toEqual(['GSM-7', 127, 1]);
    expect(counted('\f^{}\\[~]|€')).toEqual(['GSM-7', 20, 1]);
  });

  it.each(['`', 'ç', 'á', 'Δ̈', '’', '‘', 'ʻ', '“', '–', '…', '\t', '\u00a0', 'к', 'य', '০', '₹', '₽'])(
    'takes %j for UCS-2, and all that stands beside it',
    (character) => {
      expect(segmentsOf(`code 123456 ${character}`).encoding).toBe('UCS-2');
    },
  );

  it.each([
    ['', 'GSM-7', 0, 1],
    ['a'.repeat(160), 'GSM-7', 160, 1],
    ['a'.repeat(161), 'GSM-7', 161, 2],
    ['a'.repeat(306), 'GSM-7', 306, 2],
    ['a'.repeat(307), 'GSM-7', 307, 3],
    ['€'.repeat(80), 'GSM-7', 160, 1],
    ['я'.repeat(70), 'UCS-2', 70, 1],
    ['я'.repeat(71), 'UCS-2', 71, 2],
    ['я'.repeat(134), 'UCS-2', 134, 2],
    ['я'.repeat(135), 'UCS-2', 135, 3],
    ['😀'.repeat(35), 'UCS-2', 70, 1],
    ['😀'.repeat(36), 'UCS-2', 72, 2],
  ])('counts %j', (text, encoding, characters, segments) => {
    expect(counted(text)).toEqual([encoding, characters, segments]);
  });

  it('parts neither an escape from its septet nor a surrogate pair', () => {
    // 306 septets would fill two parts; the euro sign at the seam moves over whole and leaves one too many.
    expect(counted(`${'a'.repeat(152)}€${'a'.repeat(152)}`)).toEqual(['GSM-7', 306, 3]);
    expect(counted(`${'a'.repeat(151)}€${'a'.repeat(153)}`)).toEqual(['GSM-7', 306, 2]);
    expect(counted(`${'я'.repeat(66)}😀${'я'.repeat(66)}`)).toEqual(['UCS-2', 134, 3]);
  });

  it('counts half a surrogate pair as the unit it is', () => {
    expect(counted('\ud83d')).toEqual(['UCS-2', 1, 1]);
  });
});
