import type { Clock } from '../clock';
import type { Database } from '../db/client';
import { type Refusal, refuse, type Result } from '../errors';
import { limitPolicy } from '../policy';
import { clearByOtherFactor } from '../otp/unlock-store';
import { isUuid } from '../random';
import type { Bucket } from '../rate-limit/rate-limit';
import type { SignedIn } from '../sessions/authenticate';
import { missingProof } from '../sessions/fresh-proof';
import { type UserView, userView } from '../users/user-view';
import type { ClaimedIdentity } from './identity-claims';
import { signInWithIdentity as complete } from './identity-store';
import { identitiesOf, type LinkOutcome, linkIdentity as link, unlinkIdentity as unlink } from './link-store';

type GoogleDeps = {
  db: Database;
  clock: Clock;
  appUrl: string;
  issuer: string;
  dormantAfterDays: number;
  refreshTtlSeconds: number;
};

/** A linked Google account. `created_at` is ISO 8601 UTC. */
export type IdentityView = { id: string; provider: 'google'; email: string | null; created_at: string };

/**
 * Signs in with an identity that Google has vouched for; the account is made if there is none. It is another factor than the
 * number, so it clears the wrong codes that were tried for that; should this fail, the next sign-in does it.
 */
export async function signInWithIdentity(
  deps: Pick<GoogleDeps, 'db' | 'appUrl' | 'refreshTtlSeconds'> & {
    log: { warn(fields: object, message: string): void };
  },
  input: { identity: ClaimedIdentity; address: string; userAgent: string | null },
): Promise<Result<{ sessionId: string; user: UserView; created: boolean }, 'account_suspended'>> {
  const done = await complete(deps.db, {
    kind: 'web',
    by: 'identity',
    refreshTokenHash: null,
    refreshTtlSeconds: deps.refreshTtlSeconds,
    ...input,
  });
  if (done.outcome === 'suspended') {
    return refuse('account_suspended');
  }
  const { sessionId, user, created } = done;
  if (user.phone) {
    const proved = { userId: user.id, sessionId, factor: 'google' as const, address: input.address };
    await clearByOtherFactor(deps.db, proved).catch((error: unknown) =>
      deps.log.warn({ err: error }, 'wrong tries for a number were not cleared'),
    );
  }
  return { ok: true, sessionId, user: userView(user, deps.appUrl), created };
}

/**
 * Links an identity to the account that asked for it. The proof was asked for at the start: the round to Google takes
 * time that should not count against it.
 */
export async function linkIdentity(
  deps: Pick<GoogleDeps, 'db'>,
  who: SignedIn,
  input: { identity: ClaimedIdentity; address: string },
): Promise<LinkOutcome> {
  const { user, sessionId } = who;
  return link(deps.db, { userId: user.id, sessionId, phone: user.phone, ...input });
}

/** Whether linking may start now. */
export function mayLink(deps: Pick<GoogleDeps, 'clock'>, who: SignedIn): Refusal<'fresh_proof_required'> | null {
  return missingProof(deps.clock, who);
}

/** Unlinks one's Google account. `conflict`: nothing else would open the account. */
export async function unlinkIdentity(
  deps: Pick<GoogleDeps, 'db' | 'clock' | 'dormantAfterDays'>,
  who: SignedIn,
  input: { id: string; address: string },
): Promise<Result<object, 'fresh_proof_required' | 'not_found' | 'conflict'>> {
  const refusal = missingProof(deps.clock, who);
  if (refusal) {
    return refusal;
  }
  if (!isUuid(input.id)) {
    return refuse('not_found');
  }
  const { user, sessionId } = who;
  const { dormantAfterDays } = deps;
  const outcome = await unlink(deps.db, { userId: user.id, sessionId, phone: user.phone, dormantAfterDays, ...input });
  if (outcome === 'last_way_in') {
    return refuse('conflict', {
      message: 'Google is the only sure way into your account. Add or confirm a phone number, or add a passkey, first.',
    });
  }
  return outcome === 'unlinked' ? { ok: true } : refuse('not_found');
}

/** One's linked Google account: a list of at most one. */
export async function googleAccounts(deps: Pick<GoogleDeps, 'db' | 'issuer'>, who: SignedIn): Promise<IdentityView[]> {
  const rows = await identitiesOf(deps.db, who.user.id, deps.issuer);
  return rows.map(({ id, email, createdAt }) => ({
    id,
    provider: 'google',
    email,
    created_at: createdAt.toISOString(),
  }));
}

/** Where the rounds to Google of one address are counted. */
export const googleAddressBuckets = (address: string): Bucket[] => [
  { key: `google:address:${address}`, policy: limitPolicy.googlePerAddress },
];
