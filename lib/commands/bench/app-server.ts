import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import net from 'node:net';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { settings } from '../../settings/settings';
import { nextBinary } from '../run-node';

/** What the server's process has used since it started (all threads), and holds now. */
export type Usage = { cpuMs: number; rssMiB: number };

/** What makes and checks the hashes of codes: the real thing, or next to nothing. */
export type Hashing = 'argon2' | 'hmac';

export type AppServer = {
  origin: URL;
  usage(): Promise<Usage>;
  /**
   * Codes hashed one way can't be checked the other way: only between journeys. `pauseMs`: what an HMAC waits, idle, to
   * take as long as argon2 does.
   */
  switchHashing(to: Hashing, pauseMs?: number): Promise<void>;
  stop(): Promise<void>;
};

/** The bench's own build: neither `next dev` nor the one of the tests is disturbed. */
export const BENCH_FOLDER = '.next-bench';

const START_TIME_OUT_MS = 30_000;
const POLL_MS = 50;

/**
 * Starts the production server on a free port of the loopback interface. Limits are on, at their defaults; behind one
 * trusted proxy hop, so that each journey can come from a client address of its own.
 */
export async function startAppServer(databaseUrl: string): Promise<AppServer> {
  const port = await freePort();
  const preloads = ['meter.mjs', 'argon2-switch.mjs'].flatMap((name) => [
    '--import',
    pathToFileURL(path.join(import.meta.dirname, name)).href,
  ]);
  const origin = new URL(`http://localhost:${port}`);
  const child = spawn(
    process.execPath,
    [...profiling(), ...preloads, nextBinary, 'start', '--port', String(port), '--hostname', '127.0.0.1'],
    {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: serverEnvironment(port, origin, databaseUrl),
    },
  );
  let output = '';
  const keep = (chunk: Buffer) => (output = (output + String(chunk)).slice(-4000));
  child.stdout?.on('data', keep);
  child.stderr?.on('data', keep);
  const ended = once(child, 'exit');
  const ask = async (question: 'usage' | { hashing: Hashing; pauseMs: number }): Promise<unknown> => {
    const answer = once(child, 'message');
    child.send(question);
    const ending = ended.then(() => Promise.reject(new Error(`The server ended:\n${output}`)));
    return (await Promise.race([answer, ending]))[0];
  };
  const server: AppServer = {
    origin,
    usage: () => ask('usage') as Promise<Usage>,
    async switchHashing(hashing, pauseMs = 0) {
      await ask({ hashing, pauseMs });
    },
    async stop() {
      if (child.exitCode === null && child.signalCode === null) {
        // Windows has no signals: there the closed channel tells the server to end.
        if (process.platform === 'win32') child.disconnect();
        else child.kill('SIGTERM');
        await ended;
      }
    },
  };
  await untilHealthy(
    port,
    () => child.exitCode !== null,
    () => output,
  );
  return server;
}

/** The developer's own settings, in the environment or in .env files, must not change what is measured: they are blanked. */
function serverEnvironment(port: number, origin: URL, databaseUrl: string): NodeJS.ProcessEnv {
  return {
    ...process.env,
    ...Object.fromEntries(Object.keys(settings).map((name) => [name, ''])),
    NODE_ENV: 'production',
    NEXT_DIST_DIR: BENCH_FOLDER,
    NEXT_TELEMETRY_DISABLED: '1',
    AUTH_SECRET: '',
    NEXTAUTH_URL: '',
    APP_URL: origin.origin,
    PORT: String(port),
    DATABASE_URL: databaseUrl,
    NEXTAUTH_SECRET: randomBytes(33).toString('base64'),
    SMS_PROVIDER: 'inbox',
    TRUSTED_PROXY_HOPS: '1',
  };
}

/** BENCH_CPU_PROFILE=<folder>: the servers write V8 CPU profiles there when they stop. */
function profiling(): string[] {
  const folder = process.env.BENCH_CPU_PROFILE;
  return folder ? ['--cpu-prof', `--cpu-prof-dir=${path.resolve(folder)}`] : [];
}

async function untilHealthy(port: number, hasEnded: () => boolean, output: () => string): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < START_TIME_OUT_MS && !hasEnded()) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/health`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Error(`The server did not start:\n${output()}`);
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as net.AddressInfo;
      probe.close(() => resolve(port));
    });
  });
}
