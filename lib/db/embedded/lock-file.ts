import { execFileSync, spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const POLL_MS = 20;
const STOP_MS = 15_000;

/** True while a process with this id exists, whoever owns it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What PostgreSQL writes about itself into its lock file. */
export type RunningServer = { pid: number; ready: boolean };

/**
 * The server that runs on `data`. A lock file whose process is gone or is something else by now
 * (ids are given again after a reboot, and soon in containers) is removed: PostgreSQL itself would refuse to start.
 */
export function findRunningServer(data: string): RunningServer | undefined {
  const lockFile = path.join(data, 'postmaster.pid');
  const content = fs.existsSync(lockFile) ? fs.readFileSync(lockFile, 'utf8') : '';
  const pid = Number.parseInt(content, 10);
  if (!pid) return undefined;
  if (isAlive(pid) && isServerOf(data, pid)) return { pid, ready: content.split('\n')[7]?.trim() === 'ready' };
  // Only if it is still the one that was judged.
  if (fs.existsSync(lockFile) && fs.readFileSync(lockFile, 'utf8') === content) fs.rmSync(lockFile, { force: true });
  return undefined;
}

function isServerOf(data: string, pid: number): boolean {
  try {
    if (process.platform === 'linux') return fs.readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(data);
    // Windows does not tell the command line cheaply; its PostgreSQL sees by itself whether the process is a server.
    if (process.platform === 'win32') return run('tasklist', ['/FI', `PID eq ${pid}`, '/NH']).includes('postgres');
    return run('ps', ['-ww', '-o', 'args=', '-p', String(pid)]).includes(data);
  } catch {
    return false;
  }
}

function run(command: string, args: string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', windowsHide: true });
}

/** Ends a server whose supervisor is gone, in an orderly way. */
export async function stopOrphan(data: string, pid: number, binFolder: string): Promise<void> {
  if (process.platform === 'win32') {
    spawnSync(path.join(binFolder, 'pg_ctl'), ['stop', '-m', 'fast', '-W', '-D', data], { windowsHide: true });
  } else {
    process.kill(pid, 'SIGINT');
  }
  for (let waitedMs = 0; waitedMs < STOP_MS && findRunningServer(data)?.pid === pid; waitedMs += POLL_MS) {
    await sleep(POLL_MS);
  }
}
