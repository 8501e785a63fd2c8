import { randomBytes } from 'node:crypto';
import postgres from 'postgres';
import { afterAll, inject } from 'vitest';
import { type DatabaseHandle, openDatabase } from '../client';

/** A database of a test file's own, with all migrations; it is dropped when the file is done. */
export async function testDatabase(maxConnections = 20): Promise<DatabaseHandle & { url: string }> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin((sql) => sql.unsafe(`create database ${name} template template_migrated`));
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  const handle = openDatabase(url.href, maxConnections);
  afterAll(async () => {
    await handle.close();
    await asAdmin((sql) => sql.unsafe(`drop database ${name} with (force)`));
  });
  return { ...handle, url: url.href };
}

async function asAdmin(work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(inject('postgresUrl'), { max: 1, onnotice: () => undefined });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
