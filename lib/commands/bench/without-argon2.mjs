// Loaded into the bench's second server by `node --import`: argon2's native function becomes an HMAC, so that what is
// left of a journey can be measured instead of computed as the small difference of two large numbers. Everything around
// it (salt, encoding, queue, parsing) stays. Never part of the app.
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';

const fromHere = createRequire(import.meta.url);
const argon2File = fromHere.resolve('argon2');
const fromArgon2 = createRequire(argon2File);
const addon = fromArgon2('node-gyp-build')(fromArgon2('node:path').dirname(argon2File));

/** @param {{ password: Buffer, salt: Buffer, secret: Buffer, data: Buffer, hashLength: number }} input */
addon.hash = async ({ password, salt, secret, data, hashLength }) =>
  createHmac('sha256', secret).update(salt).update(data).update(password).digest().subarray(0, hashLength);
