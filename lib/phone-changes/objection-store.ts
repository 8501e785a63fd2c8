import { sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import { accountPolicy, phoneThrottlePolicy } from '../policy';
import type { Bucket } from '../rate-limit/rate-limit';

const isOnLastDay = sql`
  c.effective_at < now() + make_interval(secs => ${accountPolicy.objectionSeconds}::integer)`;

/** Whose change will be made within {@link accountPolicy.objectionSeconds}, with the number (E.164) that may object until then. */
export async function lastDayChanges(db: Database): Promise<{ userId: string; oldPhone: string }[]> {
  const rows = await db.execute<{ user_id: string; phone: string }>(sql`
    select c.user_id, u.phone from phone_changes c join users u on u.id = c.user_id
    where ${isOnLastDay} and u.phone is not null`);
  return rows.map(({ user_id: userId, phone: oldPhone }) => ({ userId, oldPhone }));
}

/** What a code to a person's number needs: a place in each of these windows, and none of these scopes of `sms_pauses` switched off. */
export type WayToNumber = { userId: string; windows: readonly Bucket[]; scopes: readonly string[] };

/**
 * Puts changes off, of those on their last day, whose old number can't get a code to object with: a window that its code needs a
 * place in is full, sending to it is switched off, or so many wrong codes were tried that it has to wait. Called every minute it
 * leaves the owner a whole day in which nothing was in the way.
 */
export async function putOffUnanswerable(db: Database, ways: readonly WayToNumber[]): Promise<number> {
  const { backOffFrom, longestWaitSeconds, lockedFrom, stoppedSeconds } = phoneThrottlePolicy;
  const windows = ways.flatMap(({ userId, windows }) =>
    windows.map(({ key, policy, weight = 1 }) => ({ user_id: userId, bucket: key, ...policy, weight })),
  );
  const scopes = ways.flatMap(({ userId, scopes }) => scopes.map((scope) => ({ user_id: userId, scope })));
  const rows = await db.execute(sql`
    with no_room as (
      select w.user_id from jsonb_to_recordset(${JSON.stringify(windows)}::jsonb)
        as w (user_id uuid, bucket text, places integer, "windowSeconds" integer, weight integer)
      left join rate_limits r using (bucket)
      where w.places < w.weight + (
        select coalesce(sum(n), 0) from unnest(r.hits, r.counts) as hit (at, n)
        where at > now() - make_interval(secs => w."windowSeconds"))
    ), paused as (
      select s.user_id from jsonb_to_recordset(${JSON.stringify(scopes)}::jsonb) as s (user_id uuid, scope text)
      join sms_pauses p using (scope) where p.ends_at is null or p.ends_at > now()
    ), silenced as materialized (
      select c.user_id from phone_changes c join users u on u.id = c.user_id
      left join phone_throttles t on t.phone = u.phone
      where ${isOnLastDay} and (
        c.user_id in (select user_id from no_room) or c.user_id in (select user_id from paused)
        or t.consecutive_failures >= ${backOffFrom}::integer and t.last_failed_at > now() - make_interval(secs =>
          case when t.consecutive_failures >= ${lockedFrom}::integer then ${stoppedSeconds}::integer else ${longestWaitSeconds}::integer end))
      for update of c skip locked
    )
    update phone_changes
    set effective_at = now() + make_interval(secs => ${accountPolicy.objectionSeconds}::integer)
    where user_id in (select user_id from silenced) returning 1`);
  return rows.length;
}
