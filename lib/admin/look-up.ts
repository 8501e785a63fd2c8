import type { Clock } from '../clock';
import type { Database } from '../db/client';
import type { Env } from '../env';
import { refuse, type Result } from '../errors';
import { readKnownPhone, readPhone } from '../otp/read-phone';
import { clearWrongTries } from '../otp/unlock-store';
import { maskedPhone, type PhoneRefusal } from '../phone/phone';
import { limitPolicy } from '../policy';
import { isUuid } from '../random';
import { takePlacesOrRefuse } from '../rate-limit/rate-limit';
import type { SignedIn } from '../sessions/authenticate';
import { type DeliveryTimeline, timelineOf } from './delivery-timeline';
import { type UserView, userView } from '../users/user-view';
import { findLookedUp, findUserLookedUp, insertLookUp, type NewLookUp } from './look-up-store';

type LookUpDeps = { db: Database; env: Env; clock: Clock };

type LookUpRefusal = PhoneRefusal | 'too_many_requests';

/** Begins a look-up of a number, typed in any form, and writes down who made it. Answers the id that shows it. */
export async function lookUpNumber(
  deps: LookUpDeps,
  who: SignedIn,
  input: { phone: string; address: string },
): Promise<Result<{ lookUpId: string }, LookUpRefusal>> {
  const begun = await beginLookUp(deps, who, input);
  return begun.ok ? { ok: true, lookUpId: await insertLookUp(deps.db, begun.lookUp) } : begun;
}

/** Takes a place in the administrator's window, and reads the number. */
async function beginLookUp(
  deps: LookUpDeps,
  who: SignedIn,
  { phone, address }: { phone: string; address: string },
): Promise<Result<{ lookUp: NewLookUp }, LookUpRefusal>> {
  const limited = await takePlacesOrRefuse(deps.db, [
    { key: `look-up:user:${who.user.id}`, policy: limitPolicy.lookUpsPerAdministrator },
  ]);
  if (limited) {
    return limited;
  }
  const parsed = readKnownPhone(deps, phone);
  return parsed.ok
    ? { ok: true, lookUp: { phone: parsed.phone.e164, userId: who.user.id, sessionId: who.sessionId, address } }
    : parsed;
}

/** Clears the wrong tries for a number, typed in any form; `wrongInARow`: how many there were. */
export async function unlockNumber(
  deps: LookUpDeps,
  who: SignedIn,
  input: { phone: string; address: string },
): Promise<Result<{ wrongInARow: number }, PhoneRefusal>> {
  const parsed = readKnownPhone(deps, input.phone);
  if (!parsed.ok) {
    return parsed;
  }
  const { sessionId, user } = who;
  const cleared = { phone: parsed.phone.e164, by: user.id, sessionId, address: input.address };
  return { ok: true, wrongInARow: await clearWrongTries(deps.db, cleared) };
}

/** The same for the number of a look-up, which a page does not know whole. */
export async function unlockLookedUp(
  { db }: LookUpDeps,
  who: SignedIn,
  input: { lookUpId: string; address: string },
): Promise<Result<{ wrongInARow: number }, 'not_found'>> {
  const { sessionId, user } = who;
  const found = isUuid(input.lookUpId) ? await findLookedUp(db, { lookUpId: input.lookUpId, sessionId }) : null;
  if (!found) {
    return refuse('not_found');
  }
  const cleared = { phone: found.phone, by: user.id, sessionId, address: input.address };
  return { ok: true, wrongInARow: await clearWrongTries(db, cleared) };
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
  deps: LookUpDeps,
  who: SignedIn,
  input: { phone: string; address: string },
): Promise<Result<{ user: UserView }, LookUpRefusal | 'not_found'>> {
  const begun = await beginLookUp(deps, who, input);
  if (!begun.ok) {
    return begun;
  }
  const user = await findUserLookedUp(deps.db, begun.lookUp);
  return user ? { ok: true, user: userView(user, deps.env.APP_URL) } : refuse('not_found');
}
