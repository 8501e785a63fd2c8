import type { Database } from '../db/client';
import type { Env } from '../env';
import { refuse, type Result } from '../errors';
import { passkeyPolicy, sessionPolicy } from '../policy';
import type { SignedIn } from '../sessions/authenticate';
import { sessionFlow } from '../sessions/confirm-identity';
import { newChallenge } from './challenge-store';
import { checkAssertion, expired, type PasskeyRefusal, unavailable, unknown } from './check-response';
import type { Assertion } from './passkey-schema';
import { passkeysOf } from './passkey-store';
import { relyingParty } from './relying-party';
import { type RequestOptions, requestOptions } from './request-options';
import { proveWithPasskey } from './use-store';

type Deps = { db: Database; env: Env };

/** Begins to confirm in a running session that it's still the same person, by a passkey of theirs. `conflict`: they have none. */
export async function passkeyProofOptions(
  { db, env }: Deps,
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
    options: await requestOptions(party, challenge, named),
    expiresInSeconds: passkeyPolicy.challengeSeconds,
  };
}

/** Checks that: for the next ten minutes this session has the fresh proof that guarded actions ask for. */
export async function confirmWithPasskey(
  { db, env }: Deps,
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
