import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { findPackage, prepareBinaries } from './binaries';
import { chooseServerUser } from './server-user';

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) fs.rmSync(folder, { recursive: true, force: true });
});

/** A package folder, as npm leaves it when install scripts are off: without links between libraries. */
function packageFolder(): string {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey binaries '));
  folders.push(folder);
  fs.chmodSync(folder, 0o755);
  return folder;
}

describe('the binaries', () => {
  test('run although the install script of their package did not', async () => {
    const folder = packageFolder();
    const withoutLinks = (source: string) => !fs.lstatSync(source).isSymbolicLink();
    fs.cpSync(path.join(findPackage(), 'native'), path.join(folder, 'native'), {
      recursive: true,
      filter: withoutLinks,
    });
    const { binFolder, majorVersion } = await prepareBinaries(folder, chooseServerUser(folder));
    expect(binFolder).toBe(path.join(folder, 'native', 'bin'));
    expect(majorVersion).toBe('18');
    expect(fs.existsSync(path.join(folder, 'native', 'pg-symlinks.json'))).toBe(true);
  });

  test.each([
    ['win32', 'arm64'],
    ['freebsd', 'x64'],
    ['linux', 'riscv64'],
  ])('ask for DATABASE_URL on %s %s', (platform, arch) => {
    expect(() => findPackage(platform, arch)).toThrow(
      `The embedded PostgreSQL does not exist for ${platform} on ${arch}. Set DATABASE_URL`,
    );
  });

  test('say how to install a missing package', () => {
    const missing = process.platform === 'darwin' ? 'linux' : 'darwin';
    expect(() => findPackage(missing, 'x64')).toThrow(/is not installed.*npm ci.*DATABASE_URL/);
  });

  test('ask for DATABASE_URL where the C library they need does not exist', async () => {
    const folder = packageFolder();
    fs.mkdirSync(path.join(folder, 'native', 'bin'), { recursive: true });
    fs.writeFileSync(path.join(folder, 'native', 'bin', 'postgres'), '#!/no/such/loader\n', { mode: 0o755 });
    await expect(prepareBinaries(folder, undefined)).rejects.toThrow(/It needs glibc; Alpine .* Set DATABASE_URL/);
  });
});
