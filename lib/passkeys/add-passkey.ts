import { generateRegistrationOptions } from '@simplewebauthn/server';
import type { Clock } from '../clock';
import { type ErrorCode, refuse, type Result } from '../errors';
import { noticeTexts } from '../notifications/notice-texts';
import { type NoticeDeps, sendNotice } from '../notifications/send-notice';
import { maskedPhone } from '../phone/phone';
import { passkeyPolicy } from '../policy';
import type { SignedIn } from '../sessions/authenticate';
import { sessionFlow } from '../sessions/confirm-identity';
import { missingProof } from '../sessions/fresh-proof';
import { passkeyName } from './authenticator-names';
import { newChallenge } from './challenge-store';
import { algorithms, checkRegistration, expired, type PasskeyRefusal, unavailable } from './check-response';
import { type PasskeyView, passkeyView } from './manage-passkeys';
import type { Registration } from './passkey-schema';
import { addPasskey as add, passkeysOf } from './passkey-store';
import { relyingParty, userHandleOf } from './relying-party';

type AddPasskeyDeps = NoticeDeps & { clock: Clock };

/** What a browser or app hands to its device to make a passkey, as it is (`PublicKeyCredentialCreationOptionsJSON`). */
export type CreationOptions = Awaited<ReturnType<typeof generateRegistrationOptions>>;

/**
 * Begins to add a passkey to one's account, which takes a fresh proof. It must be one that its device finds by itself
 * (discoverable), or nobody could sign in with it without first saying who they are; and the device must check its owner
 * (finger, face or PIN), which makes a passkey two factors. Which make it is needs no certificate (`attestation: none`).
 */
export async function passkeyCreationOptions(
  deps: AddPasskeyDeps,
  who: SignedIn,
): Promise<Result<{ options: CreationOptions; expiresInSeconds: number }, 'fresh_proof_required' | 'not_found'>> {
  const party = relyingParty(deps.env);
  if (!party) {
    return unavailable();
  }
  const unproved = missingProof(deps.clock, who);
  if (unproved) {
    return unproved;
  }
  const { user, sessionId } = who;
  const own = await passkeysOf(deps.db, user.id);
  const options = await generateRegistrationOptions({
    rpName: party.name,
    rpID: party.id,
    userID: new Uint8Array(Buffer.from(userHandleOf(user.id), 'base64url')),
    // Shown by devices beside the passkey, and synced with it: whose it is, and not the whole number.
    userName: user.phone ? maskedPhone(user.phone) : (user.email ?? party.name),
    userDisplayName: user.name ?? '',
    challenge: Buffer.from(await newChallenge(deps.db, 'register', sessionFlow(sessionId)), 'base64url'),
    timeout: passkeyPolicy.challengeSeconds * 1000,
    attestationType: 'none',
    excludeCredentials: own.map(({ credentialId: id, transports }) => ({ id, transports })),
    authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
    supportedAlgorithmIDs: algorithms,
  });
  return { ok: true, options, expiresInSeconds: passkeyPolicy.challengeSeconds };
}

/**
 * Keeps the passkey that was made, and tells the number: a new way in is told by a way that it did not come by (NIST SP
 * 800-63B-4, 4.6). The proof was asked for at the start, and the challenge is that session's: what the device takes should
 * not count against it. `conflict`: it is kept already, or there are too many.
 */
export async function addPasskey(
  deps: AddPasskeyDeps,
  who: SignedIn,
  input: { registration: Registration; name?: string; address: string; userAgent: string | null },
): Promise<Result<{ passkey: PasskeyView }, PasskeyRefusal | Extract<ErrorCode, 'conflict'>>> {
  const party = relyingParty(deps.env);
  if (!party) {
    return unavailable();
  }
  const { user, sessionId } = who;
  const where = { db: deps.db, relyingParty: party };
  const checked = await checkRegistration(where, input.registration, sessionFlow(sessionId));
  if (!checked.ok) {
    return checked;
  }
  const { aaguid, credential, credentialDeviceType, credentialBackedUp } = checked.made;
  const name = input.name ?? passkeyName(aaguid, input.userAgent);
  const passkey = {
    credentialId: credential.id,
    publicKey: Buffer.from(credential.publicKey),
    counter: credential.counter,
    transports: input.registration.response.transports ?? [],
    deviceType: credentialDeviceType,
    backedUp: credentialBackedUp,
    aaguid,
    name,
  };
  const by = { userId: user.id, sessionId, phone: user.phone, address: input.address };
  const done = await add(deps.db, checked.challenge, passkey, by);
  switch (done.outcome) {
    case 'gone':
      return expired();
    case 'taken':
      return refuse('conflict', { message: 'This passkey is registered already.' });
    case 'too_many':
      return refuse('conflict', {
        message: `An account has at most ${passkeyPolicy.mostPerUser} passkeys. Remove one that you don’t use any more.`,
      });
    case 'added':
      if (user.phone) {
        const text = noticeTexts.passkeyAdded(deps.env.APP_NAME);
        await sendNotice(deps, { phone: user.phone, kind: 'passkeyAdded', text });
      }
      return {
        ok: true,
        passkey: passkeyView({
          id: done.id,
          name,
          backedUp: credentialBackedUp,
          createdAt: done.createdAt,
          lastUsedAt: null,
        }),
      };
  }
}
