// `npm start`: `next start` on PORT and HOSTNAME, with one clear sentence when the port is taken.
import os from 'node:os';
import nextEnv from '@next/env';
import { readPort, whyPortIsUnusable } from './port';
import { nextBinary, runNode } from './run-node';

nextEnv.loadEnvConfig(process.cwd(), false, { info: () => {}, error: console.error });
process.exitCode = await main();

async function main(): Promise<number> {
  let port: number;
  try {
    port = readPort(process.env.PORT);
  } catch (error) {
    console.error((error as Error).message);
    return 1;
  }
  const problem = await whyPortIsUnusable(port, 'npm start');
  if (problem) {
    console.error(problem);
    return 1;
  }
  const hostname = chosenHostname();
  const args = ['start', '--port', String(port), ...(hostname ? ['--hostname', hostname] : [])];
  return runNode(nextBinary, args, { ...process.env, NODE_ENV: 'production', PORT: String(port) });
}

/** Shells and containers set HOSTNAME to the machine's own name, which is not somebody's choice of an interface. */
function chosenHostname(): string | undefined {
  const { HOSTNAME } = process.env;
  return HOSTNAME && HOSTNAME !== os.hostname() ? HOSTNAME : undefined;
}
