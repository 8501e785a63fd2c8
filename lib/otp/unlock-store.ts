import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { phoneThrottlePolicy } from '../policy';
import { newId } from '../random';

/**
 * Clears a number's wrong tries because an operator says so, and writes that down; answers how many there were in a row. The
 * administrator stands in the detail: an event with a user is part of that person's own data, and the number is not theirs.
 */
export async function clearWrongTries(
  db: Database,
  cleared: { phone: string; by: string; sessionId: string | null; address: string | null },
): Promise<number> {
  const rows = await db.execute<{ wrong: number }>(sql`
    with cleared as (
      delete from phone_throttles where phone = ${cleared.phone} returning consecutive_failures as wrong
    ), audited as (
      insert into audit_events (id, event, session_id, phone, address, detail)
      select ${newId()}::uuid, ${'code.unlocked' satisfies AuditEvent}, ${cleared.sessionId}::uuid, ${cleared.phone},
        ${cleared.address}, jsonb_build_object('by', ${cleared.by}::text, 'wrong_in_a_row', wrong) from cleared
    )
    select wrong from cleared`);
  return rows[0]?.wrong ?? 0;
}

/** Clears the wrong tries of a device that an account knows, whose right code has just signed in there: never of another account's. */
export async function clearDevice(db: Database, sessionId: string, userId: string): Promise<void> {
  await db.execute(sql`
    update sessions set wrong_codes = 0
    where id = ${sessionId}::uuid and user_id = ${userId}::uuid and wrong_codes > 0`);
}

/**
 * Clears the wrong tries for a person's number because they came by another factor. A statement of its own: a sign-in by code
 * locks the number's count after everything else, and one that did it the other way round could wait for it in a circle.
 */
export async function clearByOtherFactor(
  db: Database,
  proved: { userId: string; sessionId: string; factor: 'google'; address: string | null },
): Promise<void> {
  await db.execute(sql`
    with cleared as (
      delete from phone_throttles where phone = (select phone from users where id = ${proved.userId}::uuid)
      returning phone, consecutive_failures as wrong
    )
    insert into audit_events (id, event, user_id, session_id, phone, address, detail)
    select ${newId()}::uuid, ${'code.unlocked' satisfies AuditEvent}, ${proved.userId}::uuid, ${proved.sessionId}::uuid, phone,
      ${proved.address}, jsonb_build_object('by', ${proved.factor}::text, 'wrong_in_a_row', wrong)
    from cleared where wrong >= ${phoneThrottlePolicy.backOffFrom}::integer`);
}
