import { sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import type { LimitPolicy } from '../policy';

/** One window to take a place in. `key` names whom it counts, e.g. `send:phone:10m:+91…`. */
export type Bucket = { key: string; policy: LimitPolicy };

/** Which bucket had no place left, and how long until it has. */
export type Limited = { bucket: Bucket; retryAfterSeconds: number };

/**
 * Takes one place in every bucket or in none, in one statement; null when there was room. Give buckets in the order
 * cool-down, address, phone, range, country, app: all callers lock in one order.
 */
export async function takePlaces(db: Database, buckets: readonly Bucket[]): Promise<Limited | null> {
  const rows = await db.execute<{ refused: number; retry_after_seconds: number }>(sql`
    select refused, retry_after_seconds from rate_limit_take(
      ${textArray(buckets.map(({ key }) => key))}::text[],
      ${textArray(buckets.map(({ policy }) => policy.places))}::integer[],
      ${textArray(buckets.map(({ policy }) => policy.windowSeconds))}::integer[])`);
  const refusal = rows[0];
  const bucket = refusal && buckets[refusal.refused - 1];
  return bucket ? { bucket, retryAfterSeconds: refusal.retry_after_seconds } : null;
}

/** Gives back what {@link takePlaces} took: the thing that was counted did not happen. */
export async function giveBackPlaces(db: Database, buckets: readonly Bucket[]): Promise<void> {
  await db.execute(sql`select rate_limit_give_back(${textArray(buckets.map(({ key }) => key))}::text[])`);
}

/** A PostgreSQL array literal as one parameter, so that the statement's text never changes and stays prepared. */
function textArray(values: readonly (string | number)[]): string {
  return `{${values.map((value) => `"${String(value).replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
