import { explainDatabaseError } from './db/explain';
import { startEmbeddedPostgres, projectDataDir } from './db/embedded/start';
import { migrateDatabase } from './db/migrate';
import { EnvError, env, type Env } from './env';
import { openFrontDoor } from './http/front-door';
import { server } from './server';
import { DEFAULT_PORT, movedFromDefaultPort } from './commands/port';
import { providersIn } from './sms/routes';
import { startSweeping } from './sweep';

/**
 * Everything that must be true before the first request: settings checked (all problems at once), a database running and
 * migrated, the front door watched. Ends the process with a clear sentence when it can't be.
 */
export async function startUp(): Promise<void> {
  try {
    if (movedFromDefaultPort()) {
      throw new StartUpError(
        `Port ${DEFAULT_PORT} is already in use: stop the program that uses it, or choose another port with "npx next dev --port ${DEFAULT_PORT + 1}".`,
      );
    }
    const settings = env();
    const embedded = await ensureDatabase(settings);
    // NextAuth reads its origin from here; the Host header then has no say in links and redirects, which either of these would
    // give it.
    process.env.NEXTAUTH_URL = settings.APP_URL;
    delete process.env.AUTH_TRUST_HOST;
    delete process.env.VERCEL;
    openFrontDoor(settings.TRUSTED_PROXY_HOPS, settings.APP_URL);
    startSweeping(await server());
    announce(settings, embedded);
  } catch (error) {
    say(
      error instanceof StartUpError || error instanceof EnvError
        ? error.message
        : `Start-up failed: ${(error as Error).stack}`,
    );
    process.exit(1);
  }
}

/** A reason not to start, told in one sentence for the person at the terminal. */
class StartUpError extends Error {}

/** Sees to a migrated database; true when it is the embedded one. */
async function ensureDatabase(settings: Env): Promise<boolean> {
  const given = settings.DATABASE_URL;
  const url = given ?? (await embeddedDatabase());
  try {
    await migrateDatabase(url);
  } catch (error) {
    throw new StartUpError(explainDatabaseError(url, error));
  }
  settings.DATABASE_URL = url;
  process.env.DATABASE_URL = url;
  return given === undefined;
}

async function embeddedDatabase(): Promise<string> {
  try {
    return (await startEmbeddedPostgres({ dataDir: projectDataDir(), log: say })).url;
  } catch (error) {
    throw new StartUpError((error as Error).message);
  }
}

/** Where to go, where codes appear, where the data is. */
function announce(settings: Env, embedded: boolean): void {
  const codes = settings.inbox
    ? `${settings.APP_URL}/dev/inbox (the development inbox; nothing is sent)`
    : `sent by ${providersIn(settings.routes).join(', ')}`;
  const data = embedded
    ? 'embedded PostgreSQL, kept in .data/'
    : `PostgreSQL at ${new URL(settings.DATABASE_URL ?? '').hostname}`;
  say(`\n  ${settings.APP_NAME}  ${settings.APP_URL}/auth\n  Codes     ${codes}\n  Data      ${data}\n`);
}

const say = (text: string) => process.stderr.write(`${text}\n`);
