import { sql } from 'drizzle-orm';
import type { Database } from './db/client';
import { phoneThrottlePolicy, sweepPolicy } from './policy';

/** What goes, and when it stopped mattering. Each is found by an index. */
const expired = [
  { table: 'rate_limits', key: 'bucket', when: 'expires_at', keepSeconds: 0 },
  { table: 'otp_challenges', key: 'id', when: 'expires_at', keepSeconds: sweepPolicy.challengesSeconds },
  { table: 'passkey_challenges', key: 'challenge_hash', when: 'expires_at', keepSeconds: 0 },
  { table: 'sessions', key: 'id', when: 'expires_at', keepSeconds: sweepPolicy.sessionsSeconds },
  { table: 'audit_events', key: 'id', when: 'created_at', keepSeconds: sweepPolicy.auditSeconds },
  { table: 'inbox_messages', key: 'id', when: 'sent_at', keepSeconds: sweepPolicy.inboxSeconds },
  // Deliveries of codes go with their codes; these belong to none.
  {
    table: 'sms_deliveries',
    key: 'id',
    when: 'created_at',
    keepSeconds: sweepPolicy.noticesSeconds,
    only: 'challenge_id is null',
  },
  { table: 'sms_pauses', key: 'scope', when: 'ends_at', keepSeconds: sweepPolicy.pausesSeconds },
  {
    table: 'phone_throttles',
    key: 'phone',
    when: 'last_failed_at',
    keepSeconds: sweepPolicy.throttlesSeconds,
    // More than a few in a row stay, or a guesser would only have to pause for a month.
    only: `consecutive_failures < ${phoneThrottlePolicy.backOffFrom}`,
  },
] as const;

/**
 * Deletes one small batch of each kind and returns how many rows went. Rows that someone works on are skipped, and two
 * instances share the work instead of waiting for each other.
 */
export async function sweep(db: Database): Promise<number> {
  let swept = 0;
  for (const { table, key, when, keepSeconds, ...more } of expired) {
    const rows = await db.execute(sql`
      delete from ${sql.identifier(table)} where ${sql.identifier(key)} in (
        select ${sql.identifier(key)} from ${sql.identifier(table)}
        where ${sql.identifier(when)} < now() - make_interval(secs => ${keepSeconds}::integer)
          and ${sql.raw('only' in more ? more.only : 'true')}
        order by ${sql.identifier(when)} limit ${sweepPolicy.batchRows} for update skip locked)
      returning 1`);
    swept += rows.length;
  }
  return swept;
}

/**
 * Sweeps every minute for as long as the process lives, and keeps on while whole batches are found. `dueWork` is what has to
 * be done when its time has come, a small batch a call; nothing of it keeps the rest waiting when it fails.
 */
export function startSweeping(app: {
  sweep(): Promise<number>;
  dueWork: readonly (() => Promise<number>)[];
  log: { warn(fields: object, message: string): void };
}): void {
  const untilDone = async (work: () => Promise<number>, batchRows: number) => {
    try {
      while ((await work()) >= batchRows) {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    } catch (error) {
      app.log.warn({ err: error }, 'sweep failed; it is tried again');
    }
  };
  const round = async () => {
    for (const work of app.dueWork) {
      await untilDone(work, sweepPolicy.accountRows);
    }
    await untilDone(app.sweep, sweepPolicy.batchRows);
  };
  setInterval(() => void round(), sweepPolicy.everySeconds * 1000).unref();
}
