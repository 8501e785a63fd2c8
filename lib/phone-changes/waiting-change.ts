import type { Database } from '../db/client';
import { refuse, type Result } from '../errors';
import { noticeTexts } from '../notifications/notice-texts';
import { type NoticeDeps, sendNotice } from '../notifications/send-notice';
import { maskedPhone } from '../phone/phone';
import { sweepPolicy } from '../policy';
import type { SignedIn } from '../sessions/authenticate';
import { dropWaitingChange, findWaitingChange, makeDueChange } from './phone-change-store';

/** One's number and the change of it that waits, as the API tells them; times are ISO 8601 UTC. */
export type PhoneView = {
  phone: string | null;
  /** The new number is masked: enough to recognise one's own, and nothing new to who got hold of a session. */
  pending: { phone: string; requested_at: string; effective_at: string } | null;
};

export async function phoneOf(deps: { db: Database }, who: SignedIn): Promise<PhoneView> {
  const waiting = await findWaitingChange(deps.db, who.user.id);
  return {
    phone: who.user.phone,
    pending: waiting && {
      phone: maskedPhone(waiting.newPhone),
      requested_at: waiting.requestedAt.toISOString(),
      effective_at: waiting.effectiveAt.toISOString(),
    },
  };
}

/**
 * Takes a waiting change back. Any live session of the person is enough, for undoing must be easy. `not_found`: nothing
 * waits (any more), and who comes too late should know.
 */
export async function cancelPhoneChange(
  deps: { db: Database },
  who: SignedIn,
  input: { address: string },
): Promise<Result<object, 'not_found'>> {
  const { user, sessionId } = who;
  const by = { userId: user.id, sessionId, phone: user.phone, address: input.address };
  return (await dropWaitingChange(deps.db, by))
    ? { ok: true }
    : refuse('not_found', { message: 'No change of number is waiting.' });
}

/**
 * Carries out the changes whose time has come, at most a batch of them, and tells both numbers. Safe from any number of
 * instances at once. Returns how many it dealt with.
 */
export async function makeDuePhoneChanges(deps: NoticeDeps): Promise<number> {
  for (let count = 0; count < sweepPolicy.accountRows; count += 1) {
    const due = await makeDueChange(deps.db);
    if (!due) {
      return count;
    }
    if (due.changed) {
      const { APP_NAME } = deps.env;
      if (due.oldPhone) {
        await sendNotice(deps, { phone: due.oldPhone, text: noticeTexts.phoneChanged(APP_NAME, due.newPhone) });
      }
      await sendNotice(deps, { phone: due.newPhone, text: noticeTexts.phoneArrived(APP_NAME) });
    }
  }
  return sweepPolicy.accountRows;
}
