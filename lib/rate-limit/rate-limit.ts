import { sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import { type Refusal, refuse } from '../errors';
import type { LimitPolicy } from '../policy';

/** One window to take a place in. `key` names whom it counts, e.g. `send:phone:10m:+91…`. */
export type Bucket = { key: string; policy: LimitPolicy };

/** Which bucket had no place left, and how long until it has. */
export type Limited = { bucket: Bucket; retryAfterSeconds: number };

/** Places that were taken, to be given back should the thing they count not happen. */
export type Taken = { limited: null; buckets: readonly Bucket[]; takenAt: string };

/**
 * Takes one place in every bucket or in none, in one statement. Give buckets in the order cool-down, address, phone, range,
 * country, app: all callers lock in one order.
 */
export async function takePlaces(db: Database, buckets: readonly Bucket[]): Promise<Taken | { limited: Limited }> {
  const [row] = await db.execute<{ taken_at: string; refused: number | null; retry_after_seconds: number }>(sql`
    select taken_at::text, refused, retry_after_seconds from rate_limit_take(
      ${arrayLiteral(buckets.map(({ key }) => key))}::text[],
      ${arrayLiteral(buckets.map(({ policy }) => policy.places))}::integer[],
      ${arrayLiteral(buckets.map(({ policy }) => policy.windowSeconds))}::integer[])`);
  if (!row) {
    throw new Error('rate_limit_take answered nothing');
  }
  const bucket = row.refused === null ? undefined : buckets[row.refused - 1];
  return bucket
    ? { limited: { bucket, retryAfterSeconds: row.retry_after_seconds } }
    : { limited: null, buckets, takenAt: row.taken_at };
}

/** The same, for places that are never given back: the refusal to answer when there was none left, else null. */
export async function takePlacesOrRefuse(
  db: Database,
  buckets: readonly Bucket[],
): Promise<Refusal<'too_many_requests'> | null> {
  const { limited } = await takePlaces(db, buckets);
  return limited && refuse('too_many_requests', { retryAfterSeconds: limited.retryAfterSeconds });
}

/** Gives places back. Those of others are safe, even where they were taken since. */
export async function giveBackPlaces(db: Database, taken: Omit<Taken, 'limited'>): Promise<void> {
  const keys = arrayLiteral(taken.buckets.map(({ key }) => key));
  // As text: a JavaScript date would lose the microseconds that tell hits apart.
  await db.execute(sql`select rate_limit_give_back(${keys}::text[], ${taken.takenAt}::text::timestamptz)`);
}

/** A PostgreSQL array literal as one parameter, so that the statement's text never changes and stays prepared. */
function arrayLiteral(values: readonly (string | number)[]): string {
  return `{${values.map((value) => `"${String(value).replace(/["\\]/g, '\\$&')}"`).join(',')}}`;
}
