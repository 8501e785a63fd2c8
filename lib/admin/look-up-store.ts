import { type SQL, sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { lookUpPolicy } from '../policy';
import { newId } from '../random';
import { userFromRow } from '../users/user-columns';
import type { UserRecord } from '../users/user-view';

/** Who looks at what became of a number's messages. */
export type NewLookUp = { phone: string; userId: string; sessionId: string; address: string };

/**
 * Writes a look-up down and answers its id, by which alone the messages of the number can be read: nothing is shown that the
 * trail does not tell of. The administrator stands in the detail, because an event with a user is part of that person's own
 * data, and the number is not theirs.
 */
export async function insertLookUp(db: Database, lookUp: NewLookUp): Promise<string> {
  const id = newId();
  await db.execute(sql`
    insert into audit_events (id, event, session_id, phone, address, detail)
    values (${id}::uuid, ${'delivery.looked_up' satisfies AuditEvent}, ${lookUp.sessionId}::uuid, ${lookUp.phone},
      ${lookUp.address}, jsonb_build_object('by', ${lookUp.userId}::text))`);
  return id;
}

/** The account of a number, or null; that it was read is written down first, the same way as a look-up, and either way. */
export async function findUserLookedUp(db: Database, lookUp: NewLookUp): Promise<UserRecord | null> {
  const rows = await db.execute<Record<string, unknown>>(sql`
    with noted as (
      insert into audit_events (id, event, session_id, phone, address, detail)
      values (${newId()}::uuid, ${'user.looked_up' satisfies AuditEvent}, ${lookUp.sessionId}::uuid, ${lookUp.phone},
        ${lookUp.address}, jsonb_build_object('by', ${lookUp.userId}::text))
    )
    select * from users where phone = ${lookUp.phone}`);
  return rows[0] ? userFromRow(rows[0]) : null;
}

const told = [
  'code.requested',
  'code.limited',
  'code.limit_exceeded',
  'code.unlocked',
  'code.attempted',
  'session.created',
  'session.refused',
] as const satisfies AuditEvent[];

export type TrailRow = {
  id: string;
  event: (typeof told)[number];
  created_at: string;
  detail: {
    purpose?: string;
    channel?: string;
    window?: string;
    attempts_left?: number;
    test_number?: boolean;
    by?: string;
  };
  /** The code it is about, unless that was swept. */
  challenge_id: string | null;
  attempts: number | null;
  max_attempts: number | null;
  consumed_at: string | null;
  state: 'used' | 'replaced' | 'expired' | 'exhausted' | 'live' | null;
};

export type DeliveryRow = {
  id: string;
  challenge_id: string | null;
  channel: string;
  provider: string;
  error_class: string | null;
  error_code: string | null;
  segments: number | null;
  created_at: string;
  handed_over_at: string | null;
  unanswered_at: string | null;
  delivered_at: string | null;
  failed_at: string | null;
};

export type LookedUp = { phone: string; wrongInARow: number; trail: TrailRow[]; deliveries: DeliveryRow[] };

/** What is known of the number of a look-up, newest first; null: this session made no such look-up, or not lately. */
export async function findLookedUp(
  db: Database,
  by: { lookUpId: string; sessionId: string },
): Promise<LookedUp | null> {
  const look = sql`
    audit_events look where look.id = ${by.lookUpId}::uuid and look.session_id = ${by.sessionId}::uuid
      and look.event = ${'delivery.looked_up' satisfies AuditEvent}
      and look.created_at > now() - make_interval(secs => ${lookUpPolicy.shownSeconds}::integer)`;
  const [[found], trail, deliveries] = await Promise.all([
    db.execute<{ phone: string; wrong: number }>(sql`
      select looked.phone, coalesce(t.consecutive_failures, 0) as wrong
      from (select look.phone from ${look}) looked left join phone_throttles t on t.phone = looked.phone`),
    db.execute<TrailRow>(trailSql(look)),
    db.execute<DeliveryRow>(sql`
      select d.* from (select look.phone from ${look}) looked cross join lateral (
        select id, challenge_id, channel, provider, error_class, error_code, segments, created_at, handed_over_at, unanswered_at,
          delivered_at, failed_at
        from sms_deliveries where phone = looked.phone order by created_at desc limit ${lookUpPolicy.mostEvents}) d`),
  ]);
  return found
    ? { phone: found.phone, wrongInARow: found.wrong, trail: [...trail], deliveries: [...deliveries] }
    : null;
}

const trailSql = (look: SQL) => sql`
  select e.id, e.event, e.created_at, e.detail, c.id as challenge_id, c.attempts, c.max_attempts, c.consumed_at,
    case when c.consumed_at is not null then 'used' when c.superseded_at is not null then 'replaced'
      when c.expires_at <= now() then 'expired' when c.attempts >= c.max_attempts then 'exhausted'
      when c.id is not null then 'live' end as state
  from (select look.phone from ${look}) looked cross join lateral (
    select id, event, created_at, detail from audit_events
    where phone = looked.phone and event = any(${`{${told.join(',')}}`}::text[])
    order by created_at desc, id desc limit ${lookUpPolicy.mostEvents}) e
  left join otp_challenges c on c.id = (e.detail ->> 'challenge_id')::uuid
  order by e.created_at desc, e.id desc`;
