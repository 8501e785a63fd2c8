import path from 'node:path';
import { drizzle } from 'drizzle-orm/postgres-js';
import { migrate } from 'drizzle-orm/postgres-js/migrator';
import postgres from 'postgres';
import { databasePolicy } from '../policy';

/** Any number, the same in all instances: whoever holds this lock migrates. */
const MIGRATION_LOCK = 727_365_811;

/**
 * Applies the migrations that `url`'s database lacks. Safe from several instances at once: the others wait, then find
 * nothing to do. The lock lives in a transaction of its own, so it also works through a pooler and ends with the process.
 */
export async function migrateDatabase(url: string): Promise<void> {
  const client = postgres(url, { max: 2, connect_timeout: databasePolicy.connectSeconds, onnotice: () => undefined });
  try {
    await client.begin(async (lock) => {
      await lock`select pg_advisory_xact_lock(${MIGRATION_LOCK})`;
      await migrate(drizzle(client), { migrationsFolder: path.join(process.cwd(), 'drizzle', 'migrations') });
    });
  } finally {
    await client.end({ timeout: 5 });
  }
}
