import { type SQL, sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { newId } from '../random';
import type { SignedIn } from '../sessions/authenticate';
import { type NewSession, startSession } from '../sessions/start-session';
import { userFromRow } from '../users/user-columns';
import type { UserRecord } from '../users/user-view';
import { spendChallenge } from './challenge-store';
import type { CheckedUse } from './check-response';

type PasskeySignInOutcome =
  | { outcome: 'signed_in'; user: UserRecord; sessionId: string }
  /** The challenge is spent; there is no session. */
  | { outcome: 'suspended' | 'copy' | 'gone' };

/**
 * What both statements begin with: the challenge spent, the person and then the passkey locked, and the passkey's counter
 * held against the kept one under that lock (WebAuthn Level 3, 7.2, step 22). Devices that sync keep it at 0, and then it
 * says nothing. `used` has a row where all is well; one that did not grow changes nothing and is written down (`copies`).
 */
function presentPasskey({ challenge, credential, counter, backedUp }: CheckedUse, address: string, only: SQL): SQL {
  return sql`
    ${spendChallenge(challenge)}, known as materialized (
      select u.id, u.phone, u.suspended_at, u.deletion_requested_at from users u
      where u.id = ${credential.userId}::uuid and ${only} and (select count(*) from consumed) > 0 for update
    ), presented as materialized (
      select p.id, p.counter, ${counter}::bigint > p.counter or ${counter}::bigint = 0 and p.counter = 0 as grew
      from known join passkeys p on p.user_id = known.id and p.id = ${credential.id}::uuid for update of p
    ), used as (
      update passkeys p set counter = ${counter}::bigint, backed_up = ${backedUp}::boolean, last_used_at = now()
      from presented, known where p.id = presented.id and presented.grew and known.suspended_at is null
      returning p.user_id
    ), copies as (
      insert into audit_events (id, event, user_id, phone, address, detail)
      select ${newId()}::uuid, ${'passkey.copy_refused' satisfies AuditEvent}, known.id, known.phone, ${address},
        jsonb_build_object('passkey', presented.id, 'counter', ${counter}::bigint, 'kept', presented.counter)
      from presented, known where not presented.grew
    )`;
}

/**
 * Turns a checked passkey into a session, in one statement: spend the challenge, count the use, take back a deletion that was
 * asked for, clear the count of wrong codes of the account's number (this is the other factor that it waits for), end the
 * oldest session past the limit, write session, refresh token and audit events.
 *
 * It proves the account and not the number: `phone_proved_at` and a change of number that waits stay as they are.
 */
export async function signInWithPasskey(
  db: Database,
  use: CheckedUse,
  session: NewSession,
): Promise<PasskeySignInOutcome> {
  const audit = (event: AuditEvent) => sql`${newId()}::uuid, ${event}`;
  const [row] = await db.execute<Record<string, unknown>>(sql`
    with ${presentPasskey(use, session.address ?? 'unknown', sql`true`)}, account as (
      update users u set deletion_requested_at = null from used where u.id = used.user_id returning u.*
    ), welcome as (
      select id, phone from account
    ), ${startSession(session)}, cleared as (
      -- After the sessions, as wherever a code is tried: so none can wait for another in a circle.
      delete from phone_throttles where phone in (select phone from welcome) and (select count(*) from ended) >= 0
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address, detail)
      select ${audit('user.deletion_cancelled')}, known.id, started.id, known.phone, ${session.address}, '{}'::jsonb
        from known join started on started.user_id = known.id where known.deletion_requested_at is not null
      union all
      select ${audit('session.created')}, known.id, started.id, known.phone, ${session.address}, '{"by": "passkey"}'::jsonb
        from known join started on started.user_id = known.id
      union all
      select ${audit('session.refused')}, known.id, null::uuid, known.phone, ${session.address}, '{"by": "passkey"}'::jsonb
        from known, presented where presented.grew and known.suspended_at is not null
    )
    select account.*, started.id as session_id, presented.grew, known.suspended_at is not null as suspended
    from known join presented on true left join account on true left join started on true`);
  if (!row) {
    return { outcome: 'gone' };
  }
  if (!row.grew) {
    return { outcome: 'copy' };
  }
  return row.suspended
    ? { outcome: 'suspended' }
    : { outcome: 'signed_in', user: userFromRow(row), sessionId: String(row.session_id) };
}

/** Notes a fresh proof by a checked passkey of the same person, in one statement, and clears the wrong codes of number and session. */
export async function proveWithPasskey(
  db: Database,
  use: CheckedUse,
  { user, sessionId }: SignedIn,
  address: string,
): Promise<'confirmed' | 'copy' | 'gone'> {
  const mine = sql`u.id = ${user.id}::uuid`;
  const [row] = await db.execute<{ grew: boolean; confirmed: boolean }>(sql`
    with ${presentPasskey(use, address, mine)}, confirmed as (
      update sessions set proved_at = now(), wrong_codes = 0
      where id = ${sessionId}::uuid and revoked_at is null and user_id in (select user_id from used)
      returning id
    ), cleared as (
      delete from phone_throttles where phone in (select phone from known) and exists (select from confirmed)
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address)
      select ${newId()}::uuid, ${'session.confirmed_by_passkey' satisfies AuditEvent}, known.id, confirmed.id, known.phone,
        ${address} from known, confirmed
    )
    select presented.grew, exists (select from confirmed) as confirmed from presented`);
  if (row && !row.grew) {
    return 'copy';
  }
  return row?.confirmed ? 'confirmed' : 'gone';
}
