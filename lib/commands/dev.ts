// `npm run dev`: what plain `next dev` does, plus one clear sentence when the port is taken.
import nextEnv from '@next/env';
// Imported now: a Ctrl-C also ends the compiler that a later import would need.
import { projectDataDir, waitUntilUnusedServerStopped } from '@/lib/db/embedded/start';
import { readPort, whyPortIsUnusable } from './port';
import { nextBinary, runNode } from './run-node';

const args = process.argv.slice(2);
// Next reads the .env files again, and follows changes to them only for what it did not find in its environment.
const environment = { ...process.env };
nextEnv.loadEnvConfig(process.cwd(), true, { info: () => {}, error: console.error });

process.exitCode = await main();

async function main(): Promise<number> {
  let port: number;
  try {
    port = readPort(takePortArgument(args) ?? process.env.PORT);
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
  const problem = await whyPortIsUnusable(port, 'npm run dev');
  if (problem) {
    console.error(problem);
    return 1;
  }
  const code = await runNode(nextBinary, ['dev', '--port', String(port), ...args], {
    // Next reports from a process that outlives Ctrl-C; told not to, that process ends at once. Empty: report.
    NEXT_TELEMETRY_DISABLED: '1',
    ...environment,
    PORT: String(port),
  });
  // The database stops by itself, a moment after the last process that used it: don't leave before it.
  await waitUntilUnusedServerStopped(projectDataDir());
  return code;
}

/** `-p 4000`, `--port 4000` and `--port=4000` mean the same as PORT=4000; taken out because we name the port ourselves. */
function takePortArgument(from: string[]): string | undefined {
  const at = from.findIndex((arg) => /^(-p|--port)(=|$)/.test(arg));
  if (at < 0) return undefined;
  const [, inline] = from[at]!.split('=');
  return inline === undefined ? from.splice(at, 2)[1] : (from.splice(at, 1), inline);
}
