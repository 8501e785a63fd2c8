import { sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import { rateLimitGiveBack, type Taken } from '../rate-limit/rate-limit';
import { isUnverifiedBucket } from './send-windows';

/**
 * Gives back the places of a code that did not go out, each once: what comes back as a code is used (`counted_in`) comes back
 * now and not then, or, where it arrived after all and was quicker, has come back already. Without such a code all come back.
 */
export async function giveBackUnsent(
  db: Database,
  challengeId: string,
  taken: Pick<Taken, 'buckets' | 'takenAt'>,
): Promise<void> {
  const own = taken.buckets.filter((bucket) => !isUnverifiedBucket(bucket));
  await db.execute(sql`
    with unused as (
      update otp_challenges set counted_in = '{}' where id = ${challengeId}::uuid and consumed_at is null returning id
    )
    select case when exists (select from unused) or not exists (select from otp_challenges where id = ${challengeId}::uuid)
      then ${rateLimitGiveBack(taken)} else ${rateLimitGiveBack({ ...taken, buckets: own })} end`);
}
