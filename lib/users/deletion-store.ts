import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import type { DueItem } from '../due-work';
import { accountPolicy, sweepPolicy } from '../policy';
import { newId } from '../random';

/**
 * Marks an account for deletion and ends a change of number that waits, in one statement; a trigger ends all its sessions, also
 * one that a sign-in of the same moment starts. Answers when it will be deleted; null when the session had ended meanwhile.
 */
export async function markForDeletion(
  db: Database,
  by: { userId: string; sessionId: string; address: string },
): Promise<Date | null> {
  const [row] = await db.execute<{ deleted_at: string }>(sql`
    with asked as (
      update users u set deletion_requested_at = now() from sessions s
      where u.id = ${by.userId}::uuid and s.id = ${by.sessionId}::uuid and s.user_id = u.id and s.revoked_at is null
      returning u.id, u.phone
    ), dropped as (
      delete from phone_changes where user_id in (select id from asked) returning user_id
    ), undone as (
      insert into audit_events (id, event, user_id, session_id, address)
      select ${newId()}::uuid, ${'user.phone_change_cancelled' satisfies AuditEvent}, user_id, ${by.sessionId}::uuid, ${by.address}
      from dropped
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address)
      select ${newId()}::uuid, ${'user.deletion_requested' satisfies AuditEvent}, id, ${by.sessionId}::uuid, phone, ${by.address}
      from asked
    )
    select now() + make_interval(secs => ${accountPolicy.deletionGraceSeconds}::integer) as deleted_at from asked`);
  return row ? new Date(row.deleted_at) : null;
}

const isDue = sql`
  deletion_requested_at < now() - make_interval(secs => ${accountPolicy.deletionGraceSeconds}::integer) and suspended_at is null`;

/** The account that is to be deleted after the one named, in order; null when there is no other. */
export async function nextDueAccount(db: Database, after: DueItem | null): Promise<DueItem | null> {
  const [row] = await db.execute<DueItem>(sql`
    select id, deletion_requested_at::text as at from users
    where ${isDue} and (deletion_requested_at, id) >
      (${after?.at ?? '-infinity'}::text::timestamptz, ${after?.id ?? '00000000-0000-0000-0000-000000000000'}::uuid)
    order by deletion_requested_at, id limit 1`);
  return row ?? null;
}

/** A number, and until when what is written down about it is this person's. */
type OwnNumber = { phone: string; until: string };

/** The numbers of an account that is to be deleted: its own, and those that its trail knows it had or asked for. */
export async function numbersOf(db: Database, userId: string): Promise<OwnNumber[]> {
  const rows = await db.execute<OwnNumber>(sql`
    with mentioned as (
      select unnest(array[phone, detail ->> 'old_phone', detail ->> 'new_phone']) as phone, created_at
      from audit_events where user_id = ${userId}::uuid
    )
    select phone, max(until)::text as until from (
      select phone, created_at as until from mentioned
      union all
      select phone, 'infinity' from users where id = ${userId}::uuid
    ) as known where phone is not null group by phone`);
  return [...rows];
}

/**
 * Takes the person out of one batch of what is written down about a number and belongs to no account, codes, messages and
 * their deliveries included; returns how many rows of the trail it was. What another account has of the number since it has it, stays.
 */
export async function forgetNumber(db: Database, userId: string, { phone, until }: OwnNumber): Promise<number> {
  const rows = await db.execute(sql`
    with due as materialized (
      select id from users where id = ${userId}::uuid and ${isDue} for update skip locked
    ), span as materialized (
      select coalesce((select coalesce(phone_verified_at, created_at) from users where phone = ${phone} and id <> ${userId}::uuid),
        'infinity') as until from due
    ), batch as materialized (
      select a.id, a.event, a.detail from span join audit_events a on a.phone = ${phone}
        and a.created_at <= least(span.until, ${until}::text::timestamptz)
      where a.user_id is null limit ${sweepPolicy.trailRows}
    ), codes as (
      delete from otp_challenges where id in (
        select c.id from otp_challenges c where c.id in (
          select (detail ->> 'challenge_id')::uuid from batch where event = ${'code.requested' satisfies AuditEvent})
        for update skip locked)
    ), messages as (
      -- Also the notice of the very change that gave the number up.
      delete from inbox_messages m using span where m.phone = ${phone} and m.sent_at <= span.until
    ), notices as (
      -- What vendors were handed of them; of codes that goes with the code.
      delete from sms_deliveries d using span where d.phone = ${phone} and d.challenge_id is null and d.created_at <= span.until
    )
    update audit_events set phone = null, address = null, detail = '{}' where id in (select id from batch) returning 1`);
  return rows.length;
}

/** Takes the person out of one batch of their own trail, from a time on; null when all of it is done. */
export async function forgetTrail(db: Database, userId: string, from: string | null): Promise<string | null> {
  const [row] = await db.execute<{ rows: number; last: string }>(sql`
    with due as materialized (
      select id from users where id = ${userId}::uuid and ${isDue} for update skip locked
    ), batch as materialized (
      select a.id from due join audit_events a on a.user_id = due.id
      where a.created_at >= ${from ?? '-infinity'}::text::timestamptz
        and (a.phone is not null or a.address is not null or a.detail <> '{}')
      order by a.created_at limit ${sweepPolicy.trailRows}
    ), forgotten as (
      update audit_events set phone = null, address = null, detail = '{}' where id in (select id from batch) returning created_at
    )
    select count(*)::int as rows, max(created_at)::text as last from forgotten`);
  return row && row.rows >= sweepPolicy.trailRows ? row.last : null;
}

/**
 * Deletes an account whose grace period is over, with all that hangs on it, and takes the person out of what is left of the
 * trail: what stays says that something happened, not to whom. False when it isn't due any more or somebody works on it.
 *
 * A suspended account stays until somebody lifts the suspension: its number would open a fresh one. Rows that a sign-in
 * holds at this moment are left to the sweep, so that neither waits for the other in a circle.
 */
export async function deleteDueAccount(db: Database, userId: string): Promise<boolean> {
  const rows = await db.execute(sql`
    with due as materialized (
      select id, phone from users where id = ${userId}::uuid and ${isDue} for update skip locked
    ), codes as (
      delete from otp_challenges where id in (
        select c.id from otp_challenges c where c.id in (
          select (a.detail ->> 'challenge_id')::uuid from due join audit_events a on a.phone = due.phone
          where a.event = ${'code.requested' satisfies AuditEvent})
        for update skip locked)
    ), tries as (
      delete from phone_throttles where phone in (
        select t.phone from due join phone_throttles t on t.phone = due.phone for update of t skip locked)
    ), messages as (
      delete from inbox_messages m using due where m.phone = due.phone
    ), notices as (
      delete from sms_deliveries d using due where d.phone = due.phone and d.challenge_id is null
    ), own_trail as (
      -- Almost all of a long one was done before, bit by bit.
      update audit_events a set phone = null, address = null, detail = '{}' from due where a.user_id = due.id
        and (a.phone is not null or a.address is not null or a.detail <> '{}')
    ), trail_of_the_number as (
      update audit_events a set phone = null, address = null, detail = '{}' from due
      where a.phone = due.phone and a.user_id is null
    ), gone as (
      delete from users where id in (select id from due) returning id
    )
    insert into audit_events (id, event, user_id)
    select ${newId()}::uuid, ${'user.deleted' satisfies AuditEvent}, id from gone returning 1`);
  return rows.length > 0;
}
