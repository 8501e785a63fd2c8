import { sql } from 'drizzle-orm';
import type { Database } from './db/client';
import { sweepPolicy } from './policy';

/** What goes, and when it stopped mattering. Each is found by an index. */
const expired = [
  { table: 'rate_limits', key: 'bucket', when: 'expires_at', keepSeconds: 0 },
  { table: 'otp_challenges', key: 'id', when: 'expires_at', keepSeconds: sweepPolicy.challengesSeconds },
  { table: 'sessions', key: 'id', when: 'expires_at', keepSeconds: sweepPolicy.sessionsSeconds },
  { table: 'audit_events', key: 'id', when: 'created_at', keepSeconds: sweepPolicy.auditSeconds },
  { table: 'inbox_messages', key: 'id', when: 'sent_at', keepSeconds: sweepPolicy.inboxSeconds },
] as const;

/**
 * Deletes one small batch of each kind and returns how many rows went. Rows that someone works on are skipped, and two
 * instances share the work instead of waiting for each other.
 */
export async function sweep(db: Database): Promise<number> {
  let swept = 0;
  for (const { table, key, when, keepSeconds } of expired) {
    const rows = await db.execute(sql`
      delete from ${sql.identifier(table)} where ${sql.identifier(key)} in (
        select ${sql.identifier(key)} from ${sql.identifier(table)}
        where ${sql.identifier(when)} < now() - make_interval(secs => ${keepSeconds}::integer)
        order by ${sql.identifier(when)} limit ${sweepPolicy.batchRows} for update skip locked)
      returning 1`);
    swept += rows.length;
  }
  return swept;
}

/** Sweeps every minute for as long as the process lives, and keeps on while whole batches are found. */
export function startSweeping(app: {
  sweep(): Promise<number>;
  log: { warn(fields: object, message: string): void };
}): void {
  const round = async () => {
    try {
      while ((await app.sweep()) >= sweepPolicy.batchRows) {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    } catch (error) {
      app.log.warn({ err: error }, 'sweep failed; it is tried again');
    }
  };
  setInterval(() => void round(), sweepPolicy.everySeconds * 1000).unref();
}
