import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { testNumberDetail } from '../otp/challenge-store';
import { newId } from '../random';
import { userFromRow } from '../users/user-columns';
import { fillBlanks, type ToldProfile } from '../users/profile-blanks';
import type { UserRecord } from '../users/user-view';
import { type Dormancy, isInUseByAnotherWay, isUnproved } from './dormancy-store';
import { type NewSession, startSession } from './start-session';

type SignIn = NewSession & {
  challengeId: string;
  /** What the person told of themselves on the way; fills blanks, never overwrites. */
  profile: ToldProfile;
  dormancy: Dormancy;
  /** By the fixed code of a test number, which several people know. */
  isTestNumber: boolean;
  /** The settings name the number as an administrator's. */
  isAdminPhone: boolean;
};

type SignInOutcome =
  | { outcome: 'signed_in'; user: UserRecord; created: boolean; sessionId: string }
  /** The code is spent; there is no session. */
  | { outcome: 'suspended' }
  | { outcome: 'dormant' }
  /** An administrator's account, and a code that several people know. */
  | { outcome: 'test_number' };

/**
 * Turns a right code into a session, in one statement and so in one transaction: consume the code (guarded: of any number
 * of parallel right answers one gets through), find or make the user, take back what was asked for and waits (a deletion; a
 * change of number for which the old one was said to be lost), end the oldest session past the limit, write session, refresh
 * token and audit events. The number's count of wrong tries goes with the consumed code, by a trigger (`0008_right_codes.sql`).
 *
 * Null: the code was no longer live.
 */
export async function completeSignIn(db: Database, signIn: SignIn): Promise<SignInOutcome | null> {
  const candidate = newId();
  const { dormancy } = signIn;
  const { firstName, lastName, email } = signIn.profile;
  const audit = (event: AuditEvent) => sql`${newId()}::uuid, ${event}`;
  // Of a row of `u`: it is found, and nothing of it changes.
  const barred = sql`${signIn.isTestNumber}::boolean and u.role <> 'user'`;
  const rows = await db.execute<Record<string, unknown>>(sql`
    with consumed as (
      update otp_challenges set consumed_at = now()
      where id = ${signIn.challengeId}::uuid and consumed_at is null and superseded_at is null and expires_at > now()
      returning phone, first_name, last_name, locale
    ), known as materialized (
      -- A suspended account keeps its number: a fresh one would be a way around the suspension.
      select id, role, deletion_requested_at, suspended_at is null and ${isUnproved(dormancy.afterDays)} as dormant
      from users where phone in (select phone from consumed) for update
    ), kept as materialized (
      -- A number of ADMIN_PHONES makes administrators: not of its next holder, whom nobody has looked at.
      select id from known where dormant and (not ${dormancy.startsFresh}::boolean or ${signIn.isAdminPhone}::boolean
        or ${signIn.isTestNumber}::boolean and role <> 'user' or ${isInUseByAnotherWay(dormancy)})
    ), released as (
      update users set phone = null, phone_verified_at = null, updated_at = now()
      where id in (select id from known where dormant) and id not in (select id from kept)
      returning id
    ), account as (
      insert into users as u (id, phone, phone_verified_at, phone_proved_at, first_name, last_name, email, profile_completed_at, role, locale)
      -- Counting the released rows makes PostgreSQL take the number off the old account first.
      select ${candidate}::uuid, phone, now(), now(), coalesce(${firstName}::text, first_name),
        coalesce(${lastName}::text, last_name), ${email}::text,
        case when coalesce(${firstName}::text, first_name) is not null
          and coalesce(${lastName}::text, last_name) is not null
          and ${email}::text is not null then now() end,
        case when ${signIn.isAdminPhone}::boolean then 'admin' else 'user' end, locale
      from consumed, (select count(*) as rows from released) as released
      where released.rows > 0 or not exists (select from known where dormant)
      on conflict (phone) do update set
        phone_verified_at = case when ${barred} then u.phone_verified_at else coalesce(u.phone_verified_at, now()) end,
        phone_proved_at = case when ${barred} then u.phone_proved_at else now() end,
        role = case when ${signIn.isAdminPhone}::boolean and u.suspended_at is null then 'admin' else u.role end,
        ${fillBlanks(signIn.profile, barred)},
        deletion_requested_at = case when u.suspended_at is not null or ${barred} then u.deletion_requested_at end
      returning u.*
    ), welcome as (
      select id, phone from account where suspended_at is null and not (${signIn.isTestNumber}::boolean and role <> 'user')
    ), found_again as (
      delete from phone_changes where user_id in (select id from welcome) returning user_id
    ), ${startSession(signIn)}, promoted as (
      insert into audit_events (id, event, user_id, session_id, phone, address, detail)
      select ${audit('user.role_changed')}, account.id, started.id, account.phone, ${signIn.address}, jsonb_build_object(
        'from', coalesce(known.role, 'user'), 'to', account.role, 'by', 'ADMIN_PHONES')
      from account join started on started.user_id = account.id left join known on known.id = account.id
      where account.role <> coalesce(known.role, 'user')
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address, detail)
      select happened.*, ${testNumberDetail(signIn.isTestNumber)}::jsonb from (
      select ${audit('user.phone_released')}, id, null::uuid, (select phone from consumed), ${signIn.address} from released
      union all
      select ${audit('user.created')}, id, null::uuid, phone, ${signIn.address} from account where id = ${candidate}::uuid
      union all
      select ${audit('user.deletion_cancelled')}, account.id, started.id, phone, ${signIn.address}
        from account join known on known.id = account.id join started on true
        where known.deletion_requested_at is not null
      union all
      select ${audit('user.phone_change_cancelled')}, user_id, started.id, welcome.phone, ${signIn.address}
        from found_again join welcome on welcome.id = user_id join started using (user_id)
      union all
      select ${audit('session.refused')}, id, null::uuid, (select phone from consumed), ${signIn.address}
        from kept
      union all
      select ${newId()}::uuid,
        case when started.id is null then ${'session.refused' satisfies AuditEvent} else ${'session.created' satisfies AuditEvent} end,
        account.id, started.id, account.phone, ${signIn.address}
        from account left join started on started.user_id = account.id) happened
    )
    select account.*, account.id = ${candidate}::uuid as created, started.id as session_id
    from consumed left join account on true left join started on started.user_id = account.id`);
  const row = rows[0];
  if (!row) {
    return null;
  }
  if (row.id === null) {
    return { outcome: 'dormant' };
  }
  if (row.session_id === null && row.suspended_at === null) {
    return { outcome: 'test_number' };
  }
  return row.session_id === null
    ? { outcome: 'suspended' }
    : {
        outcome: 'signed_in',
        user: userFromRow(row),
        created: row.created === true,
        sessionId: String(row.session_id),
      };
}
