import type { Clock } from '../clock';
import { workThrough } from '../due-work';
import { refuse, type Result } from '../errors';
import { noticeTexts } from '../notifications/notice-texts';
import { type NoticeDeps, sendNotice } from '../notifications/send-notice';
import { sweepPolicy } from '../policy';
import type { SignedIn } from '../sessions/authenticate';
import { missingProof } from '../sessions/fresh-proof';
import {
  deleteDueAccount,
  forgetNumber,
  forgetTrail,
  markForDeletion,
  nextDueAccount,
  numbersOf,
} from './deletion-store';

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
    await sendNotice(deps, { phone: user.phone, kind: 'deletionWaits', text });
  }
  return { ok: true, deletedAt };
}

/**
 * Deletes the accounts whose grace period is over, at most a batch of them. Safe from several instances at once. A trail may be
 * long, so it is forgotten bit by bit before: first what the numbers left, which only the own trail knows.
 */
export function deleteDueAccounts({ db, log }: Pick<NoticeDeps, 'db' | 'log'>): Promise<number> {
  return workThrough(
    (after) => nextDueAccount(db, after),
    async (userId) => {
      for (const number of await numbersOf(db, userId)) {
        while ((await forgetNumber(db, userId, number)) >= sweepPolicy.trailRows);
      }
      let from: string | null = null;
      do {
        from = await forgetTrail(db, userId, from);
      } while (from !== null);
      return deleteDueAccount(db, userId);
    },
    log,
  );
}
