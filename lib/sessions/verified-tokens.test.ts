import { describe, expect, it } from 'vitest';
import { createVerifiedTokens } from './verified-tokens';

describe('createVerifiedTokens', () => {
  it('knows a token to the last character, and no other', () => {
    const verified = createVerifiedTokens<string>();
    verified.remember('a.b.c', 'claims');
    expect(verified.find('a.b.c')).toBe('claims');
    for (const other of ['a.b.C', 'a.b.c ', 'a.b.', '']) expect(verified.find(other)).toBeUndefined();
  });

  it('forgets the oldest when it is full', () => {
    const verified = createVerifiedTokens<number>(2);
    for (const n of [1, 2, 3]) verified.remember(`token-${n}`, n);
    expect([1, 2, 3].map((n) => verified.find(`token-${n}`))).toEqual([undefined, 2, 3]);
  });
});
