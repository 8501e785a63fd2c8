import { type SQL, sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { maskedPhone } from '../phone/phone';
import { newId } from '../random';

/** How much of the trail one answer holds; the newest of it. */
const MOST_EVENTS = 2_000;

/** What is told of the account's own row; notes of those who run the service are not among it. */
const USER_COLUMNS = [
  'id',
  'phone',
  'phone_verified_at',
  'phone_proved_at',
  'email',
  'email_verified_at',
  'first_name',
  'last_name',
  'bio',
  'location',
  'birth_date',
  'avatar_url',
  'locale',
  'time_zone',
  'role',
  'profile_completed_at',
  'deletion_requested_at',
  'created_at',
  'updated_at',
] as const;

type Row = Record<string, unknown>;

type Person = { user: Row; identities: Row[]; passkeys: Row[]; recovery_codes: Row[]; phone_change: Row | null };

/**
 * Everything held about a person, as the tables have it less keys, hashes and what only joins rows: five statements, each by
 * an index. The first writes down that it was read. Null when the account is gone.
 *
 * Codes that were asked for with the number are told without the address they were asked from: that may have been
 * somebody else. Those from before the number was this person's are left out, and so are messages to it.
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
  const [person, sessions, activity, codes, messages] = await Promise.all([
    db.execute<Person>(sql`
      select to_jsonb(own) as user,
        (select coalesce(jsonb_agg(to_jsonb(i) - 'user_id' order by created_at), '[]') from identities i where i.user_id = u.id)
          as identities,
        -- Neither keys nor what a device knows them by: nothing of it is of use to anybody but us.
        (select coalesce(jsonb_agg(to_jsonb(p) - array['user_id', 'credential_id', 'public_key', 'counter'] order by created_at), '[]')
          from passkeys p where p.user_id = u.id) as passkeys,
        (select coalesce(jsonb_agg(to_jsonb(r) - array['user_id', 'code_hash'] order by place), '[]')
          from recovery_codes r where r.user_id = u.id) as recovery_codes,
        (select to_jsonb(c) - 'user_id' - 'tried_at' from phone_changes c where c.user_id = u.id) as phone_change
      from users u cross join lateral (select ${sql.raw(USER_COLUMNS.map((name) => `u.${name}`).join(', '))}) as own
      where u.id = ${by.userId}::uuid`),
    list(sql`
      select id, kind, user_agent, address, created_at, last_seen_at, proved_at, expires_at, revoked_at, revoked_reason
      from sessions where user_id = ${by.userId}::uuid order by created_at desc`),
    list(sql`
      select event, created_at, session_id, phone, address, detail from audit_events
      where user_id = ${by.userId}::uuid order by created_at desc, id desc limit ${MOST_EVENTS}`),
    list(sql`
      select a.event, a.created_at from users u join audit_events a on a.phone = u.phone and a.created_at >= u.phone_verified_at
      where u.id = ${by.userId}::uuid and a.user_id is null order by a.created_at desc limit ${MOST_EVENTS}`),
    list(sql`
      select case when d.challenge_id is null then 'notice' else 'code' end as kind, d.channel, d.provider, d.created_at,
        d.handed_over_at, d.delivered_at, d.failed_at
      from users u join sms_deliveries d on d.phone = u.phone and d.created_at >= u.phone_verified_at
      where u.id = ${by.userId}::uuid order by d.created_at desc limit ${MOST_EVENTS}`),
  ]);
  if (!person[0]) {
    return null;
  }
  const { user, identities, passkeys, recovery_codes, phone_change: waiting } = person[0];
  return {
    user,
    identities,
    passkeys,
    recovery_codes,
    phone_change: waiting && withMaskedNumber(waiting),
    sessions,
    activity: activity.map(({ detail, ...event }) => ({ ...event, detail: withMaskedNumber(detail as Row) })),
    codes_for_the_number: codes,
    messages_to_the_number: messages,
  };
}

/** A number that was asked for is its asker's secret until the change is made: a stolen session may read this. */
const withMaskedNumber = (row: Row): Row =>
  typeof row.new_phone === 'string' ? { ...row, new_phone: maskedPhone(row.new_phone) } : row;
