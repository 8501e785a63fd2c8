import { exportJWK, generateKeyPair, importJWK, SignJWT, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';
import { createAccessTokens } from './access-token';
import { derivedSigningKey } from './signing-keys';

const appUrl = 'https://latchkey.example';
let now = new Date('2026-01-01T00:00:00Z');
const clock = { now: () => now };
const key = derivedSigningKey('a secret of at least thirty-two characters');
const tokens = await createAccessTokens([key], { appUrl, ttlSeconds: 900, clock });
const good = await tokens.sign('user-1', 'session-1');
const [header = '', payload = '', signature = ''] = good.split('.');
const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token signed by the right key that is wrong in one way. */
async function forged(change: (token: SignJWT) => SignJWT, protectedHeader: object = {}): Promise<string> {
  const token = new SignJWT({ sid: 'session-1' })
    .setIssuer(appUrl)
    .setAudience(appUrl)
    .setSubject('user-1')
    .setJti('j')
    .setIssuedAt(now.getTime() / 1000)
    .setExpirationTime(now.getTime() / 1000 + 900)
    .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, ...protectedHeader });
  return change(token).sign(await importJWK(key, 'ES256'));
}

describe('access tokens', () => {
  it('name the session and the user', async () => {
    expect(await tokens.verify(good)).toEqual({ ok: true, sessionId: 'session-1', userId: 'user-1' });
  });

  it('end with their life, and say so, however often they were good before', async () => {
    expect((await tokens.verify(good)).ok).toBe(true);
    now = new Date(now.getTime() + 901_000);
    expect(await tokens.verify(good)).toMatchObject({ code: 'token_expired' });
    now = new Date(now.getTime() - 901_000);
  });

  it('of the same secret are the same on every instance', async () => {
    const other = await createAccessTokens([derivedSigningKey('a secret of at least thirty-two characters')], {
      appUrl,
      ttlSeconds: 900,
      clock,
    });
    expect((await other.verify(good)).ok).toBe(true);
  });

  it('of an old key work until the key is removed', async () => {
    const { privateKey } = await generateKeyPair('ES256', { extractable: true });
    const fresh: JWK = { ...(await exportJWK(privateKey)), kid: 'new', alg: 'ES256' };
    const both = await createAccessTokens([fresh, key], { appUrl, ttlSeconds: 900, clock });
    const alone = await createAccessTokens([fresh], { appUrl, ttlSeconds: 900, clock });
    expect((await both.verify(good)).ok).toBe(true);
    expect((await alone.verify(await both.sign('u', 's'))).ok).toBe(true);
    expect(await alone.verify(good)).toMatchObject({ code: 'unauthenticated' });
  });

  it.each([
    ['nothing', ''],
    ['two parts', `${header}.${payload}`],
    ['alg none', `${encode({ alg: 'none', typ: 'at+jwt', kid: key.kid })}.${payload}.`],
    ['no signature', `${header}.${payload}.`],
    [
      'a tampered payload',
      `${header}.${encode({ sid: 'session-2', sub: 'user-1', iss: appUrl, aud: appUrl, jti: 'j', iat: 1, exp: 4e9 })}.${signature}`,
    ],
    ['garbage', '.'.repeat(50)],
  ])('with %s are refused', async (_name, token) => {
    expect(await tokens.verify(token)).toMatchObject({ code: 'unauthenticated' });
  });

  it('signed by HMAC with the public key are refused', async () => {
    const { d: _private, ...publicKey } = key;
    const secret = new TextEncoder().encode(JSON.stringify(publicKey));
    const token = await new SignJWT({ sid: 's' })
      .setProtectedHeader({ alg: 'HS256', typ: 'at+jwt', kid: key.kid })
      .setIssuer(appUrl)
      .setAudience(appUrl)
      .setSubject('u')
      .setJti('j')
      .setIssuedAt()
      .setExpirationTime('1h')
      .sign(secret);
    expect(await tokens.verify(token)).toMatchObject({ code: 'unauthenticated' });
  });

  it('signed by a foreign key are refused, whatever key they bring along', async () => {
    const { privateKey, publicKey } = await generateKeyPair('ES256', { extractable: true });
    const jwk = await exportJWK(publicKey);
    for (const more of [
      { jwk },
      { jku: 'https://evil.example/jwks.json' },
      { kid: 'other' },
      { kid: '../../etc/passwd' },
      {},
    ]) {
      const token = await new SignJWT({ sid: 's' })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: key.kid, ...more })
        .setIssuer(appUrl)
        .setAudience(appUrl)
        .setSubject('u')
        .setJti('j')
        .setIssuedAt()
        .setExpirationTime('1h')
        .sign(privateKey);
      expect(await tokens.verify(token)).toMatchObject({ code: 'unauthenticated' });
    }
  });

  it.each([
    ['another typ', (token: SignJWT) => token, { typ: 'JWT' }],
    ['a session cookie’s typ', (token: SignJWT) => token, { typ: 'session+jwt' }],
    ['an unknown kid', (token: SignJWT) => token, { kid: 'unknown' }],
    ['another audience', (token: SignJWT) => token.setAudience('https://other.example'), {}],
    ['another issuer', (token: SignJWT) => token.setIssuer('https://other.example'), {}],
  ])('with %s are refused though rightly signed', async (_name, change, protectedHeader) => {
    expect(await tokens.verify(await forged(change, protectedHeader))).toMatchObject({ code: 'unauthenticated' });
  });
});
