import { createECDH, createHash, hkdfSync } from 'node:crypto';
import type { JWK } from 'jose';
import { z } from 'zod';

/** A rotation needs two or three at a time; all of them are in every answer of `/.well-known/jwks.json`. */
export const MOST_SIGNING_KEYS = 10;

/** Fields that are not named here are dropped: the rest of a set, less `d`, is published. */
const privateKeySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  kid: z.string().min(1),
  alg: z.literal('ES256').default('ES256'),
  x: z.string(),
  y: z.string(),
  d: z.string(),
});
const keySetSchema = z.object({ keys: z.array(privateKeySchema).min(1) });
type PrivateKey = z.output<typeof privateKeySchema>;

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
  const broken = keys.findIndex((key) => !isOneKey(key));
  if (broken >= 0) {
    return { ok: false, problem: `at keys.${broken}: x, y and d are not the parts of one P-256 key` };
  }
  if (keys.length > MOST_SIGNING_KEYS) {
    return { ok: false, problem: `must hold at most ${MOST_SIGNING_KEYS} keys` };
  }
  return new Set(keys.map(({ kid }) => kid)).size === keys.length
    ? { ok: true, keys }
    : { ok: false, problem: 'must give every key a kid of its own' };
}

/** A new random key. */
export function newSigningKey(): JWK {
  const ecdh = createECDH(CURVE);
  ecdh.generateKeys();
  // Node leaves leading zeros out.
  return signingKey(Buffer.from(ecdh.getPrivateKey('hex').padStart(64, '0'), 'hex'));
}

/**
 * The key used when none is configured, derived from the app's secret so that all instances have the same: 48 bytes of
 * HKDF output reduced modulo the group order less one, plus one (FIPS 186-5, A.2.1).
 */
export function derivedSigningKey(secret: string): JWK {
  const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
  const bytes = Buffer.from(hkdfSync('sha256', secret, '', 'latchkey access-token-es256', 48));
  const scalar = (BigInt(`0x${bytes.toString('hex')}`) % (order - 1n)) + 1n;
  return signingKey(Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex'));
}

const CURVE = 'prime256v1';

/** The JWK of a private scalar. Its kid is the key's thumbprint (RFC 7638): another key never comes under the same name. */
function signingKey(scalar: Buffer): JWK {
  const point = { crv: 'P-256', kty: 'EC', ...pointOf(scalar) };
  const kid = createHash('sha256').update(JSON.stringify(point)).digest('base64url');
  return { ...point, alg: 'ES256', kid, d: scalar.toString('base64url') };
}

/** The public point of a private scalar. @throws for one that is out of range. */
function pointOf(scalar: Buffer): { x: string; y: string } {
  const ecdh = createECDH(CURVE);
  ecdh.setPrivateKey(scalar);
  const point = ecdh.getPublicKey();
  return { x: point.toString('base64url', 1, 33), y: point.toString('base64url', 33) };
}

/** A point that does not belong to its scalar would publish a key that verifies nothing we sign. */
function isOneKey({ x, y, d }: PrivateKey): boolean {
  const scalar = Buffer.from(d, 'base64url');
  // RFC 7518, 6.2.2.1: always the full 32 bytes.
  if (scalar.length !== 32 || scalar.toString('base64url') !== d) {
    return false;
  }
  try {
    const point = pointOf(scalar);
    return point.x === x && point.y === y;
  } catch {
    return false;
  }
}
