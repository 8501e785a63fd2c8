import { execFileSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { explainDatabaseError } from './explain';
import { migrateDatabase } from './migrate';
import { testDatabase } from './testing/database';

const { db, url } = await testDatabase();

describe('migrations', () => {
  it('match the tables in drizzle/schema: nothing is left to generate', () => {
    const copy = mkdtempSync(path.join(os.tmpdir(), 'drift-'));
    try {
      cpSync('drizzle/migrations', copy, { recursive: true });
      const drizzleKit = path.resolve('node_modules/drizzle-kit/bin.cjs');
      execFileSync(
        process.execPath,
        [
          drizzleKit,
          'generate',
          '--dialect=postgresql',
          '--schema=./drizzle/schema/*.ts',
          `--out=${path.relative('.', copy)}`,
          '--casing=snake_case',
          '--name=drift',
        ],
        { stdio: 'pipe' },
      );
      expect(readdirSync(copy).filter((name) => name.includes('drift'))).toEqual([]);
    } finally {
      rmSync(copy, { recursive: true, force: true });
    }
  });

  it('can be applied by several instances at once, from empty, and again', async () => {
    await db.execute(sql`drop schema public cascade`);
    await db.execute(sql`drop schema if exists drizzle cascade`);
    await db.execute(sql`create schema public`);
    await Promise.all(Array.from({ length: 4 }, () => migrateDatabase(url)));
    await migrateDatabase(url);
    const [row] = await db.execute<{ applied: number }>(
      sql`select count(*)::int as applied from drizzle.__drizzle_migrations`,
    );
    expect(row?.applied).toBe(readdirSync('drizzle/migrations').filter((name) => name.endsWith('.sql')).length);
  });
});

describe('explainDatabaseError', () => {
  const explained = async (change: (address: URL) => void) => {
    const address = new URL(url);
    change(address);
    return migrateDatabase(address.href).then(
      () => 'no error',
      (error: unknown) => explainDatabaseError(address.href, error),
    );
  };

  it.each([
    ['a port where nothing listens', (address: URL) => void (address.port = '1'), /port 1, .*nothing listens there/],
    [
      'a host that does not exist',
      (address: URL) => void (address.hostname = 'nowhere.invalid'),
      /host nowhere\.invalid.*no such host/,
    ],
    ['a wrong password', (address: URL) => void (address.password = 'canary-1'), /refuses this user or password/],
    [
      'a database that does not exist',
      (address: URL) => void (address.pathname = '/nothing'),
      /database nothing.*no such database/,
    ],
  ])('names place and remedy for %s, never the password', async (_name, change, sentence) => {
    const text = await explained(change);
    expect(text).toMatch(sentence);
    expect(text).not.toContain(new URL(url).password);
    expect(text).not.toContain('canary-1');
  });
});
