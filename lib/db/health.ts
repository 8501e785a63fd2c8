import { sql } from 'drizzle-orm';
import { type Database, isPoolBusy } from './client';

/** Whether the database answers within its time-outs; where the line for it is long, it answers others. */
export async function isDatabaseAnswering(db: Database): Promise<boolean> {
  return db.execute(sql`select 1`).then(() => true, isPoolBusy);
}
