import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { lateAnswer } from '../db/pool';
import { pausePolicy } from '../policy';
import { newId } from '../random';
import { inOwnTime } from '../request-context';
import {
  arrayLiteral,
  type Bucket,
  giveBackPlaces,
  type Limited,
  rateLimitTake,
  readTake,
  takeColumns,
  type Taken,
  type TakeRow,
} from '../rate-limit/rate-limit';

/** Sending is switched off for a scope of `sms_pauses`. */
export type Paused = { paused: { scope: string; retryAfterSeconds: number } };

/**
 * Takes a message's places, unless sending is switched off for one of its scopes: then nothing is taken. One statement, so that
 * a switch holds on all instances with the next message. Places that were taken all the same when the statement had been given up
 * are given back.
 */
export async function takeSendPlaces(
  { db, log }: { db: Database; log: { warn(fields: object, message: string): void } },
  buckets: readonly Bucket[],
  scopes: readonly string[],
): Promise<Taken | { limited: Limited } | Paused> {
  const read = ([row]: readonly PlacesRow[]) =>
    row?.paused
      ? { paused: { scope: row.paused, retryAfterSeconds: row.paused_seconds ?? pausePolicy.retryAfterSeconds } }
      : readTake(row, buckets);
  const statement = sql`
    with paused as materialized (
      select scope, ceil(extract(epoch from ends_at - now()))::integer as seconds from sms_pauses
      where scope = any(${arrayLiteral(scopes)}::text[]) and (ends_at is null or ends_at > now())
      order by seconds desc nulls first limit 1
    )
    select ${takeColumns}, (select scope from paused) as paused, (select seconds from paused) as paused_seconds
    from ${rateLimitTake(buckets, sql`exists (select from paused)`)} as t`;
  try {
    return read(await db.execute<PlacesRow>(statement));
  } catch (error) {
    const late = lateAnswer<PlacesRow[]>(error);
    // Rejected where the server ended the statement: then it took nothing.
    late
      ?.then(read, () => null)
      .then((outcome) => (outcome && 'takenAt' in outcome ? inOwnTime(() => giveBackPlaces(db, outcome)) : undefined))
      .catch((cause: unknown) => log.warn({ err: cause }, 'places not given back'));
    throw error;
  }
}

type PlacesRow = TakeRow & { paused: string | null; paused_seconds: number | null };

/** Everything; a country or a range is called as its window is. */
export const EVERYTHING = 'all';

export type Pause = { scope: string; reason: string; by: string; createdAt: Date; endsAt: Date | null };

/**
 * Switches sending off for a scope, for so many seconds or until it is switched on again, and writes that down. Switching off
 * what is off changes reason and end.
 */
export async function pauseSms(
  db: Database,
  pause: { scope: string; reason: string; by: string; forSeconds: number | null },
): Promise<void> {
  const { scope, by, forSeconds } = pause;
  const reason = pause.reason.trim().slice(0, pausePolicy.reasonCharacters) || 'no reason given';
  await db.execute(sql`
    with switched as (
      insert into sms_pauses as p (scope, reason, by, ends_at)
      values (${scope}, ${reason}, ${by}, now() + make_interval(secs => ${forSeconds}::integer))
      on conflict (scope) do update set reason = excluded.reason, by = excluded.by, ends_at = excluded.ends_at,
        created_at = now()
      returning scope, reason, ends_at
    )
    insert into audit_events (id, event, detail)
    select ${newId()}::uuid, ${'sms.paused' satisfies AuditEvent},
      jsonb_build_object('scope', scope, 'reason', reason, 'by', ${by}::text, 'until', ends_at) from switched`);
}

/** Switches sending on again, for one scope or for all there are; answers which were off. */
export async function resumeSms(db: Database, resumed: { scope: string | null; by: string }): Promise<string[]> {
  const rows = await db.execute<{ scope: string }>(sql`
    with switched as (
      delete from sms_pauses where ${resumed.scope}::text is null or scope = ${resumed.scope}::text
      returning scope, ends_at
    ), audited as (
      insert into audit_events (id, event, detail)
      select gen_random_uuid(), ${'sms.resumed' satisfies AuditEvent},
        jsonb_build_object('scope', scope, 'by', ${resumed.by}::text) from switched
    )
    select scope from switched where ends_at is null or ends_at > now()`);
  return rows.map(({ scope }) => scope);
}

/** What is switched off now. */
export async function pausesNow(db: Database): Promise<Pause[]> {
  const rows = await db.execute<{
    scope: string;
    reason: string;
    by: string;
    created_at: string;
    ends_at: string | null;
  }>(
    sql`select scope, reason, by, created_at, ends_at from sms_pauses
      where ends_at is null or ends_at > now() order by created_at desc`,
  );
  return rows.map(({ created_at: createdAt, ends_at: endsAt, ...pause }) => ({
    ...pause,
    createdAt: new Date(createdAt),
    endsAt: endsAt === null ? null : new Date(endsAt),
  }));
}
