import 'reflect-metadata';
import { createHash, type KeyObject } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import * as x509 from '@peculiar/x509';
import { expect, it } from 'vitest';
import { systemClock } from '../clock';
import { testDatabase } from '../db/testing/database';
import { depsOn, freshAddress, freshPhone } from '../otp/testing';
import { signedInWith } from '../sessions/testing';
import { addPasskey, passkeyCreationOptions } from './add-passkey';
import { SoftAuthenticator } from './testing/soft-authenticator';

const { db } = await testDatabase();
const deps = { ...depsOn(db), clock: systemClock };

/** What a soft authenticator writes before its data: `fmt: "none"`, an empty statement, and the data's length. */
const HEAD = 30;

const text = (value: string) => Buffer.concat([Buffer.from([0x60 | value.length]), Buffer.from(value)]);
function bytes(value: Uint8Array): Buffer {
  const head = value.length < 256 ? [0x58, value.length] : [0x59, value.length >> 8, value.length & 255];
  return Buffer.concat([Buffer.from(head), value]);
}

/** A certificate whose issuer is made up, for a key of Android, with an address where its revocations are. */
async function madeUpChain(clientDataHash: Buffer, key: KeyObject, revocations: string): Promise<Buffer[]> {
  const alg = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const issuer = await crypto.subtle.generateKey(alg, true, ['sign', 'verify']);
  const span = { notBefore: new Date(Date.now() - 60_000), notAfter: new Date(Date.now() + 3_600_000) };
  const root = await x509.X509CertificateGenerator.createSelfSigned({
    name: 'CN=Nobody',
    ...span,
    keys: issuer,
    signingAlgorithm: alg,
    extensions: [new x509.BasicConstraintsExtension(true, 2, true)],
  });
  // KeyDescription of Android's key attestation, with nothing in its lists.
  const description = `30340201030a01010201040a01010420${clientDataHash.toString('hex')}040030003000`;
  const leaf = await x509.X509CertificateGenerator.create({
    subject: 'CN=leaf',
    issuer: root.subject,
    ...span,
    publicKey: await crypto.subtle.importKey('jwk', key.export({ format: 'jwk' }), alg, true, ['verify']),
    signingKey: issuer.privateKey,
    signingAlgorithm: alg,
    extensions: [
      new x509.Extension('1.3.6.1.4.1.11129.2.1.17', false, Buffer.from(description, 'hex')),
      new x509.CRLDistributionPointsExtension([revocations]),
    ],
  });
  return [leaf, root].map(({ rawData }) => Buffer.from(rawData));
}

it('a passkey that comes with a certificate is refused, and no address in that is ever asked', async () => {
  let asked = 0;
  const inside = http.createServer((_, response) => void response.end(String((asked += 1)))).listen(0, '127.0.0.1');
  await once(inside, 'listening');
  const who = await signedInWith(deps, freshPhone());
  const begun = await passkeyCreationOptions(deps, who);
  if (!begun.ok) throw new Error(begun.code);
  const device = new SoftAuthenticator(deps.env.APP_URL);
  const registration = device.register(begun.options);
  const { clientDataJSON, attestationObject } = registration.response;
  const hash = createHash('sha256').update(Buffer.from(clientDataJSON, 'base64url')).digest();
  const { port } = inside.address() as AddressInfo;
  const [leaf, root] = await madeUpChain(hash, device.publicKey, `http://127.0.0.1:${port}/`);
  const statement = [text('alg'), [0x26], text('sig'), bytes(Buffer.alloc(64, 1)), text('x5c'), [0x82]];
  const attested = Buffer.concat(
    [
      [0xa3],
      ...[text('fmt'), text('android-key'), text('attStmt'), [0xa3], ...statement, bytes(leaf!), bytes(root!)],
      ...[text('authData'), bytes(Buffer.from(attestationObject, 'base64url').subarray(HEAD))],
    ].map((part) => Buffer.from(part)),
  );
  const response = { ...registration.response, attestationObject: attested.toString('base64url') };
  const client = { address: freshAddress(), userAgent: null };
  expect(await addPasskey(deps, who, { registration: { ...registration, response }, ...client })).toMatchObject({
    code: 'invalid_code',
  });
  expect(asked).toBe(0);
  // As the device made it, it is taken: nothing else was wrong with it.
  expect(await addPasskey(deps, who, { registration, ...client })).toMatchObject({ ok: true });
  inside.close();
});
