import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { nextBinary } from '@/lib/commands/run-node';
import { settings } from '@/lib/settings/settings';
import { BUILD_FOLDER, DEVELOPMENT_FOLDER } from './build';

const STOP_WITHIN_MS = 5_000;

export type Settings = Partial<Record<keyof typeof settings, string>>;

/** A running server. */
export type App = {
  url: string;
  pid: number;
  logFile: string;
  /** What the server has written so far, to both of its outputs. */
  log(): string;
  stop(): Promise<void>;
};

const ours = (command: string) => ['--import', 'tsx', path.join('lib', 'commands', `${command}.ts`)];
const production = { NODE_ENV: 'production', NEXT_DIST_DIR: BUILD_FOLDER } as const;

/** What runs a server: `npm start` of the tests' build, `npm run dev`, or the first without what makes each start a slow one. */
const commands = {
  start: { node: () => ours('start'), readyWithinMs: 30_000, env: production },
  // The first answer has to be compiled.
  dev: {
    node: () => ours('dev'),
    readyWithinMs: 90_000,
    env: { NODE_ENV: 'development', NEXT_DIST_DIR: DEVELOPMENT_FOLDER },
  },
  short: {
    node: (port: string) => [nextBinary, 'start', '--port', port],
    readyWithinMs: 30_000,
    env: { ...production, NEXT_LOAD_WHEN_ASKED: 'true' },
  },
} as const;

export type Launched = {
  process: ChildProcess;
  log(): string;
  exited: Promise<number | null>;
  /** Ends it at once, with all that it has started. */
  kill(): Promise<unknown>;
};

/** What may differ between servers besides their settings. */
export type How = {
  command?: keyof typeof commands;
  /** What a machine does to Node itself: fewer threads, a wrong clock. */
  machine?: Record<string, string>;
};

/** Runs the command with exactly these settings: whatever else the machine or an .env file sets is blanked out. */
export function launchApp(
  given: Settings & { PORT: string },
  logFile: string,
  { command = 'start', machine = {} }: How = {},
): Launched {
  const blank = Object.fromEntries(
    [...Object.keys(settings), 'AUTH_SECRET', 'NEXTAUTH_URL', 'HOSTNAME'].map((name) => [name, '']),
  );
  const output = fs.openSync(logFile, 'a');
  const child = spawn(process.execPath, commands[command].node(given.PORT), {
    env: {
      ...process.env,
      ...blank,
      ...commands[command].env,
      NEXT_TELEMETRY_DISABLED: '1',
      ...machine,
      ...given,
    },
    stdio: ['ignore', output, output],
    detached: process.platform !== 'win32',
  });
  fs.closeSync(output);
  const exited = once(child, 'exit').then(([code]) => code as number | null);
  const killNow = () => killGroup(child);
  // A test run that is ended in the middle leaves nothing behind.
  process.once('exit', killNow);
  void exited.then(() => process.off('exit', killNow));
  return {
    process: child,
    log: () => fs.readFileSync(logFile, 'utf8'),
    exited,
    kill() {
      killNow();
      return exited;
    },
  };
}

/** The same, once it answers. @throws with the server's last words when it does not. */
export async function startApp(given: Settings, logFile: string, how: How = {}): Promise<App> {
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const launched = launchApp({ APP_URL: url, ...given, PORT: String(port) }, logFile, how);
  await readyOrDead(url, launched, commands[how.command ?? 'start'].readyWithinMs);
  return {
    url,
    pid: launched.process.pid ?? 0,
    logFile,
    log: launched.log,
    async stop() {
      launched.process.kill('SIGTERM');
      await Promise.race([launched.exited, pause(STOP_WITHIN_MS)]);
      await launched.kill();
    },
  };
}

async function readyOrDead(url: string, launched: Launched, withinMs: number): Promise<void> {
  const deadline = Date.now() + withinMs;
  while (launched.process.exitCode === null && Date.now() < deadline) {
    const answer = await fetch(`${url}/api/health`).catch(() => null);
    if (answer?.ok) return;
    await pause(50);
  }
  await launched.kill();
  throw new Error(`The server did not start. Its log says:\n${launched.log()}`);
}

/** The command and the server it has started. */
function killGroup(child: ChildProcess): void {
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else if (child.pid) process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

export async function freePort(): Promise<number> {
  const probe = net.createServer().listen(0);
  await once(probe, 'listening');
  const { port } = probe.address() as net.AddressInfo;
  probe.close();
  await once(probe, 'close');
  return port;
}
