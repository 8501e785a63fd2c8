import { and, eq, sql } from 'drizzle-orm';
import { avatars } from '../../drizzle/schema/avatars';
import { users } from '../../drizzle/schema/users';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { newId, newSecretId } from '../random';
import { userFromRow } from './user-columns';
import type { Actor } from './user-store';
import type { UserRecord } from './user-view';

/** Stores a picture (WebP bytes) under a new address, in place of any before it. Null when the account is gone. */
export async function setAvatar(db: Database, actor: Actor, image: Buffer): Promise<UserRecord | null> {
  const id = newSecretId();
  const rows = await db.execute<Record<string, unknown>>(sql`
    with owner as (
      update users set avatar_id = ${id}::uuid, avatar_url = null, updated_at = now()
      where id = ${actor.userId}::uuid returning *
    ), stored as (
      insert into avatars (id, user_id, image) select ${id}::uuid, id, ${image}::bytea from owner
      on conflict (user_id) do update set id = excluded.id, image = excluded.image, created_at = now()
    ), audited as (${audit(actor, 'uploaded')})
    select * from owner`);
  return rows[0] ? userFromRow(rows[0]) : null;
}

/** Removes the picture, uploaded or linked. Null when the account is gone. */
export async function removeAvatar(db: Database, actor: Actor): Promise<UserRecord | null> {
  const rows = await db.execute<Record<string, unknown>>(sql`
    with owner as (
      update users set avatar_id = null, avatar_url = null, updated_at = now()
      where id = ${actor.userId}::uuid returning *
    ), removed as (
      delete from avatars where user_id in (select id from owner)
    ), audited as (${audit(actor, 'removed')})
    select * from owner`);
  return rows[0] ? userFromRow(rows[0]) : null;
}

/** The bytes of a picture (WebP) that is still its owner's, or null. */
export async function findAvatar(db: Database, id: string): Promise<Buffer | null> {
  const rows = await db
    .select({ image: avatars.image })
    .from(avatars)
    .innerJoin(users, and(eq(users.id, avatars.userId), eq(users.avatarId, avatars.id)))
    .where(eq(avatars.id, id));
  return rows[0]?.image ?? null;
}

const audit = (actor: Actor, change: 'uploaded' | 'removed') => sql`
  insert into audit_events (id, event, user_id, session_id, phone, address, detail)
  select ${newId()}::uuid, ${'user.avatar_changed' satisfies AuditEvent}, id, ${actor.sessionId}::uuid, ${actor.phone},
    ${actor.address}, ${JSON.stringify({ change })}::jsonb from owner`;
