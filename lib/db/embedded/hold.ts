import fs from 'node:fs';
import net from 'node:net';
import path from 'node:path';
import { isAlive } from './lock-file';

/** A supervisor answers at once; whoever is silent this long is a stranger on a port that was given away. */
const HELLO_MS = 3_000;
/** After a crash the server first repairs its data. */
const READY_MS = 60_000;

/** What the supervisor writes beside the data, for this user's eyes only, by one rename. */
export type SupervisorState = { supervisorPid: number; controlPort: number; token: string; data: string; port: number };

export function stateFileOf(folder: string): string {
  return path.join(folder, 'server.json');
}

/** The last supervisor that had a server on these files. It may be gone by now. */
export function readState(folder: string): SupervisorState | undefined {
  try {
    return JSON.parse(fs.readFileSync(stateFileOf(folder), 'utf8')) as SupervisorState;
  } catch {
    return undefined;
  }
}

/** While it is held, the server lives. It ends with this process at the latest. */
export type Hold = {
  port: number;
  /** Gives it back. Resolves when the server has stopped, or at once if others still hold it. */
  release(): Promise<void>;
  /** Called when the supervisor went away by itself. */
  onLost(listener: () => void): void;
};

/**
 * Takes hold of the running server on `data`, once it is ready. Undefined when there is none or it is just stopping
 * (then only after it has stopped).
 */
export async function takeHold(folder: string, data: string): Promise<Hold | undefined> {
  const state = readState(folder);
  // A project copied together with its data must not end up on the server of the original.
  if (!state || state.data !== data || !isAlive(state.supervisorPid)) return undefined;
  const socket = net.connect(state.controlPort, '127.0.0.1');
  socket.setEncoding('utf8');
  socket.on('error', () => socket.destroy());
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.write(`hold ${state.token}\n`);
  if (!(await hearsReady(socket))) return undefined;

  // A command that is done may end without giving the hold back.
  socket.unref();
  let released = false;
  return {
    port: state.port,
    async release() {
      if (!released && !socket.destroyed) {
        socket.ref();
        socket.write('release\n');
      }
      released = true;
      await closed;
    },
    onLost: (listener) => void closed.then(() => released || listener()),
  };
}

function hearsReady(socket: net.Socket): Promise<boolean> {
  return new Promise((resolve) => {
    let heard = '';
    socket.setTimeout(HELLO_MS, () => socket.destroy());
    socket.on('data', (chunk) => {
      heard += String(chunk);
      if (heard === 'held\n') socket.setTimeout(READY_MS);
      if (heard !== 'held\nready\n') return;
      socket.setTimeout(0);
      resolve(true);
    });
    socket.once('close', () => resolve(false));
  });
}
