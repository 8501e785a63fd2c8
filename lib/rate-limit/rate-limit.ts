import { type SQL, sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import { type Refusal, refuse } from '../errors';
import type { LimitPolicy } from '../policy';

/**
 * One window to take a place in. `key` names whom it counts, e.g. `send:phone:short:+91…`.
 *
 * `weight`: how many places are taken at once (default 1). `softPlaces`: from here on something more is asked of whoever
 * wants a place. `recordOnly`: a full window is noted and refuses nothing.
 */
export type Bucket = {
  key: string;
  policy: LimitPolicy;
  weight?: number;
  softPlaces?: number | null;
  recordOnly?: boolean;
};

/** Which bucket had no place left, and how long until it has. `soft`: only its lower limit is reached. */
export type Limited = { bucket: Bucket; retryAfterSeconds: number; soft: boolean };

/** Places that were taken, to be given back should the thing they count not happen. `noted`: full, so only recorded. */
export type Taken = { limited: null; buckets: readonly Bucket[]; takenAt: string; noted: readonly Bucket[] };

export type TakeRow = {
  taken_at: string;
  refused: number | null;
  retry_after_seconds: number;
  soft: boolean;
  noted: number[];
};

/** The columns of {@link TakeRow}, from a call of {@link rateLimitTake} under the name `t`. */
export const takeColumns = sql`t.taken_at::text, t.refused, t.retry_after_seconds, t.soft, t.noted`;

/**
 * Takes one place in every bucket or in none, in one statement. Give buckets in the order cool-down, address, phone, range,
 * country, app: all callers lock in one order.
 */
export async function takePlaces(db: Database, buckets: readonly Bucket[]): Promise<Taken | { limited: Limited }> {
  const [row] = await db.execute<TakeRow>(sql`select ${takeColumns} from ${rateLimitTake(buckets)} as t`);
  return readTake(row, buckets);
}

/** The call itself, for statements that do more. With `unless` true it takes nothing and refuses nothing. */
export function rateLimitTake(buckets: readonly Bucket[], unless: SQL = sql`false`): SQL {
  const all = (valueOf: (bucket: Bucket) => string | number | boolean | null) => arrayLiteral(buckets.map(valueOf));
  return sql`rate_limit_take(
      case when ${unless} then '{}' else ${all(({ key }) => key)}::text[] end,
      ${all(({ policy }) => policy.places)}::integer[],
      ${all(({ policy }) => policy.windowSeconds)}::integer[],
      ${all(({ weight = 1 }) => weight)}::integer[],
      ${all(({ softPlaces = null }) => softPlaces)}::integer[],
      ${all(({ recordOnly = false }) => recordOnly)}::boolean[])`;
}

/** What that call said. */
export function readTake(row: TakeRow | undefined, buckets: readonly Bucket[]): Taken | { limited: Limited } {
  if (!row) {
    throw new Error('rate_limit_take answered nothing');
  }
  const bucket = row.refused === null ? undefined : buckets[row.refused - 1];
  if (bucket) {
    return { limited: { bucket, retryAfterSeconds: row.retry_after_seconds, soft: row.soft } };
  }
  const noted = buckets.filter((_, index) => row.noted.includes(index + 1));
  return { limited: null, buckets: buckets.filter((one) => !noted.includes(one)), takenAt: row.taken_at, noted };
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
export async function giveBackPlaces(db: Database, taken: Pick<Taken, 'buckets' | 'takenAt'>): Promise<void> {
  await db.execute(sql`select ${rateLimitGiveBack(taken)}`);
}

/** The call itself, for statements that do more. */
export function rateLimitGiveBack({ buckets, takenAt }: Pick<Taken, 'buckets' | 'takenAt'>): SQL {
  const keys = arrayLiteral(buckets.map(({ key }) => key));
  const weights = arrayLiteral(buckets.map(({ weight = 1 }) => weight));
  // As text: a JavaScript date would lose the microseconds that tell hits apart.
  return sql`rate_limit_give_back(${keys}::text[], ${weights}::integer[], ${takenAt}::text::timestamptz)`;
}

/** A PostgreSQL array literal as one parameter, so that the statement's text never changes and stays prepared. */
export function arrayLiteral(values: readonly (string | number | boolean | null)[]): string {
  return `{${values.map((value) => (value === null ? 'null' : `"${String(value).replace(/["\\]/g, '\\$&')}"`)).join(',')}}`;
}
