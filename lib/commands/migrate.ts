import nextEnv from '@next/env';
import { explainDatabaseError } from '../db/explain';
import { projectDataDir, startEmbeddedPostgres } from '../db/embedded/start';
import { migrateDatabase } from '../db/migrate';

// npm run db:migrate: brings DATABASE_URL's database (or the embedded one) up to date.
nextEnv.loadEnvConfig(process.cwd(), process.env.NODE_ENV !== 'production');
const embedded = process.env.DATABASE_URL ? null : await startEmbeddedPostgres({ dataDir: projectDataDir() });
const url = process.env.DATABASE_URL ?? embedded?.url ?? '';
try {
  await migrateDatabase(url);
  console.log('The database is up to date.');
} catch (error) {
  console.error(explainDatabaseError(url, error));
  process.exitCode = 1;
} finally {
  await embedded?.stop();
}
