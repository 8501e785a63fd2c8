import { describe, expect, it } from 'vitest';
import { newCode } from '../random';
import { createCodeHasher } from './code-hasher';

const pepper = Buffer.from('a pepper of thirty-two bytes long');

describe('createCodeHasher', () => {
  it('knows the right code for the right challenge, and only with the pepper', async () => {
    const hasher = createCodeHasher(pepper, 2);
    const hash = await hasher.hash('012345', 'challenge-1');
    expect(hash).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1,/);
    expect(await hasher.matches('012345', 'challenge-1', hash)).toBe(true);
    expect(await hasher.matches('012346', 'challenge-1', hash)).toBe(false);
    expect(await hasher.matches('012345', 'challenge-2', hash)).toBe(false);
    expect(await createCodeHasher(Buffer.from('another pepper'), 2).matches('012345', 'challenge-1', hash)).toBe(false);
  });

  it('refuses work past its queue, and goes on afterwards', async () => {
    const hasher = createCodeHasher(pepper, 1, { longestQueue: 2 });
    const answers = await Promise.allSettled(Array.from({ length: 5 }, () => hasher.hash('123456', 'c')));
    const refused = answers.filter((answer) => answer.status === 'rejected');
    expect(refused).toHaveLength(2);
    expect(refused[0]).toMatchObject({ reason: { refusal: { code: 'overloaded', retryAfterSeconds: 2 } } });
    expect(await hasher.hash('123456', 'c')).toMatch(/^\$argon2id/);
  });
});

describe('newCode', () => {
  it('keeps leading zeros and uses every digit about equally', () => {
    const digits = Array.from({ length: 10_000 }, () => newCode(6));
    expect(digits.every((code) => /^\d{6}$/.test(code))).toBe(true);
    const counts = new Map<string, number>();
    for (const digit of digits.join('')) counts.set(digit, (counts.get(digit) ?? 0) + 1);
    // 6,000 expected of each; 400 is more than five standard deviations.
    for (let digit = 0; digit < 10; digit++)
      expect(Math.abs((counts.get(String(digit)) ?? 0) - 6_000)).toBeLessThan(400);
  });
});
