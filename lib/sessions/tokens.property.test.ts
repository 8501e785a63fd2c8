import fc from 'fast-check';
import { decodeJwt } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAccessTokens } from './access-token';
import { createCookieTokens } from './session-cookie';
import { derivedSigningKey } from './signing-keys';

const clock = { now: () => new Date('2026-01-01T00:00:00Z') };
const tokens = await createAccessTokens([derivedSigningKey('a secret of at least thirty-two characters')], {
  appUrl: 'https://latchkey.example',
  ttlSeconds: 900,
  clock,
});
const cookies = await createCookieTokens(Buffer.alloc(32, 7), clock);
const access = await tokens.sign('user-1', 'session-1');
const cookie = await cookies.encode({ sid: 'session-1' }, 60, '');

const part = fc.oneof(
  fc.base64String({ maxLength: 60 }),
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.json({ maxDepth: 2 }).map((json) => Buffer.from(json).toString('base64url')),
  fc
    .record({
      alg: fc.constantFrom('ES256', 'HS256', 'none', 'None', 'RS256', '', 'A128KW'),
      typ: fc.constantFrom('at+jwt', 'session+jwt', 'JWT'),
      kid: fc.string(),
    })
    .map((header) => Buffer.from(JSON.stringify(header)).toString('base64url')),
);
const shaped = fc.array(part, { minLength: 0, maxLength: 6 }).map((parts) => parts.join('.'));

/** A good token with a piece of it changed, cut, doubled or moved. */
const spoilt = (good: string) =>
  fc
    .record({
      at: fc.nat(good.length - 1),
      length: fc.nat(8),
      by: fc.string({ unit: fc.constantFrom(...'aA0_-.=+/ \u0000é'), maxLength: 4 }),
    })
    .map(({ at, length, by }) => good.slice(0, at) + by + good.slice(at + length))
    .filter((token) => token !== good);

describe('what is no token of ours', () => {
  it('never signs in as an access token, and never makes the check fail', async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(shaped, spoilt(access), spoilt(cookie), fc.constant(cookie)), async (token) => {
        const verified = await tokens.verify(token);
        // base64url has two spellings of a last character that carries spare bits: the same token, bit by bit.
        if (verified.ok) expect(sameBytes(token, access)).toBe(true);
        else expect(['unauthenticated', 'token_expired']).toContain(verified.code);
      }),
      { numRuns: 1_500 },
    );
  });

  it('never signs in as a cookie, for whatever it is said to be', async () => {
    const salts = fc.constantFrom('', 'next-auth.state', 'google-link', 'session');
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(shaped, spoilt(cookie), spoilt(access), fc.constant(access)),
        salts,
        async (token, salt) => {
          const payload = await cookies.decode(token, salt);
          if (payload !== null) expect(sameBytes(token, cookie) && salt === '').toBe(true);
        },
      ),
      { numRuns: 1_500 },
    );
  });

  it('while a good one is good, so that all of this says something', async () => {
    expect(await tokens.verify(access)).toMatchObject({ ok: true, sessionId: 'session-1' });
    expect(await cookies.decode(cookie, '')).toMatchObject({ sid: 'session-1' });
    expect(decodeJwt(access).sub).toBe('user-1');
  });
});

function sameBytes(one: string, other: string): boolean {
  const bytes = (token: string) =>
    token
      .split('.')
      .map((each) => Buffer.from(each, 'base64url').toString('hex'))
      .join('.');
  return bytes(one) === bytes(other);
}
