import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import type { CreationOptions } from '../add-passkey';
import type { Assertion, Registration } from '../passkey-schema';
import type { RequestOptions } from '../request-options';

/** What a device, a browser or somebody in between does otherwise than it should. */
export type Twist = {
  origin?: string;
  rpId?: string;
  type?: string;
  challenge?: string;
  crossOrigin?: boolean;
  userHandle?: string | null;
  userPresent?: boolean;
  userVerified?: boolean;
  counter?: number;
};

const PRESENT = 0x01;
const VERIFIED = 0x04;
const MAY_SYNC = 0x08;
const IS_SYNCED = 0x10;
const WITH_KEY = 0x40;

/** A device that makes and uses passkeys as WebAuthn has it, in software: the real formats and real signatures, no browser. */
export class SoftAuthenticator {
  readonly credentialId = randomBytes(32).toString('base64url');
  readonly #keys: { privateKey: KeyObject; publicKey: KeyObject } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  #userHandle = '';
  counter = 0;

  constructor(
    readonly origin: string,
    /** Synced ones keep their counter at 0. */
    readonly synced = true,
  ) {}

  get publicKey(): KeyObject {
    return this.#keys.publicKey;
  }

  register(options: CreationOptions, twist: Twist = {}): Registration {
    this.#userHandle = options.user.id;
    const clientDataJSON = this.#clientData('webauthn.create', options.challenge, twist);
    const { x = '', y = '' } = this.#keys.publicKey.export({ format: 'jwk' });
    const coseKey = Buffer.concat([
      Buffer.from('a5010203262001215820', 'hex'),
      Buffer.from(x, 'base64url'),
      Buffer.from('225820', 'hex'),
      Buffer.from(y, 'base64url'),
    ]);
    const id = Buffer.from(this.credentialId, 'base64url');
    const authData = Buffer.concat([
      this.#head(options.rp.id ?? '', WITH_KEY, twist),
      Buffer.alloc(16),
      Buffer.from([0, id.length]),
      id,
      coseKey,
    ]);
    const attestationObject = Buffer.concat([
      Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'),
      Buffer.from([authData.length]),
      authData,
    ]);
    return {
      ...this.#envelope(),
      response: {
        clientDataJSON: clientDataJSON.toString('base64url'),
        attestationObject: attestationObject.toString('base64url'),
        transports: ['internal', 'hybrid'],
      },
    };
  }

  assert(options: RequestOptions, twist: Twist = {}): Assertion {
    this.counter += this.synced ? 0 : 1;
    const clientDataJSON = this.#clientData('webauthn.get', options.challenge, twist);
    const authData = this.#head(options.rpId ?? '', 0, twist);
    const hash = createHash('sha256').update(clientDataJSON).digest();
    const signature = sign('sha256', Buffer.concat([authData, hash]), this.#keys.privateKey);
    return {
      ...this.#envelope(),
      response: {
        clientDataJSON: clientDataJSON.toString('base64url'),
        authenticatorData: authData.toString('base64url'),
        signature: signature.toString('base64url'),
        userHandle: twist.userHandle === undefined ? this.#userHandle : twist.userHandle,
      },
    };
  }

  #envelope() {
    return {
      id: this.credentialId,
      rawId: this.credentialId,
      type: 'public-key' as const,
      clientExtensionResults: {},
      authenticatorAttachment: 'platform' as const,
    };
  }

  #clientData(type: string, challenge: string, twist: Twist): Buffer {
    const { origin = this.origin, crossOrigin = false } = twist;
    const told = { type: twist.type ?? type, challenge: twist.challenge ?? challenge, origin, crossOrigin };
    return Buffer.from(JSON.stringify(told));
  }

  #head(rpId: string, more: number, twist: Twist): Buffer {
    const flags =
      more |
      (twist.userPresent === false ? 0 : PRESENT) |
      (twist.userVerified === false ? 0 : VERIFIED) |
      (this.synced ? MAY_SYNC | IS_SYNCED : 0);
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(twist.counter ?? this.counter);
    const rpIdHash = createHash('sha256')
      .update(twist.rpId ?? rpId)
      .digest();
    return Buffer.concat([rpIdHash, Buffer.from([flags]), counter]);
  }
}

/** The same answer with one bit of a part of it changed. */
export function tampered(assertion: Assertion, part: 'authenticatorData' | 'clientDataJSON' | 'signature'): Assertion {
  const bytes = Buffer.from(assertion.response[part], 'base64url');
  // In the last byte: the signature's, the counter's, the white space's.
  const changed = part === 'clientDataJSON' ? Buffer.concat([bytes, Buffer.from(' ')]) : flipped(bytes);
  return { ...assertion, response: { ...assertion.response, [part]: changed.toString('base64url') } };
}

function flipped(bytes: Buffer): Buffer {
  const copy = Buffer.from(bytes);
  copy[copy.length - 1]! ^= 1;
  return copy;
}
