import { createHmac, randomInt } from 'node:crypto';
import { recoveryCodePolicy } from '../policy';

/** Crockford's base32: no I, L, O and U, which are misread or spell words. Five bits a character. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** A sheet of new codes as they are shown: `7K2M-P9QX-…`, 80 random bits each. */
export function newRecoveryCodes(): string[] {
  const { codes, characters } = recoveryCodePolicy;
  return Array.from({ length: codes }, () => {
    const code = Array.from({ length: characters }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
    return code.replace(/.{4}(?=.)/g, '$&-');
  });
}

/** A code as it was typed off a sheet, in the one form it is hashed in: hyphens, spaces, case and look-alikes don't matter. */
const canonical = (typed: string): string =>
  typed
    .toUpperCase()
    .replace(/[^0-9A-Z]/g, '')
    .replaceAll('O', '0')
    .replace(/[IL]/g, '1');

/** HMAC-SHA-256 with a derived key, base64url. Fast on purpose: 80 random bits are searched by nobody. */
export const recoveryCodeHash = (key: Buffer, typed: string): string =>
  createHmac('sha256', key).update(canonical(typed)).digest('base64url');
