import { asc, eq, sql } from 'drizzle-orm';
import { passkeys } from '../../drizzle/schema/passkeys';
import { users } from '../../drizzle/schema/users';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { passkeyPolicy } from '../policy';
import { newId } from '../random';
import { isUnproved } from '../sessions/dormancy-store';
import { spendChallenge } from './challenge-store';

/** Who changes something of their own, and from where. */
type Owner = { userId: string; sessionId: string; phone: string | null; address: string };

/** A passkey as an answer is checked against it, with what decides about its account before anything is written. */
export async function findCredential(db: Database, credentialId: string) {
  const [row] = await db
    .select({
      id: passkeys.id,
      userId: passkeys.userId,
      credentialId: passkeys.credentialId,
      publicKey: passkeys.publicKey,
      deviceType: passkeys.deviceType,
      phone: users.phone,
      role: users.role,
    })
    .from(passkeys)
    .innerJoin(users, eq(users.id, passkeys.userId))
    .where(eq(passkeys.credentialId, credentialId));
  return row ?? null;
}

export type Credential = NonNullable<Awaited<ReturnType<typeof findCredential>>>;

/** The passkeys of an account, the oldest first. */
export function passkeysOf(db: Database, userId: string) {
  return db
    .select({
      id: passkeys.id,
      credentialId: passkeys.credentialId,
      transports: passkeys.transports,
      name: passkeys.name,
      backedUp: passkeys.backedUp,
      createdAt: passkeys.createdAt,
      lastUsedAt: passkeys.lastUsedAt,
    })
    .from(passkeys)
    .where(eq(passkeys.userId, userId))
    .orderBy(asc(passkeys.createdAt), asc(passkeys.id));
}

type NewPasskey = Omit<typeof passkeys.$inferInsert, 'id' | 'userId' | 'createdAt' | 'lastUsedAt'>;

/** `gone`: the challenge was used meanwhile, or the session or account ended. `taken`: there is this very passkey already. */
type AddOutcome = { outcome: 'added'; id: string; createdAt: Date } | { outcome: 'gone' | 'taken' | 'too_many' };

/** Spends the challenge and keeps the passkey, with the audit event, in one statement. */
export async function addPasskey(db: Database, challenge: string, passkey: NewPasskey, by: Owner): Promise<AddOutcome> {
  const id = newId();
  const [row] = await db.execute<{ me: boolean; room: boolean; created_at: string | null }>(sql`
    with ${spendChallenge(challenge)}, me as materialized (
      select u.id from users u join sessions s on s.user_id = u.id and s.id = ${by.sessionId}::uuid and s.revoked_at is null
      where u.id = ${by.userId}::uuid and u.suspended_at is null and (select count(*) from consumed) > 0
      for update of u for share of s
    ), room as (
      select from me where ${passkeyPolicy.mostPerUser}::integer > (select count(*) from passkeys where user_id = me.id)
    ), added as (
      insert into passkeys
        (id, user_id, credential_id, public_key, counter, transports, device_type, backed_up, aaguid, name)
      select ${id}::uuid, me.id, ${passkey.credentialId}, ${passkey.publicKey}::bytea, ${passkey.counter}::bigint,
        ${`{${passkey.transports.join(',')}}`}::text[], ${passkey.deviceType}, ${passkey.backedUp}::boolean,
        ${passkey.aaguid}::uuid, ${passkey.name}
      from me, room
      on conflict (credential_id) do nothing
      returning id, created_at
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address, detail)
      select ${newId()}::uuid, ${'passkey.added' satisfies AuditEvent}, ${by.userId}::uuid, ${by.sessionId}::uuid, ${by.phone},
        ${by.address}, jsonb_build_object('passkey', id, 'name', ${passkey.name}::text) from added
    )
    select exists (select from me) as me, exists (select from room) as room,
      (select created_at from added) as created_at`);
  if (!row?.me) {
    return { outcome: 'gone' };
  }
  if (!row.room) {
    return { outcome: 'too_many' };
  }
  return row.created_at ? { outcome: 'added', id, createdAt: new Date(row.created_at) } : { outcome: 'taken' };
}

/** Gives a passkey of one's own another name; false when there is none of this id. */
export async function renamePasskey(db: Database, passkey: { id: string; name: string }, by: Owner): Promise<boolean> {
  const rows = await db.execute(sql`
    with renamed as (
      update passkeys set name = ${passkey.name} where id = ${passkey.id}::uuid and user_id = ${by.userId}::uuid returning id
    )
    insert into audit_events (id, event, user_id, session_id, phone, address, detail)
    select ${newId()}::uuid, ${'passkey.renamed' satisfies AuditEvent}, ${by.userId}::uuid, ${by.sessionId}::uuid, ${by.phone},
      ${by.address}, jsonb_build_object('passkey', id) from renamed returning 1`);
  return rows.length > 0;
}

/**
 * Takes a passkey away, in one statement, and never the last way in: that is a number that is not dormant, a Google account where
 * that is configured, or another passkey. All of them are locked, so that two ways that go at one moment see each other.
 */
export async function removePasskey(
  db: Database,
  passkey: { id: string; identityIssuer: string | null; dormantAfterDays: number },
  by: Owner,
): Promise<'removed' | 'last_way_in' | 'not_found'> {
  const [row] = await db.execute<{ mine: boolean; removed: boolean }>(sql`
    with me as materialized (
      select id, phone is not null and not ${isUnproved(passkey.dormantAfterDays)} as has_number
      from users where id = ${by.userId}::uuid for update
    ), own as materialized (
      select p.id from me join passkeys p on p.user_id = me.id for update of p
    ), linked as materialized (
      select i.id from me join identities i on i.user_id = me.id and i.issuer = ${passkey.identityIssuer}::text for update of i
    ), removed as (
      delete from passkeys where id in (select id from own where id = ${passkey.id}::uuid) and (
        exists (select from me where has_number) or exists (select from linked)
        or exists (select from own where id <> ${passkey.id}::uuid))
      returning id, name
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address, detail)
      select ${newId()}::uuid, ${'passkey.removed' satisfies AuditEvent}, ${by.userId}::uuid, ${by.sessionId}::uuid, ${by.phone},
        ${by.address}, jsonb_build_object('passkey', id, 'name', name) from removed
    )
    select exists (select from removed) as removed, exists (select from own where id = ${passkey.id}::uuid) as mine`);
  if (row?.removed) {
    return 'removed';
  }
  return row?.mine ? 'last_way_in' : 'not_found';
}

/** Whether a person has no passkey, and did not say "not now" within the last month. */
export async function isOfferDue(db: Database, userId: string): Promise<boolean> {
  const rows = await db.execute(sql`
    select from users where id = ${userId}::uuid
      and (passkey_offer_put_off_at is null
        or passkey_offer_put_off_at < now() - make_interval(secs => ${passkeyPolicy.offerAgainSeconds}::integer))
      and not exists (select from passkeys where user_id = users.id)`);
  return rows.length > 0;
}

/** The person said "not now". */
export async function putOfferOff(db: Database, userId: string): Promise<void> {
  await db.execute(sql`update users set passkey_offer_put_off_at = now() where id = ${userId}::uuid`);
}
