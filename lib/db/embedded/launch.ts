import { spawn } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { clusterPaths } from './cluster';
import { type Hold, readState, stateFileOf, takeHold } from './hold';
import { serverEnvironment, type ServerUser } from './server-user';
import { serverSettings } from './settings';

const POLL_MS = 10;

/** What `supervisor.mjs` is told, as JSON in its only argument. */
export type SupervisorPlan = {
  binFolder: string;
  data: string;
  port: number;
  settings: string[];
  log: string;
  stateFile: string;
  user: ServerUser;
  viaPgCtl: boolean;
};

export type Launch = { folder: string; binFolder: string; user: ServerUser; durable: boolean; viaPgCtl: boolean };

/** Starts a server under a supervisor of its own. Without success (someone else may have been faster): undefined. */
export async function launch({ folder, durable, ...how }: Launch): Promise<Hold | undefined> {
  const { data } = clusterPaths(folder);
  const port = await choosePort(readState(folder)?.port);
  const log = logFileOf(folder);
  const plan: SupervisorPlan = {
    ...how,
    data,
    port,
    settings: serverSettings({ port, durable }),
    log,
    stateFile: stateFileOf(folder),
  };
  const supervisor = spawnSupervisor(plan);
  const ended = once(supervisor, 'exit').then(
    () => true,
    () => true,
  );
  for (;;) {
    const hold = await takeHold(folder, data);
    if (hold) return hold;
    if (await Promise.race([ended, sleep(POLL_MS, false)])) return takeHold(folder, data);
  }
}

function spawnSupervisor(plan: SupervisorPlan) {
  // pg_ctl opens the log itself, and Windows lets only one have it.
  const log = plan.viaPgCtl ? undefined : fs.openSync(plan.log, 'a', 0o600);
  const script = path.join(/* turbopackIgnore: true */ process.cwd(), 'lib', 'db', 'embedded', 'supervisor.mjs');
  const supervisor = spawn(/* turbopackIgnore: true */ process.execPath, [script, JSON.stringify(plan)], {
    // A group of its own: a Ctrl-C in the terminal must not reach it.
    detached: true,
    windowsHide: true,
    // Not in the project: Windows can't delete a folder that a process stands in.
    cwd: plan.viaPgCtl ? os.tmpdir() : path.dirname(plan.stateFile),
    env: serverEnvironment(),
    stdio: ['ignore', log ?? 'ignore', log ?? 'ignore'],
  });
  supervisor.unref();
  if (log !== undefined) fs.closeSync(log);
  return supervisor;
}

/** The port of last time where it is free, so that other programs' saved connections keep working. */
async function choosePort(preferred: number | undefined): Promise<number> {
  return (preferred !== undefined && (await tryPort(preferred))) || (await tryPort(0)) || 0;
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = net.createServer().once('error', () => resolve(undefined));
    probe.listen(port, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' ? address?.port : undefined));
    });
  });
}

export function logFileOf(folder: string): string {
  return path.join(folder, 'server.log');
}

/** Keeps the log of this run and of the one before. */
export function rotateLog(folder: string): void {
  const log = logFileOf(folder);
  try {
    fs.renameSync(log, `${log}.1`);
  } catch {
    // There is none yet, or another process has it open.
  }
}

/** The last thing the server said before it gave up. */
export function lastFatal(folder: string): string {
  const lines = fs.existsSync(logFileOf(folder)) ? fs.readFileSync(logFileOf(folder), 'utf8').trim().split('\n') : [];
  return lines.findLast((line) => /FATAL|PANIC|Error/.test(line)) ?? lines.at(-1) ?? '';
}
