import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { newId } from '../random';
import type { ProfileChanges } from './profile-schema';
import { splitName } from './name';
import { userFromRow } from './user-columns';
import type { UserRecord } from './user-view';

export type Actor = { userId: string; sessionId: string; phone: string | null; address: string | null };

/**
 * Applies the given fields, leaves the others, completes the profile when everything is there, and writes down which
 * fields changed. Null when the account is gone.
 */
export async function updateProfile(db: Database, actor: Actor, changes: ProfileChanges): Promise<UserRecord | null> {
  const columns = columnValues(changes);
  const names = Object.keys(columns);
  const assignments = names.map((name) => sql`${sql.identifier(name)} = ${columns[name]}`);
  if ('email' in columns) {
    // A provider vouched for the old address, not for a new one.
    assignments.push(sql`email_verified_at = case when email = ${columns.email}::text then email_verified_at end`);
  }
  const after = (name: string) => (name in columns ? sql`${columns[name]}::text` : sql.identifier(name));
  const rows = await db.execute<Record<string, unknown>>(sql`
    with changed as (
      update users set ${sql.join([...assignments, sql`updated_at = now()`], sql`, `)},
        profile_completed_at = coalesce(profile_completed_at, case when ${after('first_name')} is not null
          and ${after('last_name')} is not null and ${after('email')} is not null then now() end)
      where id = ${actor.userId}::uuid returning *
    ), replaced as (
      delete from avatars where user_id in (select id from changed where avatar_id is null)
    ), audited as (
      insert into audit_events (id, event, user_id, session_id, phone, address, detail)
      select ${newId()}::uuid, ${'user.profile_changed' satisfies AuditEvent}, id, ${actor.sessionId}::uuid, ${actor.phone},
        ${actor.address}, ${JSON.stringify({ fields: names })}::jsonb from changed
    )
    select * from changed`);
  return rows[0] ? userFromRow(rows[0]) : null;
}

function columnValues(changes: ProfileChanges): Record<string, string | null> {
  const { name, ...fields } = changes;
  const split = name === undefined ? null : splitName(name);
  const values = {
    ...(split ? { first_name: split.firstName, ...(split.lastName ? { last_name: split.lastName } : {}) } : {}),
    ...fields,
    ...(fields.avatar_url === undefined ? {} : { avatar_id: null }),
  };
  return Object.fromEntries(
    Object.entries(values).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );
}
