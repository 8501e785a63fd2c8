import { createECDH, hkdfSync, randomUUID } from 'node:crypto';
import { errors, importJWK, jwtVerify, SignJWT, type JWK } from 'jose';
import { z } from 'zod';
import type { Clock } from '../clock';
import { refuse, type Result } from '../errors';

/**
 * Access tokens for API clients: ES256, `typ: at+jwt` (RFC 9068). They name a session; the row is checked on every use.
 */
export type AccessTokens = {
  sign(userId: string, sessionId: string): Promise<string>;
  /** The session's id. `unauthenticated` for anything malformed or not ours, `token_expired` for one past its life. */
  verify(token: string): Promise<Result<{ sessionId: string; userId: string }, 'unauthenticated' | 'token_expired'>>;
};

const privateKeySchema = z.looseObject({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  kid: z.string().min(1),
  alg: z.literal('ES256').default('ES256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});
const keySetSchema = z.object({ keys: z.array(privateKeySchema).min(1) });

/** Reads `JWT_PRIVATE_KEYS`. @throws {Error} a sentence that says what is wrong, without the key. */
export function parsePrivateKeys(text: string): JWK[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Error('JWT_PRIVATE_KEYS must be JSON: {"keys":[private JWK, …]}');
  }
  const parsed = keySetSchema.safeParse(value);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new Error(`JWT_PRIVATE_KEYS ${issue?.path.join('.') ?? ''}: each key must be a private ES256 JWK (kty EC, crv P-256) with kid`);
  }
  if (new Set(parsed.data.keys.map(({ kid }) => kid)).size < parsed.data.keys.length) {
    throw new Error('JWT_PRIVATE_KEYS: every key needs a kid of its own');
  }
  return parsed.data.keys;
}

/**
 * The key used when none is configured, derived from the app's secret so that all instances have the same: 48 bytes of
 * HKDF output reduced modulo the group order less one, plus one (FIPS 186-5, A.2.1).
 */
export function derivedSigningKey(secret: string): JWK {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', 'latchkey access-token-es256', 48));
  const scalar = (BigInt(`0x${bytes.toString('hex')}`) % (order - 1n)) + 1n;
  const privateKey = Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex');
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(privateKey);
  const point = ecdh.getPublicKey();
  const text = (part: Buffer) => part.toString('base64url');
  return {
    kty: 'EC', crv: 'P-256', alg: 'ES256', kid: 'derived-1',
    x: text(point.subarray(1, 33)), y: text(point.subarray(33)), d: text(privateKey),
  };
}

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
  const expected = { issuer: options.appUrl, audience: options.appUrl };
  return {
    sign(userId, sessionId) {
      const issuedAt = Math.floor(options.clock.now().getTime() / 1000);
      return new SignJWT({ sid: sessionId })
        .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: first.kid })
        .setIssuer(expected.issuer)
        .setAudience(expected.audience)
        .setSubject(userId)
        .setJti(randomUUID())
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + options.ttlSeconds)
        .sign(signingKey);
    },
    async verify(token) {
      try {
        const { payload } = await jwtVerify(
          token,
          ({ kid }) => {
            const key = verifyingKeys.get(kid);
            if (!key) throw new errors.JWKSNoMatchingKey();
            return key;
          },
          { ...expected, algorithms: ['ES256'], typ: 'at+jwt', requiredClaims: ['sub', 'jti', 'iat', 'exp'], currentDate: options.clock.now() },
        );
        const { sid, sub } = payload;
        return typeof sid === 'string' && sub ? { ok: true, sessionId: sid, userId: sub } : refuse('unauthenticated');
      } catch (error) {
        return refuse(error instanceof errors.JWTExpired ? 'token_expired' : 'unauthenticated');
      }
    },
  };
}
