import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { findPackage, prepareBinaries } from './binaries';
import { clusterPaths, ensureCluster, ROLE } from './cluster';
import { EmbeddedPostgresError, USE_YOUR_OWN_SERVER } from './errors';
import { type Hold, takeHold } from './hold';
import { lastFatal, launch, logFileOf, rotateLog } from './launch';
import { findRunningServer, stopOrphan } from './lock-file';
import { findDataFolder, prepareDataFolder } from './location';
import { chooseServerUser } from './server-user';

const DATABASE = 'latchkey';
/** A server that has been ready for this long without anyone to take hold of has lost its supervisor. */
const ORPHAN_MS = 1_000;
const RETRY_MS = 100;
const GIVE_UP_AFTER_ATTEMPTS = 100;
/** Reasons to fail that pass: another starter was faster, a killed server's helpers are still ending, a lost port. */
const PASSING =
  /lock file .* already exists|lock file .* is empty|shared memory block|could not bind|Address already in use/;

export type EmbeddedPostgresOptions = {
  /** Created when missing. One server runs per folder, shared by all processes that ask for it. */
  dataDir: string;
  /** False for tests: faster, and safe against everything but a power cut. */
  durable?: boolean;
  /** Told what a person should know, one line at a time. */
  log?: (line: string) => void;
  /** How Windows starts the server; elsewhere only for tests. */
  viaPgCtl?: boolean;
};

export type EmbeddedPostgres = {
  /** With the password: not for logs. */
  url: string;
  /** True when the server was running already. */
  reused: boolean;
  /** Gives the server back. Resolves when it has stopped, or at once if other processes still use it. */
  stop(): Promise<void>;
};

/** Where this project keeps its own server's data. */
export function projectDataDir(): string {
  return path.join(/* turbopackIgnore: true */ process.cwd(), '.data', 'postgres');
}

/**
 * Starts the PostgreSQL server on `dataDir`, or joins the one that another process has started. The server stops by
 * itself when the last process that uses it has ended, in whatever way. If it is killed meanwhile it comes back at
 * the same address.
 * @throws EmbeddedPostgresError with a message for the person at the terminal
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  try {
    return await start(options, options.log ?? (() => {}));
  } catch (error) {
    if (error instanceof EmbeddedPostgresError) throw error;
    const { message } = error as Error;
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL in ${options.dataDir} could not be started: ${message}. ${USE_YOUR_OWN_SERVER}`,
      { cause: error },
    );
  }
}

async function start(options: EmbeddedPostgresOptions, log: (line: string) => void): Promise<EmbeddedPostgres> {
  const { hold, folder, reused } = await joinOrStart(options, log);
  const stop = keepHolding(hold, () => joinOrStart(options, log), log);
  try {
    return { url: await openDatabase(folder, hold.port), reused, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Takes hold again whenever the server or its supervisor was killed. Answers how to let go. */
function keepHolding(first: Hold, again: () => Promise<Started>, log: (line: string) => void): () => Promise<void> {
  let hold = first;
  let stopped = false;
  const watch = () => hold.onLost(() => void comeBack());
  const comeBack = async () => {
    try {
      hold = (await again()).hold;
    } catch (error) {
      return log(`The database stopped and did not come back. ${(error as Error).message}`);
    }
    if (stopped) return hold.release();
    if (hold.port !== first.port) log('The database came back at another address: start this program again.');
    watch();
  };
  watch();
  return () => {
    stopped = true;
    return hold.release();
  };
}

/**
 * Resolves once the server on `dataDir` has stopped, or at once if a living process uses it. For a launcher that must
 * not end before what it has started.
 */
export async function waitUntilUnusedServerStopped(dataDir: string): Promise<void> {
  await (await joinRunning(dataDir))?.hold.release();
}

type Started = { hold: Hold; folder: string; reused: boolean };

async function joinOrStart(options: EmbeddedPostgresOptions, log: (line: string) => void): Promise<Started> {
  const { dataDir, durable = true, viaPgCtl = process.platform === 'win32' } = options;
  const running = await joinRunning(dataDir);
  if (running) return running;

  const packageFolder = findPackage();
  const user = chooseServerUser(dataDir);
  const folder = prepareDataFolder(dataDir, user, log);
  const { data } = clusterPaths(folder);
  const binaries = await prepareBinaries(packageFolder, user);
  await ensureCluster(folder, binaries, user);
  if (!findRunningServer(data)) rotateLog(folder);

  let readySinceMs: number | undefined;
  for (let attempt = 1; attempt <= GIVE_UP_AFTER_ATTEMPTS; attempt += 1) {
    const server = findRunningServer(data);
    if (!server) {
      const hold = await launch({ folder, binFolder: binaries.binFolder, user, durable, viaPgCtl });
      if (hold) return { hold, folder, reused: false };
      if (!findRunningServer(data) && !PASSING.test(lastFatal(folder))) break;
      readySinceMs = undefined;
    } else if (server.ready) {
      readySinceMs ??= performance.now();
      if (performance.now() - readySinceMs > ORPHAN_MS) await stopOrphan(data, server.pid, binaries.binFolder);
    }
    await sleep(RETRY_MS);
    const hold = await takeHold(folder, data);
    if (hold) return { hold, folder, reused: true };
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL did not start: ${lastFatal(folder)}. Its log is ${logFileOf(folder)}. ` +
      `Stop what may still be using ${data} and try again. Or: ${USE_YOUR_OWN_SERVER}`,
  );
}

async function joinRunning(dataDir: string): Promise<Started | undefined> {
  const folder = findDataFolder(dataDir);
  if (!folder) return undefined;
  const hold = await takeHold(folder, clusterPaths(folder).data);
  return hold && { hold, folder, reused: true };
}

/** The address of the application's database, which is created when it is missing. */
async function openDatabase(folder: string, port: number): Promise<string> {
  const password = fs.readFileSync(clusterPaths(folder).passwordFile, 'utf8');
  const urlOf = (database: string) => `postgres://${ROLE}:${password}@127.0.0.1:${port}/${database}`;
  const missing = await query(urlOf(DATABASE), 'select 1').catch(codeOf);
  if (missing === '3D000') {
    const taken = await query(urlOf('postgres'), `create database ${DATABASE}`).catch(codeOf);
    // Another process may have created it in the same moment.
    if (taken && taken !== '42P04' && taken !== '23505') throw new Error(`create database failed (${taken})`);
  }
  return urlOf(DATABASE);
}

async function query(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

function codeOf(error: unknown): string {
  const { code } = error as { code?: string };
  if (!code) throw error;
  return code;
}
