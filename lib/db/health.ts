import { sql } from 'drizzle-orm';
import type { Database } from './client';

/** Whether the database answers a statement within its time-outs. */
export async function isDatabaseAnswering(db: Database): Promise<boolean> {
  return db.execute(sql`select 1`).then(
    () => true,
    () => false,
  );
}
