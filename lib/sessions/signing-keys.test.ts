import { calculateJwkThumbprint, compactVerify, CompactSign, importJWK, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { derivedSigningKey, MOST_SIGNING_KEYS, newSigningKey, parsePrivateKeys } from './signing-keys';

const [key, other] = [newSigningKey(), newSigningKey()];
const parse = (...keys: object[]) => parsePrivateKeys(JSON.stringify({ keys }));
const publicPart = ({ d: _private, ...rest }: JWK) => rest;

describe.each([
  ['derived', () => derivedSigningKey('a secret of at least thirty-two characters')],
  ['new', newSigningKey],
])('a %s key', (_name, make) => {
  it('verifies with its public part what it signs', async () => {
    const made = make();
    const signed = await new CompactSign(Buffer.from('x'))
      .setProtectedHeader({ alg: 'ES256' })
      .sign(await importJWK(made, 'ES256'));
    await compactVerify(signed, await importJWK(publicPart(made), 'ES256'));
    expect(parse(made)).toEqual({ ok: true, keys: [made] });
  });

  it('is named by its thumbprint, so another key never has its name', async () => {
    const made = make();
    expect(made.kid).toBe(await calculateJwkThumbprint(made));
  });
});

describe('keys', () => {
  it('of one secret are the same, of two are not', () => {
    expect(derivedSigningKey('one')).toEqual(derivedSigningKey('one'));
    expect(derivedSigningKey('one').kid).not.toBe(derivedSigningKey('two').kid);
  });

  it('that are new are whole, also the one in 256 whose number begins with a zero byte', () => {
    for (let count = 0; count < 1_000; count += 1) expect(parse(newSigningKey()).ok).toBe(true);
  });
});

describe('parsePrivateKeys', () => {
  it('reads a set in its order, and drops what else stands in a key, which would be published', () => {
    const exported = { ...key, use: 'sig', ext: true, key_ops: ['sign'], note: 'ours' };
    expect(parse(exported, other)).toEqual({ ok: true, keys: [key, other] });
  });

  it('takes a key without alg for ES256', () => {
    expect(parse({ ...key, alg: undefined })).toEqual({ ok: true, keys: [key] });
  });

  const scalar = (value: bigint) => Buffer.from(value.toString(16).padStart(64, '0'), 'hex').toString('base64url');
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const notOneKey = 'at keys.1: x, y and d are not the parts of one P-256 key';
  it.each<[string, object, string]>([
    ['the private part of another key', { ...key, d: other.d }, notOneKey],
    ['the x of another key', { ...key, x: other.x }, notOneKey],
    ['the y of another key', { ...key, y: other.y }, notOneKey],
    ['a point that is nowhere on the curve', { ...key, x: scalar(1n), y: scalar(1n) }, notOneKey],
    ['the private number zero', { ...key, d: scalar(0n) }, notOneKey],
    ['the group’s order for a private number', { ...key, d: scalar(order) }, notOneKey],
    ['a private number past the order', { ...key, d: scalar(order + 5n) }, notOneKey],
    ['a shortened private number', { ...key, d: key.d?.slice(0, -2) }, notOneKey],
    ['a padded private number', { ...key, d: `${key.d}=` }, notOneKey],
    ['an empty private number', { ...key, d: '' }, notOneKey],
    ['no private number', publicPart(key), 'at keys.1.d: each key must be a private ES256 JWK'],
    ['no kid', { ...key, kid: undefined }, 'at keys.1.kid: each key must be'],
    ['an empty kid', { ...key, kid: '' }, 'at keys.1.kid: each key must be'],
    ['the kid of the key before', { ...key, kid: other.kid }, 'must give every key a kid of its own'],
    ['another kind of key', { ...key, kty: 'RSA' }, 'at keys.1.kty: each key must be'],
    ['another curve', { ...key, crv: 'P-384' }, 'at keys.1.crv: each key must be'],
    ['another algorithm', { ...key, alg: 'HS256' }, 'at keys.1.alg: each key must be'],
  ])('refuses %s, names the key and quotes nothing of it', (_name, second, problem) => {
    const parsed = parse(other, second);
    expect(parsed).toMatchObject({ ok: false, problem: expect.stringContaining(problem) });
    for (const part of [key.d, other.d, key.x, other.x]) expect(JSON.stringify(parsed)).not.toContain(part);
  });

  it.each(['', 'x', '[]', 'null', '{}', '{"keys":[]}', '{"keys":{}}', '{"keys":[null]}'])('refuses %s', (text) => {
    expect(parsePrivateKeys(text)).toMatchObject({ ok: false, problem: expect.stringMatching(/JSON|JWK/) });
  });

  it('refuses more keys than a rotation can need', () => {
    const many = Array.from({ length: MOST_SIGNING_KEYS + 1 }, newSigningKey);
    expect(parse(...many)).toEqual({ ok: false, problem: 'must hold at most 10 keys' });
    expect(parse(...many.slice(1)).ok).toBe(true);
  });
});
