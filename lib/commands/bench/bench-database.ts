import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '../../db/embedded/start';

/** Statements of the bench itself carry this and are not counted. */
const OWN = '/* bench */';

export type StatementCost = { text: string; calls: number; totalMs: number };

export type BenchDatabase = {
  /** With the password: not for the terminal. */
  url: string;
  /** For the person at the terminal. */
  description: string;
  /** Whether the server can count statements. */
  counts: boolean;
  /** The code in the newest message to a number, read off its table. Null when there is none. */
  readCode(phone: string): Promise<string | null>;
  /** What the app's statements have cost so far, by text. Empty when the server can't count. */
  statements(): Promise<StatementCost[]>;
  /** Removes everything that was made. */
  close(): Promise<void>;
};

/** A database of its own for one run: on the server of `givenUrl`, or on an embedded server in the temp folder. */
export async function openBenchDatabase(givenUrl: string | undefined): Promise<BenchDatabase> {
  return givenUrl ? openOnGivenServer(givenUrl) : openEmbedded();
}

async function openEmbedded(): Promise<BenchDatabase> {
  const dataDir = path.join(os.tmpdir(), `latchkey-bench-${randomBytes(6).toString('hex')}`);
  // The library that counts statements is only loaded while the server starts.
  const first = await startEmbeddedPostgres({ dataDir, durable: false });
  await once(first.url, `alter system set shared_preload_libraries = 'pg_stat_statements'`);
  await first.stop();
  const server = await startEmbeddedPostgres({ dataDir, durable: false });
  return connect(server.url, 'embedded, in the temp folder, not durable (fsync off)', async () => {
    await server.stop();
    fs.rmSync(fs.realpathSync(dataDir), { recursive: true, force: true });
    fs.rmSync(dataDir, { recursive: true, force: true });
  });
}

async function openOnGivenServer(givenUrl: string): Promise<BenchDatabase> {
  const name = `latchkey_bench_${randomBytes(6).toString('hex')}`;
  await once(givenUrl, `create database ${name}`);
  const url = new URL(givenUrl);
  url.pathname = `/${name}`;
  return connect(url.href, `${url.hostname}, in a database of its own`, () =>
    once(givenUrl, `drop database ${name} with (force)`),
  );
}

async function connect(url: string, description: string, remove: () => Promise<void>): Promise<BenchDatabase> {
  const sql = postgres(url, { max: 4, fetch_types: false, onnotice: () => {} });
  const counts = await countsStatements(sql);
  const version = (await sql.unsafe('show server_version'))[0]?.server_version as string;
  return {
    url,
    description: `PostgreSQL ${version}, ${description}`,
    counts,
    async readCode(phone) {
      const rows = await sql.unsafe(
        `select ${OWN} text from inbox_messages where phone = $1 order by sent_at desc limit 1`,
        [phone],
        { prepare: true },
      );
      return /\b\d{6,10}\b/.exec((rows[0]?.text as string | undefined) ?? '')?.[0] ?? null;
    },
    async statements() {
      if (!counts) return [];
      const rows = await sql.unsafe(
        `select ${OWN} query, calls::float8 as calls, total_exec_time as total_ms from pg_stat_statements
          where dbid = (select oid from pg_database where datname = current_database()) and position($1 in query) = 0`,
        [OWN],
        { prepare: true },
      );
      return rows.map((row) => ({
        text: row.query as string,
        calls: row.calls as number,
        totalMs: row.total_ms as number,
      }));
    },
    async close() {
      await sql.end({ timeout: 5 });
      await remove();
    },
  };
}

async function countsStatements(sql: postgres.Sql): Promise<boolean> {
  try {
    await sql.unsafe('create extension if not exists pg_stat_statements');
    await sql.unsafe('select 1 from pg_stat_statements limit 1');
    return true;
  } catch {
    return false;
  }
}

async function once(url: string, statement: string): Promise<void> {
  const sql = postgres(url, { max: 1, fetch_types: false, onnotice: () => {} });
  try {
    await sql.unsafe(statement);
  } finally {
    await sql.end({ timeout: 5 });
  }
}
