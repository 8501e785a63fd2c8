import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { newId } from '../random';
import { type NewSession, startSession } from '../sessions/start-session';
import { userFromRow } from '../users/user-columns';
import type { UserRecord } from '../users/user-view';

/**
 * Replaces a person's sheet, with the audit event, in one statement; false when the session or account ended, or it became an
 * administrator's. Each new code takes the place of an old one, so that of two sheets made at once only one is good.
 */
export async function replaceRecoveryCodes(
  db: Database,
  hashes: readonly string[],
  by: { userId: string; sessionId: string; phone: string | null; address: string },
): Promise<boolean> {
  const rows = await db.execute(sql`
    with me as materialized (
      select u.id from users u join sessions s on s.user_id = u.id and s.id = ${by.sessionId}::uuid and s.revoked_at is null
      where u.id = ${by.userId}::uuid and u.suspended_at is null and u.role <> 'admin' for update of u
    ), made as (
      insert into recovery_codes (user_id, place, code_hash)
      select me.id, sheet.place, sheet.hash
      from me, unnest(${`{${hashes.join(',')}}`}::text[]) with ordinality as sheet (hash, place)
      on conflict (user_id, place) do update set code_hash = excluded.code_hash, created_at = now(), used_at = null
      returning place
    )
    insert into audit_events (id, event, user_id, session_id, phone, address, detail)
    select ${newId()}::uuid, ${'recovery_codes.made' satisfies AuditEvent}, id, ${by.sessionId}::uuid, ${by.phone}, ${by.address},
      jsonb_build_object('codes', (select count(*) from made)) from me returning 1`);
  return rows.length > 0;
}

/** When a person's sheet was made, and how many of its codes are left; null: they never made one. */
export async function findRecoveryCodes(db: Database, userId: string): Promise<{ madeAt: Date; left: number } | null> {
  const [row] = await db.execute<{ made_at: string | null; unused: number }>(sql`
    select max(created_at) as made_at, (count(*) filter (where used_at is null))::integer as unused
    from recovery_codes where user_id = ${userId}::uuid`);
  return row?.made_at ? { madeAt: new Date(row.made_at), left: row.unused } : null;
}

export type Recovery = NewSession & { phone: string; codeHash: string; isTestNumber: boolean };

type RecoveryOutcome =
  | { outcome: 'signed_in'; user: UserRecord; sessionId: string; left: number }
  /** A right code, which stays good: nobody comes in by it. */
  | { outcome: 'suspended' | 'admin' | 'test_number' }
  /** No such number, no such code, or one that was used: the same statement, and the same row in the trail. */
  | { outcome: 'wrong' };

/**
 * Turns a number and a code of its account's sheet into a session, in one statement: spend the code (guarded: of any number of
 * parallel uses one gets through), take back a deletion that was asked for, clear the number's count of wrong codes (this is
 * the other factor that it waits for), end the oldest session past the limit, write session, refresh token and audit events.
 *
 * It does not prove the number: `phone_proved_at` and a change of number that waits stay as they are.
 */
export async function signInWithRecoveryCode(db: Database, recovery: Recovery): Promise<RecoveryOutcome> {
  const { phone, codeHash, address } = recovery;
  const audit = (event: AuditEvent) => sql`${newId()}::uuid, ${event}`;
  const [row] = await db.execute<Record<string, unknown>>(sql`
    with known as materialized (
      select u.id, u.phone, u.role, u.suspended_at, u.deletion_requested_at,
        u.suspended_at is null and u.role <> 'admin' and not (${recovery.isTestNumber}::boolean and u.role <> 'user') as admitted
      from users u join recovery_codes r on r.user_id = u.id
      where u.phone = ${phone} and r.code_hash = ${codeHash} and r.used_at is null for update of u
    ), spent as (
      update recovery_codes r set used_at = now() from known
      where r.user_id = known.id and r.code_hash = ${codeHash} and r.used_at is null and known.admitted
      returning r.user_id
    ), account as (
      update users u set deletion_requested_at = null from spent where u.id = spent.user_id returning u.*
    ), welcome as (
      select id, phone from account
    ), ${startSession(recovery)}, cleared as (
      -- After the sessions, as wherever a code is tried: so none can wait for another in a circle.
      delete from phone_throttles where phone in (select phone from welcome) and (select count(*) from ended) >= 0
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address, detail)
      select ${audit('user.deletion_cancelled')}, known.id, started.id, known.phone, ${address}, '{}'::jsonb
        from known join started on started.user_id = known.id where known.deletion_requested_at is not null
      union all
      select ${audit('recovery_code.used')}, user_id, id, ${phone}, ${address}, '{}'::jsonb from started
      union all
      select ${audit('session.created')}, user_id, id, ${phone}, ${address}, '{"by": "recovery_code"}'::jsonb from started
      union all
      select ${audit('session.refused')}, id, null::uuid, ${phone}, ${address}, '{"by": "recovery_code"}'::jsonb
        from known where not admitted
      union all
      select ${audit('recovery_code.refused')}, null::uuid, null::uuid, ${phone}, ${address}, '{}'::jsonb
        where not exists (select from known where not admitted) and not exists (select from started)
    )
    select account.*, started.id as session_id, known.role as known_role, known.suspended_at is not null as suspended,
      known.admitted, (select count(*) from recovery_codes where user_id = known.id and used_at is null)::integer as unused
    from known left join account on true left join started on true`);
  if (row?.session_id) {
    // The count is of before this statement.
    const left = Number(row.unused) - 1;
    return { outcome: 'signed_in', user: userFromRow(row), sessionId: String(row.session_id), left };
  }
  if (!row || row.admitted) {
    return { outcome: 'wrong' };
  }
  return { outcome: row.suspended ? 'suspended' : row.known_role === 'admin' ? 'admin' : 'test_number' };
}
