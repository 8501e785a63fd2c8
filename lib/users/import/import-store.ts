import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../../audit/events';
import type { Database } from '../../db/client';
import { newId } from '../../random';
import type { ImportedUser } from './read-record';

/** Which of these numbers (E.164) have an account. */
export async function numbersInUse(db: Database, phones: string[]): Promise<Set<string>> {
  const rows = await db.execute<{ phone: string }>(
    sql`select phone from users where phone in (select jsonb_array_elements_text(${JSON.stringify(phones)}::jsonb))`,
  );
  return new Set(rows.map(({ phone }) => phone));
}

/**
 * Makes the accounts of those whose number has none yet, in one statement with their audit events; an account that exists is
 * not touched. Returns the numbers it made accounts for.
 *
 * `phone_verified_at` stays empty: we have verified nothing. `phone_proved_at`, by which a number grows dormant, is the last
 * sign-in that the other system knows of; where it says nothing, its word counts as of now.
 */
export async function insertImported(db: Database, users: ImportedUser[]): Promise<Set<string>> {
  const rows = users.map((user) => ({ ...user, id: newId(), event_id: newId() }));
  const made = await db.execute<{ phone: string }>(sql`
    with given as materialized (
      select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as given (
        id uuid, event_id uuid, phone text, first_name text, last_name text, email text, bio text, location text,
        birth_date date, avatar_url text, locale text, time_zone text, role text, suspended boolean,
        created_at timestamptz, last_sign_in_at timestamptz)
    ), made as (
      insert into users (id, phone, phone_proved_at, first_name, last_name, email, bio, location, birth_date, avatar_url,
        locale, time_zone, role, suspended_at, suspended_reason, profile_completed_at, created_at)
      select id, phone, coalesce(last_sign_in_at, now()), first_name, last_name, email, bio, location, birth_date, avatar_url,
        coalesce(locale, 'en'), coalesce(time_zone, 'UTC'), role, case when suspended then now() end,
        case when suspended then 'Inactive in the system it was imported from' end,
        case when first_name is not null and last_name is not null and email is not null then now() end,
        coalesce(created_at, now())
      from given order by phone
      on conflict (phone) do nothing
      returning id, phone
    ), audited as (
      insert into audit_events (id, event, user_id, phone)
      select event_id, ${'user.imported' satisfies AuditEvent}, made.id, made.phone from made join given using (id)
    )
    select phone from made`);
  return new Set(made.map(({ phone }) => phone));
}
