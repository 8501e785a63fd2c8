import { and, asc, eq, sql } from 'drizzle-orm';
import { identities } from '../../drizzle/schema/identities';
import type { AuditEvent } from '../audit/events';
import { type Database, sqlState } from '../db/client';
import { newId } from '../random';
import { type NewSession, startSession } from '../sessions/start-session';
import { userFromRow } from '../users/user-columns';
import type { UserRecord } from '../users/user-view';
import type { ClaimedIdentity } from './identity-claims';

export type IdentitySignIn = NewSession & { identity: ClaimedIdentity };

export type IdentitySignInOutcome =
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
        select u.id, u.deletion_requested_at, i.id as identity_id from identities i join users u on u.id = i.user_id
        where i.issuer = ${issuer} and i.subject = ${subject} for update of u
      ), returned as (
        update users u set
          first_name = coalesce(u.first_name, ${firstName}::text),
          last_name = coalesce(u.last_name, ${lastName}::text),
          email = coalesce(u.email, ${email}::text),
          email_verified_at = coalesce(u.email_verified_at,
            case when lower(coalesce(u.email, ${email}::text)) = lower(${email}::text) then ${verifiedAt} end),
          updated_at = case when (u.first_name is null and ${firstName}::text is not null)
            or (u.last_name is null and ${lastName}::text is not null)
            or (u.email is null and ${email}::text is not null) then now() else u.updated_at end,
          profile_completed_at = coalesce(u.profile_completed_at,
            case when coalesce(u.first_name, ${firstName}::text) is not null
              and coalesce(u.last_name, ${lastName}::text) is not null
              and coalesce(u.email, ${email}::text) is not null then now() end),
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
        select id from account where suspended_at is null
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

export type Linking = {
  userId: string;
  sessionId: string;
  phone: string | null;
  address: string | null;
  identity: ClaimedIdentity;
};

/** `taken`: it is another account's. `has_another`: this account has one of the same provider. `gone`: no such account. */
export type LinkOutcome = 'linked' | 'taken' | 'has_another' | 'gone';

/**
 * Gives an account another way in, in one statement. An identity that already opens another account stays there, unless
 * that account is an empty shell: made by a sign-in with this very identity (both rows bear the same moment), with no
 * number ever proved and nothing else that opens it. Whoever links has just proved both sides; the shell is deleted.
 */
export const linkIdentity = (db: Database, linking: Linking): Promise<LinkOutcome> =>
  onceMoreAfterARace(async () => {
    const { issuer, subject, email } = linking.identity;
    const { phone, address } = linking;
    const [row] = await db.execute<{ me: boolean; done: boolean; mine: boolean; other: boolean }>(sql`
      with me as materialized (
        select id from users where id = ${linking.userId}::uuid and suspended_at is null for update
      ), held as materialized (
        select i.id, i.user_id, i.user_id <> ${linking.userId}::uuid and i.created_at = u.created_at and u.role = 'user'
          and u.suspended_at is null and u.phone is null and u.phone_verified_at is null and u.phone_proved_at is null
          and not exists (select from identities o where o.user_id = i.user_id and o.id <> i.id) as shell
        from identities i join users u on u.id = i.user_id
        where i.issuer = ${issuer} and i.subject = ${subject} for update of i, u
      ), own as (
        select id from identities where user_id = ${linking.userId}::uuid and issuer = ${issuer}
      ), moved as (
        update identities set user_id = me.id, email = ${email}::text, created_at = now() from me
        where identities.id in (select id from held where shell) and not exists (select from own)
        returning identities.id
      ), shed as (
        delete from users where id in (select user_id from held where shell) and exists (select from moved) returning id
      ), added as (
        insert into identities (id, user_id, issuer, subject, email)
        select ${newId()}::uuid, id, ${issuer}, ${subject}, ${email}::text from me
        where not exists (select from held) and not exists (select from own)
        returning id
      ), audited as (
        insert into audit_events (id, event, user_id, session_id, phone, address, detail)
        select ${newId()}::uuid, ${'identity.linked' satisfies AuditEvent}, ${linking.userId}::uuid,
          ${linking.sessionId}::uuid, ${phone}, ${address}, '{}'::jsonb
          where exists (select from moved) or exists (select from added)
        union all
        select ${newId()}::uuid, ${'user.deleted' satisfies AuditEvent}, id, null::uuid, null::text, ${address},
          '{"reason": "identity_moved"}'::jsonb from shed
      )
      select exists (select from me) as me, exists (select from moved) or exists (select from added) as done,
        exists (select from held where user_id = ${linking.userId}::uuid) as mine, exists (select from own) as other`);
    if (!row?.me) {
      return 'gone';
    }
    if (row.done || row.mine) {
      return 'linked';
    }
    return row.other ? 'has_another' : 'taken';
  });

export type Unlinking = Omit<Linking, 'identity'> & { id: string };

/**
 * Takes a way in away, in one statement, and never the last one: without a number the account would be shut for ever. The
 * row's lock makes it see a number that goes at the same moment.
 */
export async function unlinkIdentity(
  db: Database,
  unlinking: Unlinking,
): Promise<'unlinked' | 'last_way_in' | 'not_found'> {
  const { userId, sessionId, phone, address } = unlinking;
  const [row] = await db.execute<{ shut: boolean; removed: boolean }>(sql`
    with me as materialized (
      select id, phone from users where id = ${userId}::uuid for update
    ), removed as (
      delete from identities using me
      where identities.id = ${unlinking.id}::uuid and identities.user_id = me.id and me.phone is not null
      returning identities.id
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address)
      select ${newId()}::uuid, ${'identity.unlinked' satisfies AuditEvent}, ${userId}::uuid, ${sessionId}::uuid, ${phone},
        ${address} from removed
    )
    select exists (select from removed) as removed, exists (
      select from identities join me on me.id = identities.user_id
      where identities.id = ${unlinking.id}::uuid and me.phone is null) as shut`);
  if (row?.removed) {
    return 'unlinked';
  }
  return row?.shut ? 'last_way_in' : 'not_found';
}

/** The identities of an account at one issuer, the oldest first. */
export function identitiesOf(db: Database, userId: string, issuer: string) {
  return db
    .select({ id: identities.id, email: identities.email, createdAt: identities.createdAt })
    .from(identities)
    .where(and(eq(identities.userId, userId), eq(identities.issuer, issuer)))
    .orderBy(asc(identities.createdAt));
}

/** Two first sign-ins at one moment: one meets the unique index (SQLSTATE 23505), and on a second try the other's row. */
async function onceMoreAfterARace<Value>(work: () => Promise<Value>): Promise<Value> {
  try {
    return await work();
  } catch (error) {
    if (sqlState(error) === '23505') {
      return work();
    }
    throw error;
  }
}
