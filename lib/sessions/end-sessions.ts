import type { Clock } from '../clock';
import type { Database } from '../db/client';
import { refuse, type Result } from '../errors';
import { refreshPolicy } from '../policy';
import { findWaitingChange } from '../phone-changes/phone-change-store';
import { isUuid, tokenHash } from '../random';
import type { SignedIn } from './authenticate';
import { missingProof } from './fresh-proof';
import { refuseUnknownToken } from './refresh';
import { findRefreshFamily } from './refresh-store';
import type { SessionLifetimes } from './session-state';
import { endSessions } from './session-store';

type Deps = { db: Database; clock: Clock; lifetimes: SessionLifetimes };

/**
 * Ends this session; with `everywhere` all of the user's, which takes a fresh proof; with `refresh` also the session of
 * that token, if it is the user's own.
 */
export async function signOut(
  deps: Deps,
  who: SignedIn,
  options: { everywhere?: boolean; refresh?: string; address: string },
): Promise<Result<object, 'fresh_proof_required'>> {
  const refusal = options.everywhere ? missingProof(deps.clock, who) : null;
  if (refusal) {
    return refusal;
  }
  const { address } = options;
  const { user, sessionId } = who;
  const ending = { userId: user.id, by: sessionId, phone: user.phone, address };
  if (options.everywhere) {
    await endSessions(deps.db, deps.lifetimes, {
      ...ending,
      which: 'all',
      reason: 'signed_out_everywhere',
      event: 'session.ended_everywhere',
    });
    return { ok: true };
  }
  const family = options.refresh ? await findRefreshFamily(deps.db, tokenHash(options.refresh)) : null;
  const own = family && family.userId === user.id ? [family.sessionId] : [];
  for (const id of new Set([sessionId, ...own])) {
    await endSessions(deps.db, deps.lifetimes, {
      ...ending,
      which: { only: id },
      reason: 'signed_out',
      event: 'session.ended',
    });
  }
  return { ok: true };
}

/**
 * Signs out by a refresh token alone, for an app whose access token has run out. `unauthenticated`: not a token of ours;
 * `too_many_requests`: too many such from this address. A token that was spent long ago is a copy that somebody kept: the
 * session ends as it would on a refresh, and says why.
 */
export async function signOutByRefreshToken(
  deps: Deps,
  input: { refresh: string; address: string },
): Promise<Result<object, 'unauthenticated' | 'too_many_requests'>> {
  const family = await findRefreshFamily(deps.db, tokenHash(input.refresh));
  if (!family) {
    return refuseUnknownToken(deps.db, input.address);
  }
  const { sessionId, userId, usedAt } = family;
  const reused = usedAt !== null && deps.clock.now().getTime() - usedAt.getTime() > refreshPolicy.repeatSeconds * 1000;
  await endSessions(deps.db, deps.lifetimes, {
    userId,
    which: { only: sessionId },
    reason: reused ? 'refresh_reused' : 'signed_out',
    event: reused ? 'session.refresh_reused' : 'session.ended',
    by: sessionId,
    phone: null,
    address: input.address,
  });
  return { ok: true };
}

/**
 * Ends one session of one's own. `not_found`: there is no such live session of this user, whoever's it may be. While a change
 * of number waits, ending another takes a fresh proof, so that who asked for it can't throw those out who would object.
 */
export async function endSession(
  deps: Deps,
  who: SignedIn,
  input: { id: string; address: string },
): Promise<Result<{ own: boolean }, 'not_found' | 'fresh_proof_required'>> {
  const own = input.id.toLowerCase() === who.sessionId;
  const unproved = own ? null : missingProof(deps.clock, who);
  if (unproved && (await findWaitingChange(deps.db, who.user.id))) {
    return unproved;
  }
  const ended = isUuid(input.id)
    ? await endSessions(deps.db, deps.lifetimes, {
        userId: who.user.id,
        which: { only: input.id },
        reason: own ? 'signed_out' : 'ended_by_user',
        event: own ? 'session.ended' : 'session.ended_by_user',
        by: who.sessionId,
        phone: who.user.phone,
        address: input.address,
      })
    : 0;
  return ended > 0 ? { ok: true, own } : refuse('not_found');
}

/** Ends all sessions of one's own but this one, which takes a fresh proof. Tells how many there were. */
export async function endOtherSessions(
  deps: Deps,
  who: SignedIn,
  input: { address: string },
): Promise<Result<{ ended: number }, 'fresh_proof_required'>> {
  const refusal = missingProof(deps.clock, who);
  if (refusal) {
    return refusal;
  }
  const ended = await endSessions(deps.db, deps.lifetimes, {
    userId: who.user.id,
    which: { except: who.sessionId },
    reason: 'ended_by_user',
    event: 'session.ended_others',
    by: who.sessionId,
    phone: who.user.phone,
    address: input.address,
  });
  return { ok: true, ended };
}
