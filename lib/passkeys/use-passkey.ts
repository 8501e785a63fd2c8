import { generateAuthenticationOptions } from '@simplewebauthn/server';
import type { Clock } from '../clock';
import type { Database } from '../db/client';
import type { Env } from '../env';
import { type ErrorCode, refuse, type Result } from '../errors';
import { testNumberOf } from '../otp/test-numbers';
import { limitPolicy, passkeyPolicy, sessionPolicy } from '../policy';
import { newToken, tokenHash } from '../random';
import { type Bucket, takePlaces } from '../rate-limit/rate-limit';
import type { SignedIn } from '../sessions/authenticate';
import { sessionFlow } from '../sessions/confirm-identity';
import { type UserView, userView } from '../users/user-view';
import { newChallenge } from './challenge-store';
import { checkAssertion, expired, type PasskeyRefusal, unavailable, unknown } from './check-response';
import type { Assertion } from './passkey-schema';
import { passkeysOf } from './passkey-store';
import { relyingParty, type RelyingParty } from './relying-party';
import { proveWithPasskey, signInWithPasskey as complete } from './use-store';

export type UsePasskeyDeps = { db: Database; env: Env; clock: Clock };

/** What a browser or app hands to its device to use a passkey, as it is (`PublicKeyCredentialRequestOptionsJSON`). */
export type RequestOptions = Awaited<ReturnType<typeof generateAuthenticationOptions>>;

const optionsFor = (party: RelyingParty, challenge: string, own?: { id: string; transports: string[] }[]) =>
  generateAuthenticationOptions({
    rpID: party.id,
    challenge: Buffer.from(challenge, 'base64url'),
    timeout: passkeyPolicy.challengeSeconds * 1000,
    userVerification: 'required',
    allowCredentials: own,
  });

/**
 * Begins a sign-in with a passkey. Nobody says who they are, and the options name no passkey: so they are the same for
 * everybody, and tell nothing about who has an account. `flow` is a secret of whoever asked, and has to come back with the
 * answer.
 */
export async function passkeySignInOptions(
  { db, env }: UsePasskeyDeps,
  { address }: { address: string },
): Promise<
  Result<{ flow: string; options: RequestOptions; expiresInSeconds: number }, 'too_many_requests' | 'not_found'>
> {
  const party = relyingParty(env);
  if (!party) {
    return unavailable();
  }
  const { limited } = await takePlaces(db, passkeyOptionsBuckets(address));
  if (limited) {
    return refuse('too_many_requests', { retryAfterSeconds: limited.retryAfterSeconds });
  }
  const flow = newToken();
  const options = await optionsFor(party, await newChallenge(db, 'sign_in', flow));
  return { ok: true, flow, options, expiresInSeconds: passkeyPolicy.challengeSeconds };
}

export type PasskeySignIn = {
  flow: string;
  assertion: Assertion;
  /** `web` for a session cookie, `api` for tokens. */
  kind: 'web' | 'api';
  address: string;
  userAgent: string | null;
};

/**
 * Signs in with what a device has signed. It is two factors at once (the device, and the finger, face or PIN it asked for),
 * so it is a fresh proof, needs no number, and opens a dormant account. `account_suspended` is told only after a right answer.
 */
export async function signInWithPasskey(
  { db, env, clock }: UsePasskeyDeps,
  input: PasskeySignIn,
): Promise<
  Result<
    { user: UserView; sessionId: string; refreshToken: string | null },
    PasskeyRefusal | Extract<ErrorCode, 'too_many_requests' | 'account_suspended' | 'forbidden'>
  >
> {
  const party = relyingParty(env);
  if (!party) {
    return unavailable();
  }
  const { limited } = await takePlaces(db, passkeyVerifyBuckets(input.address));
  if (limited) {
    return refuse('too_many_requests', { retryAfterSeconds: limited.retryAfterSeconds });
  }
  const bound = { purpose: 'sign_in', flow: input.flow } as const;
  const checked = await checkAssertion({ db, relyingParty: party }, input.assertion, bound);
  if (!checked.ok) {
    return checked;
  }
  const { phone, role } = checked.credential;
  if (phone && role !== 'user' && testNumberOf(env.TEST_NUMBERS, phone, clock.now())) {
    // Whoever knew its code may have made the passkey.
    return refuse('forbidden', { message: 'A test number signs nobody in who administers the app.' });
  }
  const refreshToken = input.kind === 'api' ? newToken() : null;
  const done = await complete(db, checked, {
    by: 'passkey',
    kind: input.kind,
    userAgent: input.userAgent,
    address: input.address,
    refreshTokenHash: refreshToken && tokenHash(refreshToken),
    refreshTtlSeconds: env.REFRESH_TOKEN_TTL_SECONDS,
  });
  switch (done.outcome) {
    case 'gone':
      return expired();
    case 'copy':
      return unknown();
    case 'suspended':
      return refuse('account_suspended');
    case 'signed_in':
      return { ok: true, user: userView(done.user, env.APP_URL), sessionId: done.sessionId, refreshToken };
  }
}

/** Begins to confirm in a running session that it's still the same person, by a passkey of theirs. `conflict`: they have none. */
export async function passkeyProofOptions(
  { db, env }: UsePasskeyDeps,
  { user, sessionId }: SignedIn,
): Promise<Result<{ options: RequestOptions; expiresInSeconds: number }, 'conflict' | 'not_found'>> {
  const party = relyingParty(env);
  if (!party) {
    return unavailable();
  }
  const own = await passkeysOf(db, user.id);
  if (own.length === 0) {
    return refuse('conflict', { message: 'This account has no passkey. Confirm it’s you with a code.' });
  }
  const challenge = await newChallenge(db, 'proof', sessionFlow(sessionId));
  const named = own.map(({ credentialId: id, transports }) => ({ id, transports }));
  return {
    ok: true,
    options: await optionsFor(party, challenge, named),
    expiresInSeconds: passkeyPolicy.challengeSeconds,
  };
}

/** Checks that: for the next ten minutes this session has the fresh proof that guarded actions ask for. */
export async function confirmWithPasskey(
  { db, env }: UsePasskeyDeps,
  who: SignedIn,
  input: { assertion: Assertion; address: string },
): Promise<Result<{ freshForSeconds: number }, PasskeyRefusal>> {
  const party = relyingParty(env);
  if (!party) {
    return unavailable();
  }
  const bound = { purpose: 'proof', flow: sessionFlow(who.sessionId) } as const;
  const checked = await checkAssertion({ db, relyingParty: party }, input.assertion, bound);
  if (!checked.ok) {
    return checked;
  }
  if (checked.credential.userId !== who.user.id) {
    return unknown();
  }
  const outcome = await proveWithPasskey(db, checked, who, input.address);
  if (outcome === 'confirmed') {
    return { ok: true, freshForSeconds: sessionPolicy.freshProofSeconds };
  }
  return outcome === 'copy' ? unknown() : expired();
}

export const passkeyOptionsBuckets = (address: string): Bucket[] => [
  { key: `passkey:options:address:${address}`, policy: limitPolicy.passkeyOptionsPerAddress },
];
export const passkeyVerifyBuckets = (address: string): Bucket[] => [
  { key: `passkey:verify:address:${address}`, policy: limitPolicy.passkeyVerificationsPerAddress },
];
