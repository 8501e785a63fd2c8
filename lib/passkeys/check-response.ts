import { decodeAttestationObject } from '@simplewebauthn/server/helpers';
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server';
import type { Database } from '../db/client';
import { type ErrorCode, refuse, type Result } from '../errors';
import { isLiveChallenge, type PasskeyPurpose } from './challenge-store';
import { findCredential, type Credential } from './passkey-store';
import type { Assertion, Registration } from './passkey-schema';
import { type RelyingParty, userHandleOf } from './relying-party';

/**
 * EdDSA, ES256 and RS256: between them every device there is. Pinned, because the library offers more where the runtime can do
 * more, and a key that only one of two instances can check would be a way in on some days.
 */
export const algorithms = [-8, -7, -257];

export type PasskeyRefusal = Extract<ErrorCode, 'invalid_code' | 'code_expired' | 'not_found'>;

type Where = { db: Database; relyingParty: RelyingParty };

/** A use of a passkey that was signed by its key; whether its counter grew is for the statement to say that acts on it. */
export type CheckedUse = { challenge: string; credential: Credential; counter: number; backedUp: boolean };

/**
 * Checks what a device signed (WebAuthn Level 3, 7.2): our challenge for this purpose and flow, our origin and name, the type, the
 * person present and verified, whose key it is, and the signature. `invalid_code` says no more than that something of it is
 * wrong, so nobody learns which passkeys there are.
 */
export async function checkAssertion(
  { db, relyingParty }: Where,
  assertion: Assertion,
  bound: { purpose: PasskeyPurpose; flow: string },
): Promise<Result<CheckedUse, PasskeyRefusal>> {
  const challenge = challengeIn(assertion.response.clientDataJSON);
  if (challenge === null || !(await isLiveChallenge(db, challenge, bound.purpose, bound.flow))) {
    return expired();
  }
  const credential = await findCredential(db, assertion.id);
  const handle = assertion.response.userHandle;
  // Without a handle nobody said whose passkey it is: only where we named the passkeys ourselves.
  if (!credential || (handle ? handle !== userHandleOf(credential.userId) : bound.purpose === 'sign_in')) {
    return unknown();
  }
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: { ...assertion, response: { ...assertion.response, userHandle: handle ?? undefined } },
      expectedChallenge: challenge,
      expectedOrigin: relyingParty.origin,
      expectedRPID: relyingParty.id,
      expectedType: 'webauthn.get',
      requireUserVerification: true,
      // Compared under the row's lock, where two uses at one moment can't both pass and a copy is written down.
      credential: { id: credential.credentialId, publicKey: new Uint8Array(credential.publicKey), counter: 0 },
    });
    const { newCounter: counter, credentialBackedUp: backedUp, credentialDeviceType } = authenticationInfo;
    return verified && credentialDeviceType === credential.deviceType
      ? { ok: true, challenge, credential, counter, backedUp }
      : unknown();
  } catch {
    // The library throws for whatever is wrong with an answer.
    return unknown();
  }
}

/** Checks what a device answers that made a passkey (WebAuthn Level 3, 7.1). */
export async function checkRegistration({ db, relyingParty }: Where, registration: Registration, flow: string) {
  const challenge = challengeIn(registration.response.clientDataJSON);
  if (challenge === null || !(await isLiveChallenge(db, challenge, 'register', flow))) {
    return expired();
  }
  try {
    if (!isUnattested(registration.response.attestationObject)) {
      return unknown();
    }
    const { publicKey, ...response } = registration.response;
    const { verified, registrationInfo } = await verifyRegistrationResponse({
      response: {
        ...registration,
        response: { ...response, publicKey: publicKey ?? undefined, transports: response.transports as never },
      },
      expectedChallenge: challenge,
      expectedOrigin: relyingParty.origin,
      expectedRPID: relyingParty.id,
      expectedType: 'webauthn.create',
      requireUserVerification: true,
      supportedAlgorithmIDs: algorithms,
    });
    return verified && registrationInfo.credential.id === registration.id
      ? { ok: true as const, challenge, made: registrationInfo }
      : unknown();
  } catch {
    return unknown();
  }
}

/**
 * That no certificate comes along: we ask for none, and no browser sends one then. To check one the library would fetch whatever
 * address a made-up certificate names for its revocations.
 * @throws on what is no attestation object.
 */
function isUnattested(attestationObject: string): boolean {
  const attestation = decodeAttestationObject(new Uint8Array(Buffer.from(attestationObject, 'base64url')));
  const format = attestation.get('fmt');
  return format === 'none' || (format === 'packed' && attestation.get('attStmt').get('x5c') === undefined);
}

/** The challenge that was signed; null for what no page of ours, shown by itself, would have made. */
function challengeIn(clientDataJSON: string): string | null {
  try {
    const data: unknown = JSON.parse(Buffer.from(clientDataJSON, 'base64url').toString('utf8'));
    const { challenge, crossOrigin } = data as Record<string, unknown>;
    return typeof challenge === 'string' && challenge.length <= 128 && !crossOrigin ? challenge : null;
  } catch {
    return null;
  }
}

export const expired = () => refuse('code_expired', { message: 'That took too long, or was used already. Try again.' });

export const unknown = () =>
  refuse('invalid_code', { message: 'This passkey doesn’t open an account here. Try another one, or another way in.' });

/** Where the app is reached by an address instead of a name there are no passkeys. */
export const unavailable = () => refuse('not_found', { message: 'There are no passkeys at this address.' });
