import { createECDH, hkdfSync } from 'node:crypto';
import type { JWK } from 'jose';
import { z } from 'zod';

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

/** Reads `JWT_PRIVATE_KEYS`; a problem is told without quoting the key. */
export function parsePrivateKeys(text: string): { ok: true; keys: JWK[] } | { ok: false; problem: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { ok: false, problem: 'must be JSON: {"keys":[private JWK, …]}' };
  }
  const parsed = keySetSchema.safeParse(value);
  if (!parsed.success) {
    const where = parsed.error.issues[0]?.path.join('.');
    return {
      ok: false,
      problem: `${where ? `at ${where}: ` : ''}each key must be a private ES256 JWK (kty EC, crv P-256) with a kid`,
    };
  }
  const { keys } = parsed.data;
  return new Set(keys.map(({ kid }) => kid)).size === keys.length
    ? { ok: true, keys }
    : { ok: false, problem: 'must give every key a kid of its own' };
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
    kty: 'EC',
    crv: 'P-256',
    alg: 'ES256',
    kid: 'derived-1',
    x: text(point.subarray(1, 33)),
    y: text(point.subarray(33)),
    d: text(privateKey),
  };
}
