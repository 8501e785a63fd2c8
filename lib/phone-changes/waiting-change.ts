import type { Database } from '../db/client';
import { refuse, type Result } from '../errors';
import { noticeTexts } from '../notifications/notice-texts';
import { type NoticeDeps, sendNotice } from '../notifications/send-notice';
import { codeCost } from '../otp/admit-send';
import { pauseScopes, sendBuckets, standsInTheWay } from '../otp/send-windows';
import { limitedPhone, maskedPhone } from '../phone/phone';
import { workThrough } from '../due-work';
import { sweepPolicy } from '../policy';
import type { SignedIn } from '../sessions/authenticate';
import { messageLocales } from '../sms/templates';
import { lastDayChanges, putOffUnanswerable, type WayToNumber } from './objection-store';
import {
  dropWaitingChange,
  findWaitingChange,
  makeDueChange,
  nextDueChange,
  noteTold,
  takeUpUntold,
} from './phone-change-store';

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

/** Tells the old number of a change that waits, and notes whether it was told; where it was not, the sweep tries again. */
export async function tellOldNumber(
  deps: NoticeDeps,
  change: { userId: string; oldPhone: string; newPhone: string; effectiveAt: Date; timeZone: string },
): Promise<void> {
  const text = noticeTexts.phoneChangeWaits(deps.env.APP_NAME, change.newPhone, change.effectiveAt, change.timeZone);
  if (await sendNotice(deps, { phone: change.oldPhone, kind: 'phoneChangeWaits', text })) {
    await noteTold(deps.db, change);
  }
}

/** Tries again to tell the old numbers that no vendor took the message for; returns how many it tried. */
export async function tellUntold(deps: NoticeDeps): Promise<number> {
  for (let count = 0; count < sweepPolicy.accountRows; count += 1) {
    const untold = await takeUpUntold(deps.db);
    if (!untold) {
      return count;
    }
    await tellOldNumber(deps, untold);
  }
  return sweepPolicy.accountRows;
}

/** The way to each old number that may object now: of a code in the language that costs most, for nobody knows which will be asked for. */
async function waysToObject({ db, env }: Pick<NoticeDeps, 'db' | 'env'>): Promise<WayToNumber[]> {
  return (await lastDayChanges(db)).map(({ userId, oldPhone }) => {
    const phone = limitedPhone(oldPhone);
    const message = { phone, purpose: 'sign_in', channel: 'sms' } as const;
    const cost = Math.max(...messageLocales.map((locale) => codeCost(env, { ...message, locale })));
    return { userId, windows: sendBuckets(phone, [], env, cost).filter(standsInTheWay), scopes: pauseScopes(phone) };
  });
}

/**
 * Carries out the changes whose time has come, at most a batch of them, and tells both numbers. Before that it puts off
 * those that the old number could not object to. Safe from any number of instances at once. Returns how many it dealt with.
 */
export async function makeDuePhoneChanges(deps: NoticeDeps): Promise<number> {
  const { db } = deps;
  await putOffUnanswerable(db, await waysToObject(deps));
  return workThrough(
    (after) => nextDueChange(db, after),
    async (userId) => {
      const due = await makeDueChange(db, userId);
      if (due?.changed) {
        const { APP_NAME } = deps.env;
        if (due.oldPhone) {
          const text = noticeTexts.phoneChanged(APP_NAME, due.newPhone);
          await sendNotice(deps, { phone: due.oldPhone, kind: 'phoneChanged', text });
        }
        const text = noticeTexts.phoneArrived(APP_NAME);
        await sendNotice(deps, { phone: due.newPhone, kind: 'phoneArrived', text });
      }
      return due !== null;
    },
    deps.log,
  );
}
