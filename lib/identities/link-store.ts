import { and, asc, eq, sql } from 'drizzle-orm';
import { identities } from '../../drizzle/schema/identities';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { newId } from '../random';
import { isUnproved } from '../sessions/dormancy-store';
import type { ClaimedIdentity } from './identity-claims';
import { onceMoreAfterARace } from './identity-store';

type Linking = {
  userId: string;
  sessionId: string;
  phone: string | null;
  address: string | null;
  identity: ClaimedIdentity;
};

/** `taken`: it is another account's. `has_another`: this account has one of the same provider. `gone`: the session or account ended. */
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
      with locked as materialized (
        -- Both accounts first, in one order: two that link each other's identity at once don't wait in a circle. What they are is
        -- read off the locked rows: the statement's own snapshot does not know of a number that was proved meanwhile.
        select * from users where id = ${linking.userId}::uuid
          or id in (select user_id from identities where issuer = ${issuer} and subject = ${subject})
        order by id for update
      ), me as materialized (
        select l.id from locked l join sessions s on s.user_id = l.id and s.id = ${linking.sessionId}::uuid and s.revoked_at is null
        where l.id = ${linking.userId}::uuid and l.suspended_at is null
        -- Read as it is now, not as it was when this began to wait.
        for share of s
      ), held as materialized (
        select i.id, i.user_id, i.user_id <> ${linking.userId}::uuid and i.created_at = u.created_at and u.role = 'user'
          and u.suspended_at is null and u.phone is null and u.phone_verified_at is null and u.phone_proved_at is null
          and not exists (select from identities o where o.user_id = i.user_id and o.id <> i.id)
          and not exists (select from passkeys k where k.user_id = i.user_id) as shell
        from identities i join locked u on u.id = i.user_id
        where i.issuer = ${issuer} and i.subject = ${subject} for update of i
      ), own as (
        select id from identities where user_id = ${linking.userId}::uuid and issuer = ${issuer}
      ), moved as (
        update identities set user_id = me.id, email = ${email}::text, created_at = now() from me
        where identities.id in (select id from held where shell) and not exists (select from own)
        returning identities.id
      ), shed as (
        delete from users where id in (select user_id from held where shell) and exists (select from moved) returning id
      ), own_trail as (
        update audit_events a set phone = null, address = null, detail = '{}' from shed where a.user_id = shed.id
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
        select ${newId()}::uuid, ${'user.deleted' satisfies AuditEvent}, id, null::uuid, null::text, null::text,
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

type Unlinking = Omit<Linking, 'identity'> & { id: string; dormantAfterDays: number };

/**
 * Takes a way in away, in one statement, and never the last one: without a passkey, or a number that is not dormant, the account
 * would be shut for ever. The rows' locks make it see a number or a passkey that goes at the same moment.
 */
export async function unlinkIdentity(
  db: Database,
  unlinking: Unlinking,
): Promise<'unlinked' | 'last_way_in' | 'not_found'> {
  const { userId, sessionId, phone, address } = unlinking;
  const [row] = await db.execute<{ shut: boolean; removed: boolean }>(sql`
    with me as materialized (
      select id, phone is not null and not ${isUnproved(unlinking.dormantAfterDays)} as has_number
      from users where id = ${userId}::uuid for update
    ), keys as materialized (
      select p.id from me join passkeys p on p.user_id = me.id for update of p
    ), removed as (
      delete from identities using me
      where identities.id = ${unlinking.id}::uuid and identities.user_id = me.id
        and (me.has_number or exists (select from keys))
      returning identities.id
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address)
      select ${newId()}::uuid, ${'identity.unlinked' satisfies AuditEvent}, ${userId}::uuid, ${sessionId}::uuid, ${phone},
        ${address} from removed
    )
    select exists (select from removed) as removed, exists (
      -- One that another call is just taking away is in this statement's snapshot yet: it is not the last way in for that.
      select from identities join me on me.id = identities.user_id
      where identities.id = ${unlinking.id}::uuid and not me.has_number and not exists (select from keys)) as shut`);
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
