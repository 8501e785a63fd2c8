import type { Clock } from '../clock';
import type { Database } from '../db/client';
import type { Env } from '../env';
import { refuse, type Result } from '../errors';
import { readPhone } from '../otp/read-phone';
import { maskedPhone, type PhoneRefusal } from '../phone/phone';
import { isUuid } from '../random';
import type { SignedIn } from '../sessions/authenticate';
import { type DeliveryTimeline, timelineOf } from './delivery-timeline';
import { findLookedUp, insertLookUp } from './look-up-store';

export type LookUpDeps = { db: Database; env: Env; clock: Clock };

/** Begins a look-up of a number, typed in any form, and writes down who made it. Answers the id that shows it. */
export async function lookUpNumber(
  { db, env, clock }: LookUpDeps,
  who: SignedIn,
  input: { phone: string; address: string },
): Promise<Result<{ lookUpId: string }, PhoneRefusal>> {
  // A country may have been taken off the list after the message that is asked about.
  const parsed = readPhone({ env: { ...env, ALLOWED_COUNTRIES: undefined }, clock }, input.phone);
  if (!parsed.ok) {
    return parsed;
  }
  const by = { userId: who.user.id, sessionId: who.sessionId, address: input.address };
  return { ok: true, lookUpId: await insertLookUp(db, { phone: parsed.phone.e164, ...by }) };
}

/** What became of the messages to the number of a look-up that this session made within the last minutes. */
export async function lookedUpDeliveries(
  { db }: LookUpDeps,
  who: SignedIn,
  lookUpId: string,
): Promise<Result<{ timeline: DeliveryTimeline }, 'not_found'>> {
  const found = isUuid(lookUpId) ? await findLookedUp(db, { lookUpId, sessionId: who.sessionId }) : null;
  return found ? { ok: true, timeline: timelineOf(maskedPhone(found.phone), found) } : refuse('not_found');
}
