import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import os from 'node:os';

/** The program behind `next dev`, `next build` and `next start`. */
export const nextBinary = createRequire(import.meta.url).resolve('next/dist/bin/next');

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Runs a Node program in this terminal and answers its exit code once it has ended. Signals are passed on, and this
 * process stays until the program is done with them.
 */
export async function runNode(script: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit', env });
  const passOn = (signal: NodeJS.Signals) => {
    // A Windows console tells every process by itself, and kill() there would end the program on the spot.
    if (process.platform !== 'win32') child.kill(signal);
  };
  for (const signal of SIGNALS) process.on(signal, passOn);
  const [code, signal] = (await once(child, 'exit')) as [number | null, NodeJS.Signals | null];
  for (const name of SIGNALS) process.off(name, passOn);
  return code ?? 128 + (signal ? os.constants.signals[signal] : 0);
}
