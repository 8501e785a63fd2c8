import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { prepareDataFolder } from './location';

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65534, gid: 65534 };
let base: string;
const outside: string[] = [];

beforeEach(() => {
  base = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey location '));
});
afterEach(() => {
  for (const folder of [base, ...outside.splice(0)]) fs.rmSync(folder, { recursive: true, force: true });
});

function prepare(dataDir: string, said: string[] = []): string {
  const folder = prepareDataFolder(dataDir, nobody, (line) => said.push(line));
  outside.push(folder);
  return folder;
}

describe('the data folder', () => {
  test('is the one in the project, closed to others', () => {
    const dataDir = path.join(base, '.data', 'postgres');
    expect(prepareDataFolder(dataDir, undefined, () => {})).toBe(fs.realpathSync(dataDir));
    expect(fs.statSync(dataDir).mode & 0o777).toBe(0o700);
  });

  test.runIf(isRoot)('lies outside a project that the server can not enter, the same one each time', () => {
    const dataDir = path.join(base, '.data', 'postgres');
    const said: string[] = [];
    const folder = prepare(dataDir, said);
    expect(folder.startsWith(base)).toBe(false);
    expect(said).toEqual([`The database is kept in ${folder}, because its server can't work in ${dataDir}.`]);
    expect(prepare(dataDir)).toBe(folder);
  });

  test.runIf(isRoot)('is a new one for a copied project and after a reset', () => {
    const dataDir = path.join(base, 'original');
    const folder = prepare(dataDir);
    const copy = path.join(base, 'copy');
    fs.symlinkSync(fs.readlinkSync(dataDir), copy);
    expect(prepare(copy)).not.toBe(folder);

    fs.rmSync(dataDir);
    expect(prepare(dataDir)).not.toBe(folder);
  });
});
