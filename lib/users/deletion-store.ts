import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { accountPolicy } from '../policy';
import { newId } from '../random';

/**
 * Marks an account for deletion, ends all its sessions and a change of number that waits, in one statement. Answers when it
 * will be deleted; null when the session had ended meanwhile.
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
    ), ended as (
      update sessions set revoked_at = now(), revoked_reason = 'deletion_requested'
      where revoked_at is null and user_id in (select id from asked)
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

/**
 * Deletes one account whose grace period is over, with all that hangs on it, and takes the person out of the trail: what
 * stays says that something happened, not to whom. False when none is due that nobody else works on.
 *
 * A suspended account stays until somebody lifts the suspension: its number would open a fresh one. Rows that a sign-in
 * holds at this moment are left to the sweep, so that neither waits for the other in a circle.
 */
export async function deleteDueAccount(db: Database): Promise<boolean> {
  const rows = await db.execute(sql`
    with due as materialized (
      select id, phone from users
      where deletion_requested_at < now() - make_interval(secs => ${accountPolicy.deletionGraceSeconds}::integer)
        and suspended_at is null
      order by deletion_requested_at limit 1 for update skip locked
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
    ), own_trail as (
      update audit_events a set phone = null, address = null, detail = '{}' from due where a.user_id = due.id
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
