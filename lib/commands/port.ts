import { readFileSync } from 'node:fs';
import net from 'node:net';

/** Wildcard and loopback of both families: a server on any of them answers http://localhost or hides ours. */
const ADDRESSES = ['::', '0.0.0.0', '::1', '127.0.0.1'];

export const DEFAULT_PORT = 3000;

/**
 * The port from the setting (empty or missing: 3000).
 * @throws Error whose message is for the person at the terminal
 */
export function readPort(setting: string | undefined): number {
  if (!setting) return DEFAULT_PORT;
  const port = /^\d{1,5}$/.test(setting) ? Number(setting) : NaN;
  if (port >= 1 && port <= 65_535) return port;
  throw new Error(`PORT must be a number from 1 to 65535, not "${setting}".`);
}

/** Why nothing can listen on the port, in a sentence with the remedy; undefined when it is free. */
export async function whyPortIsUnusable(port: number, command: string): Promise<string | undefined> {
  const another = port < 65_535 ? port + 1 : port - 1;
  for (const address of ADDRESSES) {
    const code = await tryToListen(port, address);
    if (code === 'EADDRINUSE') {
      return `Port ${port} is already in use: stop the program that uses it, or choose another port with "PORT=${another} ${command}".`;
    }
    if (code === 'EACCES') {
      return `Port ${port} may not be used by this user: choose another port with "PORT=${DEFAULT_PORT} ${command}".`;
    }
    // Anything else, such as EADDRNOTAVAIL, means that this machine has no such address.
  }
  return undefined;
}

function tryToListen(port: number, host: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code));
    // Without dual stack, so that each address is judged for itself.
    probe.listen({ port, host, ipv6Only: true }, () => probe.close(() => resolve(undefined)));
  });
}

/**
 * Plain `next dev` without a port moves on to the next one when 3000 is taken; open tabs and configured callbacks would
 * then talk to somebody else's server. Next does not tell the process that it moved, but Linux knows how it was started:
 * without PORT, by a command line without --port. Elsewhere Next's own warning has to do; `npm run dev` never moves.
 */
export function movedFromDefaultPort(): boolean {
  if (
    process.platform !== 'linux' ||
    process.env.NODE_ENV === 'production' ||
    process.env.PORT === String(DEFAULT_PORT)
  ) {
    return false;
  }
  try {
    const environment = readFileSync('/proc/self/environ', 'utf8').split('\0');
    const commandLine = readFileSync(`/proc/${process.ppid}/cmdline`, 'utf8').split('\0');
    return (
      !environment.some((entry) => entry.startsWith('PORT=')) &&
      !commandLine.some((word) => /^(-p|--port)(=|$)/.test(word))
    );
  } catch {
    return false;
  }
}
