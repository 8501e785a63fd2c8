import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { clusterPaths } from './cluster';
import { readState } from './hold';
import { type EmbeddedPostgres, startEmbeddedPostgres, waitUntilUnusedServerStopped } from './start';

/** One folder for most tests, as in a project that is started again and again. */
const base = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey embedded '));
fs.chmodSync(base, 0o755); // run as root, the server has another user
const dataDir = path.join(base, 'with spaces', 'postgres');
const servers: EmbeddedPostgres[] = [];
const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await Promise.all(servers.splice(0).map((server) => server.stop()));
  await waitUntilUnusedServerStopped(dataDir);
});
afterAll(() => fs.rmSync(base, { recursive: true, force: true }));

async function start(options: { viaPgCtl?: boolean; log?: (line: string) => void } = {}, folder = dataDir) {
  const server = await startEmbeddedPostgres({ dataDir: folder, durable: false, ...options });
  servers.push(server);
  return server;
}

/** A process of its own that uses the server until it is killed. */
async function startInAnotherProcess(): Promise<{ child: ChildProcess; url: string; reused: boolean }> {
  const fixture = path.join(import.meta.dirname, 'user-process.fixture.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', fixture, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  children.push(child);
  const [line] = (await once(child.stdout!, 'data')) as [Buffer];
  return { child, ...(JSON.parse(line.toString()) as { url: string; reused: boolean }) };
}

const KEEP = 'drop table if exists kept; create table kept as select 42 as answer';

async function query(url: string, statement: string) {
  const sql = postgres(url, { max: 1, onnotice: () => {} });
  try {
    return await sql.unsafe(statement);
  } finally {
    await sql.end();
  }
}

/** A process that has ended but was not collected yet still has its id; it has no command line any more. */
function isRunning(pid: number): boolean {
  try {
    return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8') !== '';
  } catch {
    return false;
  }
}

const serverPid = () =>
  Number.parseInt(
    fs.readFileSync(path.join(clusterPaths(fs.realpathSync(dataDir)).data, 'postmaster.pid'), 'utf8'),
    10,
  );
const supervisorPid = () => readState(fs.realpathSync(dataDir))!.supervisorPid;

async function until(what: string, holds: () => unknown, deadlineMs = 8_000): Promise<void> {
  for (const end = performance.now() + deadlineMs; !(await holds()); await sleep(10)) {
    if (performance.now() > end) throw new Error(`not within ${deadlineMs} ms: ${what}`);
  }
}

describe('the embedded PostgreSQL', () => {
  test('simultaneous starters end up on one server, the first time and later', async () => {
    expect(fs.existsSync(dataDir)).toBe(false);
    const [one, two, three] = await Promise.all([start(), startInAnotherProcess(), start()]);
    expect(new Set([one.url, two.url, three.url]).size).toBe(1);
    await servers.pop()!.stop();
    await servers.pop()!.stop();
    expect(await query(two.url, 'select 1 as still')).toEqual([{ still: 1 }]);
    two.child.kill('SIGKILL');

    await waitUntilUnusedServerStopped(dataDir);
    const again = await Promise.all([start(), start(), start(), start()]);
    expect(new Set(again.map(({ url }) => url)).size).toBe(1);
  });

  test('keeps its data over a restart, at the same address, and leaves no process behind', async () => {
    const first = await start();
    expect(first.reused).toBe(false);
    await query(first.url, KEEP);
    const processes = [serverPid(), supervisorPid()];
    await first.stop();
    await until('both processes ended', () => !processes.some(isRunning));

    const second = await start();
    expect(second.url).toBe(first.url);
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('asks for a password that only this user can read, and never shows it', async () => {
    const said: string[] = [];
    const { url } = await start({ log: (line) => said.push(line) });
    const { passwordFile } = clusterPaths(fs.realpathSync(dataDir));
    const password = fs.readFileSync(passwordFile, 'utf8');
    expect(fs.statSync(passwordFile).mode & 0o777).toBe(0o600);
    expect(new URL(url).password).toBe(password);
    expect(said.join()).not.toContain(password);
    expect(fs.readFileSync(`/proc/${supervisorPid()}/cmdline`, 'utf8')).not.toContain(password);
    await expect(query(url.replace(password, 'wrong'), 'select 1')).rejects.toMatchObject({ code: '28P01' });
  });

  test('a killed process leaves no server and no damage', async () => {
    const { child, url } = await startInAnotherProcess();
    await query(url, KEEP);
    const processes = [serverPid(), supervisorPid()];
    child.kill('SIGKILL');
    await until('both processes ended', () => !processes.some(isRunning));

    const again = await start();
    expect(await query(again.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('a Ctrl-C at the terminal reaches the server as an orderly shutdown', async () => {
    const { child } = await startInAnotherProcess();
    const processes = [serverPid(), supervisorPid()];
    child.kill('SIGINT');
    await until('both processes ended', () => !processes.some(isRunning));
    expect(fs.readFileSync(path.join(dataDir, 'server.log'), 'utf8')).toContain('database system is shut down');
  });

  test('a killed server comes back at the same address with what was committed', async () => {
    const { url, stop } = await start();
    await query(url, KEEP);
    const killed = serverPid();
    process.kill(killed, 'SIGKILL');
    await until('a new server answers', () =>
      query(url, 'select answer from kept').then(
        (rows) => rows[0]?.answer === 42 && serverPid() !== killed,
        () => false,
      ),
    );
    const processes = [serverPid(), supervisorPid()];
    await stop();
    await until('both processes ended', () => !processes.some(isRunning));
  });

  test('recovers after everything was killed', async () => {
    const { child, url } = await startInAnotherProcess();
    await query(url, KEEP);
    const server = serverPid();
    for (const pid of [child.pid!, supervisorPid(), server]) process.kill(pid, 'SIGKILL');
    const again = await start();
    expect(again.reused).toBe(false);
    expect(await query(again.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('a server whose supervisor was killed gets a new one, so that it still ends with its last user', async () => {
    const { url, stop } = await start();
    const lost = { server: serverPid(), supervisor: supervisorPid() };
    process.kill(lost.supervisor, 'SIGKILL');
    await until('a new supervisor is there', () => supervisorPid() !== lost.supervisor);
    await until('the server answers', () => query(url, 'select 1').catch(() => false));
    const server = serverPid();
    await stop();
    await until('the servers ended', () => !isRunning(lost.server) && !isRunning(server));
  });

  test('serves whoever joins until the last one has gone', async () => {
    const first = await start();
    const second = await start();
    expect(second).toMatchObject({ url: first.url, reused: true });
    await first.stop();
    expect(await query(second.url, 'select 1 as still')).toEqual([{ still: 1 }]);
    const server = serverPid();
    await second.stop();
    await until('the server ended', () => !isRunning(server));
  });

  test('works through pg_ctl, as it does on Windows', async () => {
    const first = await start({ viaPgCtl: true });
    await query(first.url, KEEP);
    const processes = [serverPid(), supervisorPid()];
    await first.stop();
    await until('both processes ended', () => !processes.some(isRunning));
    const second = await start({ viaPgCtl: true });
    expect(await query(second.url, 'select answer from kept')).toEqual([{ answer: 42 }]);
  });

  test('is not fooled by a lock file whose process id belongs to another program now', async () => {
    await (await start()).stop();
    const { data } = clusterPaths(fs.realpathSync(dataDir));
    fs.writeFileSync(path.join(data, 'postmaster.pid'), `${process.pid}\n${data}\n1700000000\n5432\n\n127.0.0.1\n`);
    expect((await start()).reused).toBe(false);
  });

  test('a project copied while its server runs gets a server of its own', async () => {
    const original = await start();
    const copy = path.join(base, 'copy');
    fs.cpSync(dataDir, copy, { recursive: true });
    const copied = await start({}, copy);
    expect(copied.reused).toBe(false);
    expect(new URL(copied.url).port).not.toBe(new URL(original.url).port);
  });

  test('says what failed, where the log is and what to do', async () => {
    await (await start()).stop();
    const { data, cluster } = clusterPaths(fs.realpathSync(dataDir));
    fs.renameSync(path.join(data, 'global', 'pg_control'), path.join(data, 'global', 'gone'));
    await expect(start()).rejects.toThrow(/did not start: .*pg_control.*Its log is .*server\.log.*DATABASE_URL/);

    fs.writeFileSync(path.join(data, 'PG_VERSION'), '17\n');
    await expect(start()).rejects.toThrow(`made by PostgreSQL 17, and this is PostgreSQL 18. Delete ${cluster}`);
  });
});
