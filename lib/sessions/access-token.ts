import { randomUUID } from 'node:crypto';
import { errors, importJWK, jwtVerify, SignJWT, type JWK } from 'jose';
import type { Clock } from '../clock';
import { refuse, type Result } from '../errors';
import { createVerifiedTokens } from './verified-tokens';

/**
 * Access tokens for API clients: ES256, `typ: at+jwt` (RFC 9068). They name a session; the row is checked on every use.
 */
type AccessTokens = {
  /** The keys that verify our tokens, as a JWK set (RFC 7517) without private parts. */
  publicKeys: { keys: JWK[] };
  sign(userId: string, sessionId: string): Promise<string>;
  /** The session's id. `unauthenticated` for anything malformed or not ours, `token_expired` for one past its life. */
  verify(token: string): Promise<Result<{ sessionId: string; userId: string }, 'unauthenticated' | 'token_expired'>>;
};

/** Builds signer and verifier over a fixed map of keys: the first signs, all verify; a token's own key hints are ignored. */
export async function createAccessTokens(
  keys: readonly JWK[],
  options: { appUrl: string; ttlSeconds: number; clock: Clock },
): Promise<AccessTokens> {
  const [first] = keys;
  if (!first) {
    throw new Error('at least one signing key is needed');
  }
  const signingKey = await importJWK(first, 'ES256');
  const verifyingKeys = new Map(
    await Promise.all(keys.map(async ({ d: _private, ...key }) => [key.kid, await importJWK(key, 'ES256')] as const)),
  );
  const verified = createVerifiedTokens<{ sessionId: string; userId: string; exp: number }>();
  const expected = { issuer: options.appUrl, audience: options.appUrl };
  return {
    publicKeys: { keys: keys.map(({ d: _private, ...key }) => ({ ...key, use: 'sig' })) },
    async sign(userId, sessionId) {
      const issuedAt = Math.floor(options.clock.now().getTime() / 1000);
      const exp = issuedAt + options.ttlSeconds;
      const token = await new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: first.kid })
        .setIssuer(expected.issuer)
        .setAudience(expected.audience)
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(exp)
        .sign(signingKey);
      verified.remember(token, { sessionId, userId, exp });
      return token;
    },
    async verify(token) {
      const known = verified.find(token);
      if (known && known.exp > options.clock.now().getTime() / 1000) {
        return { ok: true, sessionId: known.sessionId, userId: known.userId };
      }
      try {
        const { payload } = await jwtVerify(
          token,
          ({ kid }) => {
            const key = verifyingKeys.get(kid);
            if (!key) throw new errors.JWKSNoMatchingKey();
            return key;
          },
          {
            ...expected,
            algorithms: ['ES256'],
            typ: 'at+jwt',
            requiredClaims: ['sub', 'jti', 'iat', 'exp'],
            currentDate: options.clock.now(),
          },
        );
        const { sid, sub, exp } = payload;
        if (typeof sid !== 'string' || !sub || exp === undefined) {
          return refuse('unauthenticated');
        }
        verified.remember(token, { sessionId: sid, userId: sub, exp });
        return { ok: true, sessionId: sid, userId: sub };
      } catch (error) {
        return refuse(error instanceof errors.JWTExpired ? 'token_expired' : 'unauthenticated');
      }
    },
  };
}
