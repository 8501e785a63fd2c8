import type { Clock } from '../clock';
import type { Database } from '../db/client';
import type { Env } from '../env';
import { refuse, type Result } from '../errors';
import { readPhone } from '../otp/read-phone';
import { maskedPhone, type PhoneRefusal } from '../phone/phone';
import { limitPolicy } from '../policy';
import { isUuid } from '../random';
import { takePlaces } from '../rate-limit/rate-limit';
import type { SignedIn } from '../sessions/authenticate';
import { type DeliveryTimeline, timelineOf } from './delivery-timeline';
import { type UserView, userView } from '../users/user-view';
import { findLookedUp, findUserLookedUp, insertLookUp } from './look-up-store';

export type LookUpDeps = { db: Database; env: Env; clock: Clock };

/** Begins a look-up of a number, typed in any form, and writes down who made it. Answers the id that shows it. */
export async function lookUpNumber(
  { db, env, clock }: LookUpDeps,
  who: SignedIn,
  input: { phone: string; address: string },
): Promise<Result<{ lookUpId: string }, PhoneRefusal | 'too_many_requests'>> {
  const { limited } = await takePlaces(db, [
    { key: `look-up:user:${who.user.id}`, policy: limitPolicy.lookUpsPerAdministrator },
  ]);
  if (limited) {
    return refuse('too_many_requests', { retryAfterSeconds: limited.retryAfterSeconds });
  }
  // A country may have been taken off the list, and a test number have come to its end, after what is asked about.
  const testNumbers = env.TEST_NUMBERS?.map((number) => ({ ...number, until: null }));
  const anyNumber = { ...env, ALLOWED_COUNTRIES: undefined, TEST_NUMBERS: testNumbers };
  const parsed = readPhone({ env: anyNumber, clock }, input.phone);
  if (!parsed.ok) {
    return parsed;
  }
  const by = { userId: who.user.id, sessionId: who.sessionId, address: input.address };
  return { ok: true, lookUpId: await insertLookUp(db, { phone: parsed.phone.e164, ...by }) };
}

/** What became of the messages to the number of a look-up that this session made within the last minutes. */
export async function lookedUpDeliveries(
  { db, env, clock }: LookUpDeps,
  who: SignedIn,
  lookUpId: string,
): Promise<Result<{ timeline: DeliveryTimeline }, 'not_found'>> {
  const found = isUuid(lookUpId) ? await findLookedUp(db, { lookUpId, sessionId: who.sessionId }) : null;
  if (!found) {
    return refuse('not_found');
  }
  const readable = readPhone({ env, clock }, found.phone);
  const served = readable.ok || readable.code !== 'unsupported_country';
  return { ok: true, timeline: timelineOf(maskedPhone(found.phone), found, served) };
}

/** The account of a number, typed in any form, for an administrator; who read it is written down. */
export async function lookUpUser(
  { db, env, clock }: LookUpDeps,
  who: SignedIn,
  input: { phone: string; address: string },
): Promise<Result<{ user: UserView }, PhoneRefusal | 'not_found'>> {
  const parsed = readPhone({ env: { ...env, ALLOWED_COUNTRIES: undefined }, clock }, input.phone);
  if (!parsed.ok) {
    return parsed;
  }
  const by = { userId: who.user.id, sessionId: who.sessionId, address: input.address };
  const user = await findUserLookedUp(db, { phone: parsed.phone.e164, ...by });
  return user ? { ok: true, user: userView(user, env.APP_URL) } : refuse('not_found');
}
