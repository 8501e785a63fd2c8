// Loaded into the bench's server by `node --import`: lets the bench put an HMAC in the place of argon2's native function
// and take it away again. So what else a journey costs is measured instead of computed as the small difference of two
// large numbers, and a server is warm after seconds. Everything around it (salt, encoding, queue, parsing) stays.
// Never part of the app.
import { createHmac } from 'node:crypto';
import { createRequire } from 'node:module';
import path from 'node:path';

const argon2File = createRequire(import.meta.url).resolve('argon2');
const addon = createRequire(argon2File)('node-gyp-build')(path.dirname(argon2File));
const nativeHash = addon.hash;
let replaced = false;
/** How long the HMAC takes its time, without using any: what waiting alone costs. */
let pauseMs = 0;

/** @param {{ password: Buffer, salt: Buffer, secret: Buffer, data: Buffer, hashLength: number }} input */
async function hmac({ password, salt, secret, data, hashLength }) {
  if (pauseMs > 0) await new Promise((resolve) => setTimeout(resolve, pauseMs));
  return createHmac('sha256', secret).update(salt).update(data).update(password).digest().subarray(0, hashLength);
}

/** @param {Parameters<typeof hmac>[0]} input */
addon.hash = (input) => (replaced ? hmac(input) : nativeHash(input));

process.on('message', (order) => {
  if (order?.hashing === undefined) return;
  replaced = order.hashing === 'hmac';
  pauseMs = order.pauseMs;
  process.send?.({ switchedTo: order.hashing });
});
