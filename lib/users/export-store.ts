import { type SQL, sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { newId } from '../random';

/** How much of the trail one answer holds; the newest of it. */
const MOST_EVENTS = 2_000;

type Row = Record<string, unknown>;

/**
 * Everything held about a person, as the tables have it less keys, hashes and what only joins rows: four statements, each by
 * an index. The first writes down that it was read. Null when the account is gone.
 *
 * Codes that were asked for with the number are told without the address they were asked from: that may have been
 * somebody else. Those from before the number was this person's are left out.
 */
export async function readEverything(
  db: Database,
  by: { userId: string; sessionId: string; phone: string | null; address: string },
) {
  await db.execute(sql`
    insert into audit_events (id, event, user_id, session_id, phone, address)
    values (${newId()}::uuid, ${'user.exported' satisfies AuditEvent}, ${by.userId}::uuid, ${by.sessionId}::uuid, ${by.phone},
      ${by.address})`);
  // As JSON of the database's making, in which times are ISO 8601.
  const list = async (query: SQL) =>
    (await db.execute<{ row: Row }>(sql`select to_jsonb(t) as row from (${query}) t`)).map(({ row }) => row);
  const [person, sessions, activity, codes] = await Promise.all([
    db.execute<{ user: Row; identities: Row[]; phone_change: Row | null }>(sql`
      select to_jsonb(u) - 'avatar_id' as user,
        (select coalesce(jsonb_agg(to_jsonb(i) - 'user_id' order by created_at), '[]') from identities i where i.user_id = u.id)
          as identities,
        (select to_jsonb(c) - 'user_id' from phone_changes c where c.user_id = u.id) as phone_change
      from users u where u.id = ${by.userId}::uuid`),
    list(sql`
      select id, kind, user_agent, address, created_at, last_seen_at, proved_at, expires_at, revoked_at, revoked_reason
      from sessions where user_id = ${by.userId}::uuid order by created_at desc`),
    list(sql`
      select event, created_at, session_id, phone, address, detail from audit_events
      where user_id = ${by.userId}::uuid order by created_at desc, id desc limit ${MOST_EVENTS}`),
    list(sql`
      select a.event, a.created_at from users u join audit_events a on a.phone = u.phone and a.created_at >= u.phone_verified_at
      where u.id = ${by.userId}::uuid and a.user_id is null order by a.created_at desc limit ${MOST_EVENTS}`),
  ]);
  return person[0] ? { ...person[0], sessions, activity, codes_for_the_number: codes } : null;
}
