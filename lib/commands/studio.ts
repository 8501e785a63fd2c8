// `npm run db:studio`: Drizzle Studio on the project's database, the embedded one unless DATABASE_URL names another.
import { createRequire } from 'node:module';
import path from 'node:path';
import nextEnv from '@next/env';
import { projectDataDir, startEmbeddedPostgres } from '@/lib/db/embedded/start';
import { runNode } from './run-node';

nextEnv.loadEnvConfig(process.cwd(), true, { info: () => {}, error: console.error });

try {
  const embedded = process.env.DATABASE_URL
    ? undefined
    : await startEmbeddedPostgres({ dataDir: projectDataDir(), log: console.log });
  const drizzleKit = path.join(path.dirname(createRequire(import.meta.url).resolve('drizzle-kit')), 'bin.cjs');
  const environment = { ...process.env, DATABASE_URL: embedded?.url ?? process.env.DATABASE_URL };
  process.exitCode = await runNode(drizzleKit, ['studio', ...process.argv.slice(2)], environment);
  await embedded?.stop();
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
