import { spawn } from 'node:child_process';
import os from 'node:os';

/**
 * Runs a Node program in this terminal and answers its exit code once it has ended. Signals are passed on, and this
 * process stays until the program is done with them.
 */
export function runNode(script: string, args: string[], env: NodeJS.ProcessEnv): Promise<number> {
  const child = spawn(process.execPath, [script, ...args], { stdio: 'inherit', env });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    // A Windows console tells every process by itself, and kill() there would end the program on the spot.
    process.on(signal, () => process.platform !== 'win32' && child.kill(signal));
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code, signal) => resolve(code ?? 128 + (signal ? os.constants.signals[signal] : 0)));
  });
}
