import type { Clock } from '../clock';
import type { Database } from '../db/client';
import type { Env } from '../env';
import { type ErrorCode, refuse, type Result } from '../errors';
import { testNumberOf } from '../otp/test-numbers';
import { limitPolicy, passkeyPolicy } from '../policy';
import { newToken, tokenHash } from '../random';
import { type Bucket, takePlacesOrRefuse } from '../rate-limit/rate-limit';
import { type UserView, userView } from '../users/user-view';
import { newChallenge } from './challenge-store';
import { checkAssertion, expired, type PasskeyRefusal, unavailable, unknown } from './check-response';
import type { Assertion } from './passkey-schema';
import { relyingParty } from './relying-party';
import { type RequestOptions, requestOptions } from './request-options';
import { signInWithPasskey as complete } from './use-store';

type UsePasskeyDeps = { db: Database; env: Env; clock: Clock };

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
  const limited = await takePlacesOrRefuse(db, passkeyOptionsBuckets(address));
  if (limited) {
    return limited;
  }
  const flow = newToken();
  const options = await requestOptions(party, await newChallenge(db, 'sign_in', flow));
  return { ok: true, flow, options, expiresInSeconds: passkeyPolicy.challengeSeconds };
}

type PasskeySignIn = {
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
  const limited = await takePlacesOrRefuse(db, passkeyVerifyBuckets(input.address));
  if (limited) {
    return limited;
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

export const passkeyOptionsBuckets = (address: string): Bucket[] => [
  { key: `passkey:options:address:${address}`, policy: limitPolicy.passkeyOptionsPerAddress },
];
export const passkeyVerifyBuckets = (address: string): Bucket[] => [
  { key: `passkey:verify:address:${address}`, policy: limitPolicy.passkeyVerificationsPerAddress },
];
