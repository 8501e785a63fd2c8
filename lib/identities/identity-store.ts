import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import { type Database, sqlState } from '../db/client';
import { newId } from '../random';
import { type NewSession, startSession } from '../sessions/start-session';
import { userFromRow } from '../users/user-columns';
import { fillBlanks } from '../users/profile-blanks';
import type { UserRecord } from '../users/user-view';
import type { ClaimedIdentity } from './identity-claims';

type IdentitySignIn = NewSession & { identity: ClaimedIdentity };

type IdentitySignInOutcome =
  { outcome: 'signed_in'; user: UserRecord; created: boolean; sessionId: string } | { outcome: 'suspended' };

/**
 * Turns an identity that its provider has vouched for into a session, in one statement: find its account or make one without
 * a number, fill the profile's blanks, take back a deletion that was asked for, end the oldest session past the limit,
 * write identity, session and audit events. E-mail addresses are looked up nowhere.
 */
export const signInWithIdentity = (db: Database, signIn: IdentitySignIn): Promise<IdentitySignInOutcome> =>
  onceMoreAfterARace(async () => {
    const { issuer, subject, email, emailVerified, firstName, lastName } = signIn.identity;
    const candidate = newId();
    const audit = (event: AuditEvent) => sql`${newId()}::uuid, ${event}`;
    const verifiedAt = sql`case when ${emailVerified}::boolean then now() end`;
    const [row] = await db.execute<Record<string, unknown>>(sql`
      with known as materialized (
        select u.id, u.deletion_requested_at, i.id as identity_id from users u join identities i on i.user_id = u.id
        where i.issuer = ${issuer} and i.subject = ${subject} for update of u, i
      ), returned as (
        update users u set
          ${fillBlanks(signIn.identity)},
          email_verified_at = coalesce(u.email_verified_at,
            case when lower(coalesce(u.email, ${email}::text)) = lower(${email}::text) then ${verifiedAt} end),
          deletion_requested_at = case when u.suspended_at is not null then u.deletion_requested_at end
        from known where u.id = known.id
        returning u.*
      ), created as (
        insert into users (id, first_name, last_name, email, email_verified_at, profile_completed_at)
        select ${candidate}::uuid, ${firstName}::text, ${lastName}::text, ${email}::text, ${verifiedAt},
          case when ${firstName}::text is not null and ${lastName}::text is not null and ${email}::text is not null
            then now() end
        where not exists (select from known)
        returning *
      ), identity as (
        insert into identities (id, user_id, issuer, subject, email)
        select ${newId()}::uuid, id, ${issuer}, ${subject}, ${email}::text from created
      ), renamed as (
        update identities set email = ${email}::text
        where id in (select identity_id from known) and email is distinct from ${email}::text
      ), account as (
        select * from returned union all select * from created
      ), welcome as (
        select id, phone from account where suspended_at is null
      ), ${startSession(signIn)}, audited as (
        insert into audit_events (id, event, user_id, session_id, phone, address)
        select ${audit('user.created')}, id, null::uuid, null::text, ${signIn.address} from created
        union all
        select ${audit('user.deletion_cancelled')}, account.id, started.id, account.phone, ${signIn.address}
          from account join known on known.id = account.id join started on true
          where known.deletion_requested_at is not null
        union all
        select ${newId()}::uuid,
          case when started.id is null then ${'session.refused' satisfies AuditEvent} else ${'session.created' satisfies AuditEvent} end,
          account.id, started.id, account.phone, ${signIn.address}
          from account left join started on true
      )
      select account.*, account.id = ${candidate}::uuid as created, started.id as session_id
      from account left join started on true`);
    if (!row) {
      throw new Error('the sign-in found no account and made none');
    }
    return row.session_id === null
      ? { outcome: 'suspended' }
      : {
          outcome: 'signed_in',
          user: userFromRow(row),
          created: row.created === true,
          sessionId: String(row.session_id),
        };
  });

/**
 * Two first sign-ins at one moment: one meets the unique index (SQLSTATE 23505), and on a second try the other's row. Or they
 * waited for each other (40P01), and one was told to try again.
 */
export async function onceMoreAfterARace<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (['23505', '40P01'].includes(sqlState(error) ?? '')) {
      return work();
    }
    throw error;
  }
}
