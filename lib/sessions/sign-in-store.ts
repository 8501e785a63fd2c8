import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { sessionPolicy } from '../policy';
import { newId } from '../random';
import { userFromRow } from '../users/user-columns';
import type { UserRecord } from '../users/user-view';

export type SignIn = {
  challengeId: string;
  kind: 'web' | 'api';
  /** What the person told of themselves on the way; fills blanks, never overwrites. */
  profile: { firstName: string | null; lastName: string | null; email: string | null };
  userAgent: string | null;
  address: string | null;
  /** SHA-256 of the refresh token, for kind `api`. */
  refreshTokenHash: string | null;
  refreshTtlSeconds: number;
};

export type SignedInRow = { user: UserRecord; created: boolean; sessionId: string | null };

/**
 * Turns a right code into a session, in one statement and so in one transaction: consume the code (guarded: of any number
 * of parallel right answers one gets through), find or make the user, clear the number's count of wrong tries, end the
 * oldest session past the limit, write session, refresh token and audit events.
 *
 * Null: the code was no longer live. `sessionId` null: the account is suspended; the code is spent.
 */
export async function completeSignIn(db: Database, signIn: SignIn): Promise<SignedInRow | null> {
  const candidate = newId();
  const session = newId();
  const { absoluteSeconds } = sessionPolicy[signIn.kind];
  const rows = await db.execute<Record<string, unknown>>(sql`
    with consumed as (
      update otp_challenges set consumed_at = now()
      where id = ${signIn.challengeId}::uuid and consumed_at is null and superseded_at is null and expires_at > now()
      returning phone, first_name, last_name
    ), cleared as (
      delete from phone_throttles where phone in (select phone from consumed)
    ), account as (
      insert into users as u (id, phone, phone_verified_at, first_name, last_name, email, profile_completed_at)
      select ${candidate}::uuid, phone, now(), coalesce(${signIn.profile.firstName}::text, first_name),
        coalesce(${signIn.profile.lastName}::text, last_name), ${signIn.profile.email}::text,
        case when coalesce(${signIn.profile.firstName}::text, first_name) is not null
          and coalesce(${signIn.profile.lastName}::text, last_name) is not null
          and ${signIn.profile.email}::text is not null then now() end
      from consumed
      on conflict (phone) do update set
        phone_verified_at = coalesce(u.phone_verified_at, now()),
        first_name = coalesce(u.first_name, ${signIn.profile.firstName}::text),
        last_name = coalesce(u.last_name, ${signIn.profile.lastName}::text),
        email = coalesce(u.email, ${signIn.profile.email}::text),
        updated_at = case when (u.first_name is null and ${signIn.profile.firstName}::text is not null)
          or (u.last_name is null and ${signIn.profile.lastName}::text is not null)
          or (u.email is null and ${signIn.profile.email}::text is not null) then now() else u.updated_at end,
        profile_completed_at = coalesce(u.profile_completed_at,
          case when coalesce(u.first_name, ${signIn.profile.firstName}::text) is not null
            and coalesce(u.last_name, ${signIn.profile.lastName}::text) is not null
            and coalesce(u.email, ${signIn.profile.email}::text) is not null then now() end)
      returning u.*
    ), welcome as (
      select id, phone from account where suspended_at is null
    ), ended as (
      update sessions set revoked_at = now(), revoked_reason = 'session_limit'
      where id in (
        select s.id from sessions s join welcome on s.user_id = welcome.id
        where s.revoked_at is null and s.expires_at > now()
        order by s.created_at desc offset ${sessionPolicy.maxLivePerUser - 1})
    ), started as (
      insert into sessions (id, user_id, kind, user_agent, address, expires_at)
      select ${session}::uuid, id, ${signIn.kind}, ${signIn.userAgent}, ${signIn.address},
        now() + make_interval(secs => ${absoluteSeconds}::integer) from welcome
      returning id, user_id
    ), refresh as (
      insert into refresh_tokens (token_hash, session_id, expires_at)
      select ${signIn.refreshTokenHash}::text, id, now() + make_interval(secs => ${signIn.refreshTtlSeconds}::integer)
      from started where ${signIn.refreshTokenHash}::text is not null
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address)
      select ${newId()}::uuid, ${'user.created' satisfies AuditEvent}, id, null::uuid, phone, ${signIn.address}
        from account where id = ${candidate}::uuid
      union all
      select ${newId()}::uuid,
        case when started.id is null then ${'session.refused' satisfies AuditEvent} else ${'session.created' satisfies AuditEvent} end,
        account.id, started.id, account.phone, ${signIn.address}
        from account left join started on started.user_id = account.id
    )
    select account.*, account.id = ${candidate}::uuid as created, started.id as session_id
    from account left join started on started.user_id = account.id`);
  const row = rows[0];
  return row
    ? { user: userFromRow(row), created: row.created === true, sessionId: row.session_id as string | null }
    : null;
}
