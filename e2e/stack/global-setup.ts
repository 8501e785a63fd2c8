import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { ensureBuild } from '@/lib/commands/production-build';
import { startEmbeddedPostgres } from '@/lib/db/embedded/start';
import { logFileOf } from '@/lib/db/embedded/launch';
import { type App, startApp } from './app';
import { BUILD_FOLDER } from './build';
import { createDatabase } from './databases';
import { LISTED_ORIGIN, publishRun } from './run';

/**
 * One PostgreSQL and one production server for the run, with the limits of production. A proxy hop is trusted so that
 * every test can come from an address of its own.
 */
export default async function setup(): Promise<() => Promise<void>> {
  ensureBuild(BUILD_FOLDER);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey-e2e-'));
  // As root the database runs as another user, who must get through this folder to its own.
  fs.chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'postgres'), durable: false });
  const cleanUp = async () => {
    await server.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  };
  try {
    const databaseUrl = await createDatabase(server.url);
    const secret = randomBytes(33).toString('base64');
    const serverLog = path.join(folder, 'server.log');
    const app = await startApp(
      {
        DATABASE_URL: databaseUrl,
        NEXTAUTH_SECRET: secret,
        SMS_PROVIDER: 'inbox',
        TRUSTED_PROXY_HOPS: '1',
        CORS_ALLOWED_ORIGINS: LISTED_ORIGIN,
      },
      serverLog,
    );
    const postgresLog = logFileOf(fs.realpathSync(path.join(folder, 'postgres')));
    publishRun({ folder, appUrl: app.url, serverLog, databaseUrl, postgresUrl: server.url, postgresLog, secret });
    return async () => {
      const leaks = await numbersInLog(databaseUrl, app);
      await app.stop();
      await cleanUp();
      if (leaks.length > 0)
        throw new Error(`The server's log of this run holds full phone numbers or codes: ${leaks.join(', ')}`);
    };
  } catch (error) {
    await cleanUp();
    throw error;
  }
}

/** Every number that was sent a code in the run, and every code, looked for in the log of the whole run. */
async function numbersInLog(databaseUrl: string, app: App): Promise<string[]> {
  const sql = postgres(databaseUrl, { max: 1 });
  const messages = await sql<{ phone: string; text: string }[]>`select phone, text from inbox_messages`;
  await sql.end();
  const log = app.log();
  const numbers = messages.map(({ phone }) => phone.slice(1)).filter((digits) => log.includes(digits));
  // A call says them digit by digit.
  const codes = messages.flatMap(({ text }) => /code is: ([\d, ]+)/.exec(text)?.[1]?.replace(/\D/g, '') ?? []);
  return [...numbers, ...codes.filter((code) => new RegExp(`(?<![\\w-])${code}(?![\\w-])`).test(log))];
}
