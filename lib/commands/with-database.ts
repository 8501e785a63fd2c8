import { type Database, isDatabaseUnavailable, openDatabase, sqlState } from '../db/client';
import { explainDatabaseError } from '../db/explain';
import { projectDataDir, startEmbeddedPostgres } from '../db/embedded/start';
import { CommandError } from './command';

/**
 * Runs a command's work on DATABASE_URL's database, or on the embedded one where that is not set, and leaves everything as it
 * was: an embedded server that `npm run dev` uses goes on running.
 *
 * @throws {CommandError} when the database can't be used.
 */
export async function withDatabase<Value>(
  given: string | undefined,
  work: (db: Database, url: string) => Promise<Value>,
): Promise<Value> {
  const embedded = given ? null : await startEmbeddedPostgres({ dataDir: projectDataDir() }).catch(tell);
  const url = given ?? embedded?.url ?? '';
  const { db, close } = openDatabase(url, 2);
  try {
    return await work(db, url);
  } catch (error) {
    if (sqlState(error) === '42P01' || sqlState(error) === '42703') {
      throw new CommandError('The database is not up to date: npm run db:migrate.');
    }
    const cause = error instanceof Error && error.cause ? error.cause : error;
    throw isDatabaseUnavailable(error) ? new CommandError(explainDatabaseError(url, cause)) : error;
  } finally {
    await close();
    await embedded?.stop();
  }
}

function tell(error: unknown): never {
  throw new CommandError((error as Error).message);
}
