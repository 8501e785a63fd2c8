import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { newId } from '../random';

type RoleChange = {
  /** E.164. */
  phone: string;
  grant: boolean;
  /** Who did it, for the trail. */
  by: string;
};

/** `unknown`: nobody has this number. `suspended`: may not be made an administrator. */
type RoleOutcome = 'changed' | 'unchanged' | 'unknown' | 'suspended';

/**
 * Makes the owner of a number an administrator, or an administrator an ordinary person again, and writes it down in the same
 * statement. It holds on the person's next request; so do the shorter lives of an administrator's sessions.
 */
export async function changeAdminRole(db: Database, change: RoleChange): Promise<RoleOutcome> {
  const [row] = await db.execute<{ suspended: boolean; changed: boolean }>(sql`
    with known as materialized (
      select id, role, suspended_at is not null as suspended from users where phone = ${change.phone} for update
    ), changed as (
      update users set role = ${change.grant ? 'admin' : 'user'}, updated_at = now()
      where id in (select id from known
        where case when ${change.grant}::boolean then role <> 'admin' and not suspended else role = 'admin' end)
      returning id, role
    ), audited as (
      insert into audit_events (id, event, user_id, phone, detail)
      select ${newId()}::uuid, ${'user.role_changed' satisfies AuditEvent}, id, ${change.phone},
        jsonb_build_object('from', known.role, 'to', changed.role, 'by', ${change.by}::text)
      from changed join known using (id)
    )
    select suspended, changed.id is not null as changed from known left join changed using (id)`);
  if (!row) return 'unknown';
  if (row.changed) return 'changed';
  return change.grant && row.suspended ? 'suspended' : 'unchanged';
}

type Administrator = {
  phone: string | null;
  name: string | null;
  suspended: boolean;
  lastSignedInAt: Date | null;
};

/** Everybody with the role, the first one first. */
export async function administrators(db: Database): Promise<Administrator[]> {
  const rows = await db.execute<{
    phone: string | null;
    name: string | null;
    suspended: boolean;
    signed_in: string | null;
  }>(sql`
    select phone, nullif(concat_ws(' ', first_name, last_name), '') as name, suspended_at is not null as suspended,
      (select max(created_at) from sessions where user_id = users.id) as signed_in
    from users where role = 'admin' order by created_at, id`);
  return rows.map(({ signed_in, ...row }) => ({
    ...row,
    lastSignedInAt: signed_in === null ? null : new Date(signed_in),
  }));
}
