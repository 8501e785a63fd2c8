import { hkdfSync } from 'node:crypto';

/**
 * A 32-byte key for one purpose, derived from the app's one secret by HKDF-SHA-256 (RFC 5869). Keys of different
 * purposes tell nothing of each other.
 */
export function derivedKey(
  secret: string,
  purpose: 'code-pepper' | 'session-cookie' | 'refresh-successor' | 'recovery-code',
): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', `latchkey ${purpose}`, 32));
}
