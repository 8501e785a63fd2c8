import path from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { databasePolicy } from '../policy';
import { sqlState } from './client';

/** Any number, the same in all instances: whoever holds this lock migrates. */
const MIGRATION_LOCK = 727_365_811;

/** SQLSTATE `deadlock_detected`. */
const DEADLOCK = '40P01';

/**
 * Applies the migrations that `url`'s database lacks. Safe from several instances at once: the others wait, then find
 * nothing to do. The lock lives in a transaction of its own, so it also works through a pooler and ends with the process.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = postgres(url, { max: 2, connect_timeout: databasePolicy.connectSeconds, onnotice: () => undefined });
  const apply = () =>
    client.begin(async (lock) => {
      await lock`select pg_advisory_xact_lock(${MIGRATION_LOCK})`;
      await migrate(drizzle(client), { migrationsFolder: path.join(process.cwd(), 'drizzle', 'migrations') });
    });
  try {
    // All or nothing: sign-ins of the version before may hold what it wants in another order, and it may be the one to give way.
    await apply().catch((error: unknown) => {
      if (sqlState(error) !== DEADLOCK) throw error;
      return apply();
    });
  } finally {
    await client.end({ timeout: 5 });
  }
}
