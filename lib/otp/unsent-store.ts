import { sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import { arrayLiteral, rateLimitTake, type Taken } from '../rate-limit/rate-limit';
import { countsUnsent, isUnverifiedBucket, unsentBuckets } from './send-windows';

/**
 * Gives back the places of a code that did not go out, in one statement. While the windows of such codes (`unsentBuckets`) have no
 * place, those that `countsUnsent` names stay taken. Each comes back once: what comes back as a code is used (`counted_in`) comes
 * back now and not then, or, where it arrived after all and was quicker, has come back already. Without such a code all come back.
 */
export async function giveBackUnsent(
  db: Database,
  challengeId: string,
  { buckets, takenAt }: Pick<Taken, 'buckets' | 'takenAt'>,
): Promise<void> {
  const all = (valueOf: (bucket: (typeof buckets)[number]) => string | number | boolean) =>
    arrayLiteral(buckets.map(valueOf));
  await db.execute(sql`
    with unused as (
      update otp_challenges set counted_in = '{}' where id = ${challengeId}::uuid and consumed_at is null returning id
    ), unsent as materialized (
      select refused from ${rateLimitTake(unsentBuckets(buckets))}
    )
    select rate_limit_give_back(array_agg(key order by place), array_agg(weight order by place), ${takenAt}::text::timestamptz)
    from unnest(${all(({ key }) => key)}::text[], ${all(({ weight = 1 }) => weight)}::integer[],
      ${all(countsUnsent)}::boolean[], ${all(isUnverifiedBucket)}::boolean[])
      with ordinality as taken (key, weight, counts_unsent, unverified, place)
    where (not counts_unsent or (select refused from unsent) is null)
      and (not unverified or exists (select from unused)
        or not exists (select from otp_challenges where id = ${challengeId}::uuid))`);
}
