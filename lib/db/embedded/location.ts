import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { EmbeddedPostgresError, USE_YOUR_OWN_SERVER } from './errors';
import type { ServerUser } from './server-user';

/**
 * Makes `dataDir` a folder that the server's user can own, and returns its real path.
 *
 * Where that is impossible (as root in a project under /root, or on a mounted drive without owners and modes) `dataDir`
 * becomes a link to a folder outside the project. The link belongs to this path alone: a copied project starts with
 * its own data, and deleting `.data` begins anew as usual.
 */
export function prepareDataFolder(dataDir: string, user: ServerUser, log: (line: string) => void): string {
  const existing = findDataFolder(dataDir);
  if (existing && isUsable(existing, user)) return existing;
  if (existing && !isEmpty(existing)) {
    throw new EmbeddedPostgresError(
      `The database in ${existing} can't be used by this user. Run as the user who owns it, or delete that folder to ` +
        `begin with an empty database. Or: ${USE_YOUR_OWN_SERVER}`,
    );
  }
  // A link of another project or to nothing is in the way.
  if (!existing) fs.rmSync(dataDir, { force: true });
  // The folders above stay open: the server's user must get through them. What is inside is closed to others.
  fs.mkdirSync(path.dirname(dataDir), { recursive: true, mode: 0o755 });
  fs.mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (isUsable(dataDir, user)) return fs.realpathSync(dataDir);

  const outside = createOutside(dataDir, user);
  try {
    fs.rmdirSync(dataDir);
    fs.symlinkSync(outside, dataDir);
  } catch {
    fs.rmdirSync(outside); // another process made the link first
    return fs.realpathSync(dataDir);
  }
  log(`The database is kept in ${outside}, because its server can't work in ${dataDir}.`);
  return outside;
}

/**
 * Where the data of `dataDir` really is: the folder itself or what our own link leads to. Undefined when there is none
 * yet, which a link to nothing and the copied link of another project count as.
 */
export function findDataFolder(dataDir: string): string | undefined {
  const link = fs.lstatSync(dataDir, { throwIfNoEntry: false });
  if (!link) return undefined;
  const isOurs = !link.isSymbolicLink() || path.basename(fs.readlinkSync(dataDir)).startsWith(projectKey(dataDir));
  return isOurs && fs.existsSync(dataDir) ? fs.realpathSync(dataDir) : undefined;
}

function isEmpty(folder: string): boolean {
  try {
    return fs.readdirSync(folder).length === 0;
  } catch {
    return false; // closed to us, so there may be something
  }
}

/** PostgreSQL wants to own its folder and to be the only one who can open it. */
function isUsable(folder: string, user: ServerUser): boolean {
  if (process.platform === 'win32') return true;
  try {
    if (user) fs.chownSync(folder, user.uid >>> 0, user.gid >>> 0);
    fs.chmodSync(folder, 0o700);
  } catch {
    return false;
  }
  const { uid, mode } = fs.statSync(folder);
  if (uid !== (user ? user.uid >>> 0 : process.getuid?.()) || (mode & 0o077) !== 0) return false;
  if (!user) return true;
  // Whether that user gets through the folders above depends on more than their modes: let it try.
  const tryIt = ['-c', 'cd "$1" && : >"probe.$$" && rm "probe.$$"', 'sh', folder];
  return spawnSync('/bin/sh', tryIt, { ...user, cwd: '/', stdio: 'ignore' }).status === 0;
}

function createOutside(dataDir: string, user: ServerUser): string {
  const outside = fs.mkdtempSync(
    path.join(/* turbopackIgnore: true */ ownFolder(user !== undefined), `${projectKey(dataDir)}-`),
  );
  if (isUsable(outside, user)) return outside;
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL can keep its data neither in ${dataDir} nor in ${outside}. ${USE_YOUR_OWN_SERVER}`,
  );
}

function projectKey(dataDir: string): string {
  return `data-${createHash('sha256').update(path.resolve(dataDir)).digest('hex').slice(0, 12)}`;
}

/**
 * A folder of this program outside any project, for what must survive a restart but can't be in the project. The
 * temporary folder comes last: systems empty it. Nobody else may be able to put files there: binaries are run from it.
 */
export function ownFolder(asRoot: boolean): string {
  const permanent = asRoot ? '/var/lib/latchkey' : path.join(os.homedir(), '.latchkey');
  const temporary = path.join(os.tmpdir(), `latchkey-${process.getuid?.() ?? os.userInfo().username}`);
  for (const folder of [permanent, temporary]) {
    try {
      fs.mkdirSync(folder, { recursive: true, mode: 0o755 });
      if (process.platform === 'win32') return folder;
      const { uid, mode } = fs.lstatSync(folder);
      if (uid !== process.getuid?.() || (mode & 0o022) !== 0) continue;
      fs.chmodSync(folder, 0o755);
      fs.accessSync(folder, fs.constants.W_OK);
      return folder;
    } catch {
      continue;
    }
  }
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL needs a folder outside the project and can use neither ${permanent} nor ${temporary}. ${USE_YOUR_OWN_SERVER}`,
  );
}
