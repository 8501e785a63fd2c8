import { createHash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';
import { v4, v7 } from 'uuid';

/** A row's id: time-ordered (UUID v7), so that new rows land together in the index. Not a secret. */
export const newId = (): string => v7();

/** An id that nobody can guess (UUID v4, 122 random bits), for addresses that are their own key. */
export const newSecretId = (): string => v4();

/** An opaque token of 256 random bits, base64url. Only its {@link tokenHash} is stored. */
export const newToken = (): string => randomBytes(32).toString('base64url');

/** SHA-256, base64url: enough for a value of 256 random bits, never for a code. */
export const tokenHash = (token: string): string => createHash('sha256').update(token).digest('base64url');

/** Whether a secret that was sent is the one, in a time that tells nothing of either. */
export const isSameSecret = (sent: string, secret: string): boolean =>
  timingSafeEqual(Buffer.from(tokenHash(sent)), Buffer.from(tokenHash(secret)));

/** A code of `length` decimal digits, each from a cryptographic source; leading zeros are kept. */
export const newCode = (length: number): string => Array.from({ length }, () => randomInt(10)).join('');

/** True for the text form of a UUID, the only form ids come in. */
export const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text);
