import { and, desc, eq, gt, isNull, sql } from 'drizzle-orm';
import { sessions } from '../../drizzle/schema/sessions';
import { users } from '../../drizzle/schema/users';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { newId } from '../random';
import type { SessionLifetimes } from './session-state';
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

export type Ending = {
  userId: string;
  /** All sessions of the user, one of them, or all but one. */
  which: 'all' | { only: string } | { except: string };
  reason: NonNullable<(typeof sessions.$inferSelect)['revokedReason']>;
  event: AuditEvent;
  /** The session that asked for it. */
  by: string;
  phone: string | null;
  address: string | null;
};

/** No session's id. */
const NOBODY = '00000000-0000-0000-0000-000000000000';

/**
 * Ends live sessions of one user and writes it down. The number ended; only when it is not 0 there is an audit event. Those
 * that ended by themselves (`sessionState`) count for neither; but the account knows their devices no longer
 * (`lib/otp/challenge-store.ts`).
 */
export async function endSessions(db: Database, lifetimes: SessionLifetimes, ending: Ending): Promise<number> {
  const only = typeof ending.which === 'object' && 'only' in ending.which ? ending.which.only : null;
  const except = typeof ending.which === 'object' && 'except' in ending.which ? ending.which.except : null;
  const [row] = await db.execute<{ ended: number }>(sql`
    with person as materialized (
      -- Locked before the sessions, as everywhere: what ends them by trigger does it with the person's row in hand.
      select id from users where id = ${ending.userId}::uuid for update
    ), one as (
      update sessions set revoked_at = now(), revoked_reason = ${ending.reason}
      where revoked_at is null and user_id = (select id from person) and id = ${only}::uuid
      returning id
    ), others as materialized (
      -- By a function, which sees the session of a sign-in that this statement waited for (0009_live_sessions.sql).
      select e as id from (select id from person where ${only}::uuid is null) as p,
        end_other_sessions(p.id, coalesce(${except}::uuid, ${NOBODY}::uuid), ${ending.reason}) as e
    ), ended as materialized (
      select e.id, s.id is null or s.expires_at > now() and s.last_seen_at > now() - make_interval(secs => case s.kind
        when 'web' then ${lifetimes.web.idleSeconds}::integer else ${lifetimes.api.idleSeconds}::integer end) as live
      from (select id from one union all select id from others) as e
      left join sessions s on s.id = e.id and s.user_id = ${ending.userId}::uuid
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address, detail)
      select ${newId()}::uuid, ${ending.event}, ${ending.userId}::uuid, ${ending.by}::uuid, ${ending.phone}, ${ending.address},
        jsonb_build_object('ended', (select jsonb_agg(id) from ended where live))
      where exists (select from ended where live)
    )
    select count(*)::integer as ended from ended where live`);
  return row?.ended ?? 0;
}

/** Sessions of a user that nobody ended and that are not past their absolute life, newest use first. */
export async function sessionsOf(db: Database, userId: string) {
  return db
    .select({
      id: sessions.id,
      kind: sessions.kind,
      userAgent: sessions.userAgent,
      address: sessions.address,
      createdAt: sessions.createdAt,
      lastSeenAt: sessions.lastSeenAt,
      expiresAt: sessions.expiresAt,
      revokedAt: sessions.revokedAt,
    })
    .from(sessions)
    .where(and(eq(sessions.userId, userId), isNull(sessions.revokedAt), gt(sessions.expiresAt, sql`now()`)))
    .orderBy(desc(sessions.lastSeenAt), desc(sessions.id));
}
