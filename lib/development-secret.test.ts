import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, describe, expect, it } from 'vitest';
import { developmentSecret } from './development-secret';

const home = mkdtempSync(path.join(os.tmpdir(), 'development-secret-'));
afterAll(() => rmSync(home, { recursive: true }));

/** Reads the secrets of many folders in a thread of its own, beginning when all have come so far. */
function reader(folders: string[], all: number, arrived: SharedArrayBuffer): Promise<string[]> {
  const code = `
    const { parentPort, workerData: { file, folders, all, arrived } } = require('node:worker_threads');
    const { developmentSecret } = require('tsx/cjs/api').require(file, file);
    const flags = new Int32Array(arrived);
    parentPort.postMessage(folders.map((folder, turn) => {
      Atomics.add(flags, turn, 1);
      while (Atomics.load(flags, turn) < all);
      return developmentSecret(folder);
    }));`;
  const worker = new Worker(code, {
    eval: true,
    workerData: { file: path.resolve('lib/development-secret.ts'), folders, all, arrived },
  });
  return new Promise((resolve, reject) => {
    worker.once('message', resolve);
    worker.once('error', reject);
  });
}

describe('the development secret', () => {
  it('is one for all that start at once: nobody reads what is not written yet', async () => {
    const folders = Array.from({ length: 100 }, (_, turn) => path.join(home, String(turn)));
    for (const folder of folders) mkdirSync(folder);
    const arrived = new SharedArrayBuffer(4 * folders.length);
    const [one, other] = await Promise.all([reader(folders, 2, arrived), reader(folders, 2, arrived)]);
    expect(one).toEqual(other);
    expect(one.every((secret) => /^[\w-]{64}$/.test(secret))).toBe(true);
    expect(new Set(one).size).toBe(folders.length);
  });

  it('lies in a file of its owner alone, beside nothing, and stays', () => {
    const folder = path.join(home, 'stays', '.data');
    const secret = developmentSecret(folder);
    expect(developmentSecret(folder)).toBe(secret);
    expect(readdirSync(folder)).toEqual(['secret']);
    expect(statSync(path.join(folder, 'secret')).mode & 0o777).toBe(0o600);
  });

  it('is never next to nothing, whatever the file says', () => {
    const folder = path.join(home, 'empty');
    mkdirSync(folder);
    for (const text of ['', '\n', 'short']) {
      writeFileSync(path.join(folder, 'secret'), text);
      expect(() => developmentSecret(folder)).toThrow(/has no secret in it/);
    }
  });
});
