import type { Clock } from '../clock';
import type { Database } from '../db/client';
import { refuse, type Result } from '../errors';
import { noticeTexts } from '../notifications/notice-texts';
import { type NoticeDeps, sendNotice } from '../notifications/send-notice';
import { sweepPolicy } from '../policy';
import type { SignedIn } from '../sessions/authenticate';
import { missingProof } from '../sessions/fresh-proof';
import { deleteDueAccount, markForDeletion } from './deletion-store';

/**
 * Asks for one's account to be deleted, which takes a fresh proof. It happens after a grace period; all sessions end now,
 * and signing in before then takes it back. The number is told, so that nobody's account goes behind their back.
 */
export async function requestDeletion(
  deps: NoticeDeps & { clock: Clock },
  who: SignedIn,
  input: { address: string },
): Promise<Result<{ deletedAt: Date }, 'fresh_proof_required' | 'token_revoked'>> {
  const unproved = missingProof(deps.clock, who);
  if (unproved) {
    return unproved;
  }
  const { user, sessionId } = who;
  const deletedAt = await markForDeletion(deps.db, { userId: user.id, sessionId, address: input.address });
  if (!deletedAt) {
    return refuse('token_revoked');
  }
  if (user.phone) {
    const text = noticeTexts.deletionWaits(deps.env.APP_NAME, deletedAt, user.time_zone);
    await sendNotice(deps, { phone: user.phone, text });
  }
  return { ok: true, deletedAt };
}

/** Deletes the accounts whose grace period is over, at most a batch of them. Safe from several instances at once. */
export async function deleteDueAccounts(deps: { db: Database }): Promise<number> {
  let count = 0;
  while (count < sweepPolicy.accountRows && (await deleteDueAccount(deps.db))) {
    count += 1;
  }
  return count;
}
