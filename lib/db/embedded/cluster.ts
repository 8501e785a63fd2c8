import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import { isAlive } from './lock-file';
import type { Binaries } from './binaries';
import { EmbeddedPostgresError, USE_YOUR_OWN_SERVER } from './errors';
import { serverEnvironment, type ServerUser } from './server-user';

/** The one role of the embedded server; it owns everything. */
export const ROLE = 'latchkey';

/** Where things are inside the data folder. */
export function clusterPaths(folder: string) {
  const cluster = path.join(folder, 'cluster');
  return { cluster, data: path.join(cluster, 'data'), passwordFile: path.join(cluster, 'password') };
}

/**
 * Creates the database files and their password unless they exist. Both appear by one rename: a killed or a second
 * simultaneous run never leaves half of them.
 */
export async function ensureCluster(folder: string, binaries: Binaries, user: ServerUser): Promise<void> {
  const { cluster, data } = clusterPaths(folder);
  // A bundler would take these two for a wish to ship the whole project.
  if (!fs.existsSync(/* turbopackIgnore: true */ cluster)) await createCluster(folder, binaries, user);
  if (user && fs.statSync(/* turbopackIgnore: true */ data).uid !== user.uid >>> 0) giveTo(user, cluster);
  const madeBy = fs.readFileSync(path.join(data, 'PG_VERSION'), 'utf8').trim();
  if (madeBy === binaries.majorVersion) return;
  throw new EmbeddedPostgresError(
    `The database in ${data} was made by PostgreSQL ${madeBy}, and this is PostgreSQL ${binaries.majorVersion}. ` +
      `Delete ${cluster} to begin with an empty database. Or: ${USE_YOUR_OWN_SERVER}`,
  );
}

async function createCluster(folder: string, binaries: Binaries, user: ServerUser): Promise<void> {
  removeLeftovers(folder);
  const unfinished = fs.mkdtempSync(path.join(/* turbopackIgnore: true */ folder, `unfinished-${process.pid}-`));
  const passwordFile = path.join(unfinished, 'password');
  fs.writeFileSync(passwordFile, randomBytes(24).toString('hex'), { mode: 0o600 });
  if (user) giveTo(user, unfinished);
  const args = ['-D', path.join(unfinished, 'data'), '-U', ROLE, `--pwfile=${passwordFile}`, '--auth=scram-sha-256'];
  // The same Unicode rules on every platform, whatever locales it has.
  args.push('--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8');
  args.push('--no-sync', '--no-instructions');
  try {
    const options = { ...user, cwd: folder, env: serverEnvironment(), windowsHide: true };
    await promisify(execFile)(path.join(binaries.binFolder, 'initdb'), args, options);
    await renameUnlessThere(unfinished, clusterPaths(folder).cluster);
  } catch (error) {
    fs.rmSync(unfinished, { recursive: true, force: true });
    const { stderr, message } = error as Error & { stderr?: string };
    const reason = (stderr || message).trim().split('\n').join(' ');
    throw new EmbeddedPostgresError(
      `The database files could not be created in ${folder}. ${reason} ` +
        `Check the free disk space and the rights on that folder. Or: ${USE_YOUR_OWN_SERVER}`,
    );
  }
}

/** As root, to the server's user; also what root has copied from another project. */
function giveTo(user: NonNullable<ServerUser>, folder: string): void {
  const inside = fs.readdirSync(folder, { recursive: true, encoding: 'utf8' });
  for (const name of ['', ...inside]) fs.lchownSync(path.join(folder, name), user.uid >>> 0, user.gid >>> 0);
}

/** Virus scanners on Windows hold new files open for a moment: a refused rename is tried again. */
async function renameUnlessThere(from: string, to: string): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return fs.renameSync(from, to);
    } catch (error) {
      if (fs.existsSync(to)) return fs.rmSync(from, { recursive: true, force: true });
      if (attempt === 20) throw error;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** What a killed run left behind. */
function removeLeftovers(folder: string): void {
  for (const name of fs.readdirSync(folder)) {
    const pid = Number(/^unfinished-(\d+)-/.exec(name)?.[1]);
    if (pid && !isAlive(pid)) fs.rmSync(path.join(folder, name), { recursive: true, force: true });
  }
}
