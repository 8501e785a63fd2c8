import { spawnSync } from 'node:child_process';
import fs from 'node:fs';

/** Who the server runs as, in the shape that `child_process` takes. Undefined: as ourselves. */
export type ServerUser = { uid: number; gid: number } | undefined;

/** `nobody` on Linux; asked for by name first because macOS numbers it differently. */
const NOBODY = 65534;

/**
 * PostgreSQL refuses to run as root. There, the server runs as whoever already owns the data (so that a developer who
 * once tries `sudo` keeps access), or as `nobody`.
 */
export function chooseServerUser(dataDir: string): ServerUser {
  if (process.getuid?.() !== 0) return undefined;
  const owner = fs.statSync(dataDir, { throwIfNoEntry: false });
  if (owner && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  return { uid: idOf('-u'), gid: idOf('-g') };
}

function idOf(flag: '-u' | '-g'): number {
  const id = Number.parseInt(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout ?? '', 10);
  // spawn() takes signed 32-bit ids only: macOS' 4294967294 is the same user as -2.
  return Number.isNaN(id) ? NOBODY : id | 0;
}

/** A small environment for the server: none of our secrets, no PG* variables that would change its behaviour. */
export function serverEnvironment(): NodeJS.ProcessEnv {
  const kept = ['PATH', 'HOME', 'TMPDIR', 'TEMP', 'TMP', 'SystemRoot', 'windir', 'ComSpec', 'USERPROFILE', 'APPDATA'];
  const environment: Record<string, string> = { LC_ALL: 'C', TZ: 'UTC' };
  for (const name of kept) if (process.env[name] !== undefined) environment[name] = process.env[name];
  return environment as NodeJS.ProcessEnv;
}
