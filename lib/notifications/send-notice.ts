import { sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import { recordHandover, recordSendFailure } from '../otp/challenge-store';
import { budgetBuckets, type SendCodeDeps } from '../otp/send-code';
import { newId } from '../random';
import { giveBackPlaces, takePlaces } from '../rate-limit/rate-limit';

export type NoticeDeps = Pick<SendCodeDeps, 'db' | 'env' | 'sms' | 'log'>;

/**
 * Tells a number (E.164) what was done to its account: a message without a code, sent after the change is committed. Answers
 * whether that is done: a vendor took the message, or says that this number can't get any.
 *
 * Never throws: what was done stays done, whether or not the message gets through. It counts in the budget of the whole
 * app and in no window of the number, which an attacker could use up beforehand to silence it.
 */
export async function sendNotice(deps: NoticeDeps, notice: { phone: string; text: string }): Promise<boolean> {
  try {
    return await deliver(deps, notice);
  } catch (error) {
    deps.log.warn({ err: error }, 'a notice could not be sent');
    return false;
  }
}

async function deliver({ db, env, sms, log }: NoticeDeps, { phone, text }: { phone: string; text: string }) {
  const taken = await takePlaces(db, budgetBuckets(env));
  if (taken.limited) {
    log.warn({ bucket: taken.limited.bucket.key }, 'a notice was not sent: the budget for messages is used up');
    return false;
  }
  const deliveryId = newId();
  await insertNotice(db, deliveryId, sms.name);
  const outcome = await sms.send({ deliveryId, phone, text });
  if (outcome.accepted) {
    await recordHandover(db, deliveryId, outcome.providerMessageId, outcome.segments).catch((error: unknown) =>
      log.warn({ err: error }, 'handover not noted'),
    );
    return true;
  }
  const { errorClass, errorCode, operatorHint } = outcome;
  log.warn({ provider: sms.name, errorClass, errorCode }, operatorHint);
  await recordSendFailure(db, deliveryId, outcome);
  await giveBackPlaces(db, taken);
  return errorClass === 'recipient' || errorClass === 'blocked';
}

/** The trace of a message that belongs to no code, written before the vendor hears of it. */
async function insertNotice(db: Database, deliveryId: string, provider: string): Promise<void> {
  await db.execute(sql`insert into sms_deliveries (id, provider) values (${deliveryId}::uuid, ${provider})`);
}
