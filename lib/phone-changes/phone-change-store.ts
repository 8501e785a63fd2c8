import { type SQL, sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import { type Database, sqlState } from '../db/client';
import type { DueItem } from '../due-work';
import { accountPolicy } from '../policy';
import { newId } from '../random';
import { userFromRow } from '../users/user-columns';
import type { UserRecord } from '../users/user-view';

/** A right code for a new number, and who gave it. */
type ProvedNumber = { challengeId: string; userId: string; sessionId: string; address: string };

type ChangeOutcome = { outcome: 'changed'; user: UserRecord; oldPhone: string | null };
type WaitOutcome = { outcome: 'waits'; oldPhone: string; effectiveAt: Date };
/** `gone`: the code was no longer live, or the session ended. `taken`: the code is spent, nothing else happened. */
type NoChange = { outcome: 'gone' } | { outcome: 'taken' };

/** What both begin with: the code is spent (guarded), the person's row locked, and nobody else's found with the number. */
const spendAndLock = (proved: ProvedNumber, only: SQL): SQL => sql`
  consumed as (
    update otp_challenges set consumed_at = now()
    where id = ${proved.challengeId}::uuid and consumed_at is null and superseded_at is null and expires_at > now()
    returning phone
  ), me as materialized (
    select u.id, u.phone as old_phone from users u
    join sessions s on s.user_id = u.id and s.id = ${proved.sessionId}::uuid and s.revoked_at is null
    where u.id = ${proved.userId}::uuid and u.suspended_at is null and ${only} and (select count(*) from consumed) > 0
    for update of u for share of s
  ), taken as (
    select from users where phone in (select phone from consumed) and id <> ${proved.userId}::uuid
  ), refused as (
    insert into audit_events (id, event, user_id, session_id, phone, address)
    select ${refusal(proved)} from me where exists (select from taken)
  )`;

/** The audit event of a right code for a number that is another account's, as columns; it does not say which number. */
const refusal = ({ sessionId, address }: ProvedNumber): SQL => sql`
  ${newId()}::uuid, ${'user.phone_change_refused' satisfies AuditEvent}, me.id, ${sessionId}::uuid, me.old_phone, ${address}`;

/** The same of a waiting change that something else of the person's put an end to. */
const cancellation = ({ sessionId, address }: ProvedNumber, detail: object): SQL => sql`
  ${newId()}::uuid, ${'user.phone_change_cancelled' satisfies AuditEvent}, me.id, ${sessionId}::uuid, me.old_phone, ${address},
  ${JSON.stringify(detail)}::jsonb`;

/**
 * Turns a right code into the change, in one statement: number, end of all other sessions, end of a change that waited,
 * audit. Somebody who takes the number at the same moment meets its unique index; then only the code is spent.
 */
export async function completePhoneChange(db: Database, proved: ProvedNumber): Promise<ChangeOutcome | NoChange> {
  const statement = db.execute<Record<string, unknown>>(sql`
    with ${spendAndLock(proved, sql`true`)}, changed as (
      update users u set phone = consumed.phone, phone_verified_at = now(), phone_proved_at = now(), updated_at = now()
      from consumed, me where u.id = me.id and not exists (select from taken)
      returning u.*, me.old_phone
    ), ended as materialized (
      -- By a function, which sees the session of a sign-in that this statement waited for (0009_live_sessions.sql).
      select e from changed, end_other_sessions(changed.id, ${proved.sessionId}::uuid, 'phone_changed') as e
    ), dropped as (
      delete from phone_changes where user_id in (select id from changed) returning user_id
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address, detail)
      select ${cancellation(proved, { changed: true })} from me where id in (select user_id from dropped)
      union all
      select ${newId()}::uuid, ${'user.phone_changed' satisfies AuditEvent}, id, ${proved.sessionId}::uuid, phone,
        ${proved.address}, jsonb_build_object('old_phone', old_phone) from changed
    )
    select changed.*, exists (select from taken) as taken, (select count(*) from ended) as ended
    from consumed left join changed on true`);
  const rows = await statement.catch(async (error: unknown) => {
    if (sqlState(error) !== '23505') throw error;
    return (await spendInVain(db, proved)) ? [{ taken: true }] : [];
  });
  const row: Record<string, unknown> | undefined = rows[0];
  if (row?.taken) {
    return { outcome: 'taken' };
  }
  return row?.id
    ? { outcome: 'changed', user: userFromRow(row), oldPhone: row.old_phone as string | null }
    : { outcome: 'gone' };
}

/**
 * Writes down a change that waits, because only the new number could be proved; one that waited before is taken back and
 * the time begins anew. It is not made before {@link noteTold} says that the old number was told. Never for administrators,
 * whose number is worth a theft of its own.
 */
export async function scheduleLostSimChange(db: Database, proved: ProvedNumber): Promise<WaitOutcome | NoChange> {
  const open = sql`u.phone is not null and u.role <> 'admin' and u.deletion_requested_at is null`;
  const rows = await db.execute<{ taken: boolean; old_phone: string | null; effective_at: string | null }>(sql`
    with ${spendAndLock(proved, open)}, before as (
      select c.user_id from phone_changes c join me on me.id = c.user_id
    ), waiting as (
      insert into phone_changes (user_id, new_phone, effective_at)
      select me.id, consumed.phone, now() + make_interval(secs => ${accountPolicy.lostSimCoolingOffSeconds}::integer)
      from consumed, me where not exists (select from taken)
      on conflict (user_id) do update
        set new_phone = excluded.new_phone, requested_at = now(), effective_at = excluded.effective_at,
          told_at = null, tried_at = now()
      returning user_id, new_phone, effective_at
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address, detail)
      select ${cancellation(proved, { replaced: true })} from me
        where id in (select user_id from before) and id in (select user_id from waiting)
      union all
      select ${newId()}::uuid, ${'user.phone_change_requested' satisfies AuditEvent}, me.id, ${proved.sessionId}::uuid,
        me.old_phone, ${proved.address}, jsonb_build_object('new_phone', new_phone, 'effective_at', effective_at)
      from waiting join me on me.id = waiting.user_id
    )
    select exists (select from taken) as taken, me.old_phone, waiting.effective_at
    from consumed left join waiting on true left join me on true`);
  const row = rows[0];
  if (row?.taken) {
    return { outcome: 'taken' };
  }
  return row?.effective_at && row.old_phone
    ? { outcome: 'waits', oldPhone: row.old_phone, effectiveAt: new Date(row.effective_at) }
    : { outcome: 'gone' };
}

/** Spends a code whose own statement could not go through; false when it was no longer live. */
async function spendInVain(db: Database, proved: ProvedNumber): Promise<boolean> {
  const rows = await db.execute(sql`
    with consumed as (
      update otp_challenges set consumed_at = now()
      where id = ${proved.challengeId}::uuid and consumed_at is null and superseded_at is null and expires_at > now()
      returning id
    ), me as (
      select id, phone as old_phone from users where id = ${proved.userId}::uuid and exists (select from consumed)
    ), refused as (
      insert into audit_events (id, event, user_id, session_id, phone, address) select ${refusal(proved)} from me
    )
    select from consumed`);
  return rows.length > 0;
}

/** The change of a person that waits, or null. */
export async function findWaitingChange(db: Database, userId: string) {
  const [row] = await db.execute<{ new_phone: string; requested_at: string; effective_at: string }>(
    sql`select new_phone, requested_at, effective_at from phone_changes where user_id = ${userId}::uuid`,
  );
  return row
    ? { newPhone: row.new_phone, requestedAt: new Date(row.requested_at), effectiveAt: new Date(row.effective_at) }
    : null;
}

/** Takes a change back that waits; false when there is none (any more). */
export async function dropWaitingChange(
  db: Database,
  by: { userId: string; sessionId: string; phone: string | null; address: string },
): Promise<boolean> {
  const rows = await db.execute(sql`
    with dropped as (
      delete from phone_changes where user_id = ${by.userId}::uuid returning user_id
    )
    insert into audit_events (id, event, user_id, session_id, phone, address)
    select ${newId()}::uuid, ${'user.phone_change_cancelled' satisfies AuditEvent}, user_id, ${by.sessionId}::uuid, ${by.phone},
      ${by.address} from dropped returning 1`);
  return rows.length > 0;
}

type UntoldChange = { userId: string; oldPhone: string; newPhone: string; effectiveAt: Date; timeZone: string };

/**
 * Takes up one change whose old number has not been told yet, to try again: its time begins anew, and no other instance tries
 * within the next minutes. Null when there is none.
 */
export async function takeUpUntold(db: Database): Promise<UntoldChange | null> {
  const [row] = await db.execute<{
    user_id: string;
    phone: string;
    new_phone: string;
    effective_at: string;
    time_zone: string;
  }>(sql`
    with untold as materialized (
      select c.user_id, u.phone, u.time_zone from phone_changes c join users u on u.id = c.user_id
      where c.told_at is null and u.phone is not null
        and c.tried_at < now() - make_interval(secs => ${accountPolicy.tellAgainSeconds}::integer)
      order by c.tried_at limit 1 for update of c skip locked
    )
    update phone_changes c
    set tried_at = now(), effective_at = now() + make_interval(secs => ${accountPolicy.lostSimCoolingOffSeconds}::integer)
    from untold where c.user_id = untold.user_id
    returning c.user_id, untold.phone, c.new_phone, c.effective_at, untold.time_zone`);
  return row
    ? {
        userId: row.user_id,
        oldPhone: row.phone,
        newPhone: row.new_phone,
        effectiveAt: new Date(row.effective_at),
        timeZone: row.time_zone,
      }
    : null;
}

/** The old number has been told of this change: from now on it may be made when its time has come. */
export async function noteTold(db: Database, change: { userId: string; newPhone: string }): Promise<void> {
  await db.execute(sql`
    update phone_changes set told_at = now()
    where user_id = ${change.userId}::uuid and new_phone = ${change.newPhone} and told_at is null`);
}

/** Whose change is due after the one named, in order; null when there is no other. Nobody left to tell: it is due, to be dropped. */
export async function nextDueChange(db: Database, after: DueItem | null): Promise<DueItem | null> {
  const [row] = await db.execute<DueItem>(sql`
    select c.user_id as id, c.effective_at::text as at from phone_changes c join users u on u.id = c.user_id
    where c.effective_at <= now() and (c.told_at is not null or u.phone is null)
      and (c.effective_at, c.user_id) > (${after?.at ?? '-infinity'}::text::timestamptz, ${after?.id ?? NIL}::uuid)
    order by c.effective_at, c.user_id limit 1`);
  return row ?? null;
}

const NIL = '00000000-0000-0000-0000-000000000000';

type DueChange = { oldPhone: string | null; newPhone: string; changed: boolean };

/**
 * Carries out a person's change whose time has come, in one statement; null when it isn't due (any more) or somebody else
 * works on it. All sessions end, also the one that asked, and all other ways in go: whoever added them, only the new number
 * was proved. Passkeys and recovery codes go with them.
 *
 * It is dropped instead when the number went to another account, and for people who were suspended or made administrators
 * or lost the old number to another account while it waited. The person's row is locked before the change, as everywhere.
 */
export async function makeDueChange(db: Database, userId: string): Promise<DueChange | null> {
  const statement = db.execute<{ old_phone: string | null; new_phone: string; changed: boolean }>(sql`
    with due as materialized (
      select u.id, u.phone as old_phone, c.new_phone, u.suspended_at is not null or u.role = 'admin' or c.told_at is null
        or exists (select from users o where o.phone = c.new_phone and o.id <> u.id) as void
      from phone_changes c join users u on u.id = c.user_id
      where c.user_id = ${userId}::uuid and c.effective_at <= now() and (c.told_at is not null or u.phone is null)
      for update of u skip locked
    ), taken_up as (
      delete from phone_changes c using due
      where c.user_id = due.id and c.new_phone = due.new_phone and c.effective_at <= now()
        and (c.told_at is not null or due.old_phone is null)
      returning due.*, c.requested_at
    ), changed as (
      update users u set phone = new_phone, phone_verified_at = requested_at, phone_proved_at = requested_at, updated_at = now()
      from taken_up t where u.id = t.id and not void returning u.id
    ), ended as materialized (
      select e.id from changed, end_sessions(changed.id, 'phone_changed', 0) as e
    ), unlinked as (
      delete from identities where user_id in (select id from changed) returning id, user_id
    ), keys as (
      delete from passkeys where user_id in (select id from changed) returning id, user_id
    ), sheet as (
      delete from recovery_codes where user_id in (select id from changed)
    ), audited as (
      insert into audit_events (id, event, user_id, phone, detail)
      select ${newId()}::uuid,
        case when void then ${'user.phone_change_cancelled' satisfies AuditEvent} else ${'user.phone_changed' satisfies AuditEvent} end,
        id, case when void then old_phone else new_phone end,
        jsonb_build_object('lost_sim', true) || case when void then '{}' else jsonb_build_object('old_phone', old_phone) end
      from taken_up
      union all
      select gen_random_uuid(), ${'identity.unlinked' satisfies AuditEvent}, t.id, new_phone, jsonb_build_object('lost_sim', true)
      from unlinked join taken_up t on t.id = unlinked.user_id
      union all
      select gen_random_uuid(), ${'passkey.removed' satisfies AuditEvent}, t.id, new_phone,
        jsonb_build_object('lost_sim', true, 'passkey', keys.id)
      from keys join taken_up t on t.id = keys.user_id
    )
    select old_phone, new_phone, not void as changed, (select count(*) from ended) as ended from taken_up`);
  const [row] = await statement.catch((error: unknown) => {
    // Somebody took the number at this very moment; the next round sees it and drops the change.
    if (sqlState(error) !== '23505') throw error;
    return [];
  });
  return row ? { oldPhone: row.old_phone, newPhone: row.new_phone, changed: row.changed } : null;
}
