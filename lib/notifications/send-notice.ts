import type { SendCodeDeps } from '../otp/send-code';
import { budgetBuckets } from '../otp/send-windows';
import { countryOf } from '../phone/phone';
import { limitPolicy } from '../policy';
import { type Bucket, giveBackPlaces } from '../rate-limit/rate-limit';
import { inOwnTime } from '../request-context';
import type { Delivered } from '../sms/deliver';
import { EVERYTHING, takeSendPlaces } from '../sms/pause-store';
import { costOf } from '../sms/prices';
import { segmentsOf } from '../sms/segments';
import type { NoticeKind } from './notice-texts';

/** `phone` in E.164. */
type Notice = { phone: string; kind: NoticeKind; text: string };

export type NoticeDeps = Pick<SendCodeDeps, 'db' | 'env' | 'deliver' | 'log'>;

/**
 * Tells a number (E.164) what was done to its account: a message without a code, sent after the change is committed. Answers
 * whether that is done: a vendor took the message, or says that this number can't get any.
 *
 * Never throws: what was done stays done, whether or not the message gets through. It counts in the budget of the whole
 * app (for good: there is no code to use) and obeys its switch; it obeys no stop of a range or country and counts in none of the windows of
 * codes, because a stranger could bring either about beforehand to silence it. And in one of the number for each kind: whoever is
 * signed in could have one and the same message sent to a number that they are paid for.
 */
export async function sendNotice(deps: NoticeDeps, notice: Notice): Promise<boolean> {
  try {
    // What was done has taken of the request's time; to be told of it is not worth less for that.
    return await inOwnTime(() => send(deps, notice));
  } catch (error) {
    deps.log.warn({ err: error }, 'a notice could not be sent');
    return false;
  }
}

async function send({ db, env, deliver, log }: NoticeDeps, { phone, kind, text }: Notice) {
  const country = countryOf(phone);
  const cost = costOf(env.SMS_PRICES, { country, channel: 'sms', segments: segmentsOf(text).segments });
  const ofNumber: Bucket = { key: `notice:${kind}:${phone}`, policy: limitPolicy.noticesPerPhone };
  const taken = await takeSendPlaces({ db, log }, [ofNumber, ...budgetBuckets(env, cost)], [EVERYTHING]);
  if ('paused' in taken) {
    log.warn({}, 'a notice was not sent: sending is switched off');
    return false;
  }
  if (taken.limited) {
    const full = taken.limited.bucket;
    if (full === ofNumber) {
      log.warn({ kind }, 'a notice was not sent: its number was told as often today as it may be');
    } else {
      log.warn({ bucket: full.key }, 'a notice was not sent: the budget for messages is used up');
    }
    return false;
  }
  const message = { challengeId: null, channel: 'sms' as const, code: null, locale: 'en', ttlSeconds: NOTICE_SECONDS };
  const transit = { mayHaveGone: false };
  let delivered: Delivered | undefined;
  try {
    delivered = await deliver({ ...message, country, phone, text }, transit);
    return delivered.ok || delivered.errorClass === 'recipient' || delivered.errorClass === 'blocked';
  } finally {
    // What may have been sent all the same stays counted.
    if (!delivered?.ok && !transit.mayHaveGone) {
      await giveBackPlaces(db, taken).catch((error: unknown) => log.warn({ err: error }, 'places not given back'));
    }
  }
}

/** A notice is worth hearing some hours later, too: as long as vendors keep a message for a phone that is off. */
const NOTICE_SECONDS = 36_000;
