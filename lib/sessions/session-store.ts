import { eq, sql } from 'drizzle-orm';
import { sessions } from '../../drizzle/schema/sessions';
import { users } from '../../drizzle/schema/users';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { newId } from '../random';
import { userColumns } from '../users/user-columns';

/**
 * The session check: one SELECT over two primary keys. Prepared once per pool, because it runs on every request of
 * everybody.
 */
export function prepareFindSession(db: Database) {
  const statement = db
    .select({
      id: sessions.id,
      kind: sessions.kind,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      provedAt: sessions.provedAt,
      expiresAt: sessions.expiresAt,
      revokedAt: sessions.revokedAt,
      user: userColumns,
    })
    .from(sessions)
    .innerJoin(users, eq(users.id, sessions.userId))
    .where(eq(sessions.id, sql.placeholder('id')))
    .prepare('find_session');
  return async (id: string) => (await statement.execute({ id }))[0] ?? null;
}

export type SessionRecord = NonNullable<Awaited<ReturnType<ReturnType<typeof prepareFindSession>>>>;

/** Notes that a session is in use. Never revives one: a revoked row stays as it is. */
export async function touchSession(db: Database, sessionId: string): Promise<void> {
  await db.execute(sql`update sessions set last_seen_at = now() where id = ${sessionId}::uuid and revoked_at is null`);
}

export type SignOut = {
  sessionId: string;
  userId: string;
  everywhere: boolean;
  phone: string | null;
  address: string | null;
};

/** Ends one session, or all of its user's, and writes it down. True when anything was ended: only then is it audited. */
export async function endSessions(db: Database, signOut: SignOut): Promise<boolean> {
  const reason = signOut.everywhere ? 'signed_out_everywhere' : 'signed_out';
  const event: AuditEvent = signOut.everywhere ? 'session.ended_everywhere' : 'session.ended';
  const rows = await db.execute(sql`
    with ended as (
      update sessions set revoked_at = now(), revoked_reason = ${reason}
      where revoked_at is null and user_id = ${signOut.userId}::uuid
        and (${signOut.everywhere}::boolean or id = ${signOut.sessionId}::uuid)
      returning id
    )
    insert into audit_events (id, event, user_id, session_id, phone, address)
    select ${newId()}::uuid, ${event}, ${signOut.userId}::uuid, ${signOut.sessionId}::uuid, ${signOut.phone}, ${signOut.address}
    where exists (select from ended)
    returning id`);
  return rows.length > 0;
}
