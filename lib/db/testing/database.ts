import { randomBytes } from 'node:crypto';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { afterAll, inject } from 'vitest';
import { type Database, type DatabaseHandle, openDatabase } from '../client';

type TestDatabase = DatabaseHandle & {
  url: string;
  /** A transaction over several statements, on a connection of its own: what somebody else can hold. The app has none. */
  transaction<Value>(work: (tx: Database) => Promise<Value>): Promise<Value>;
};

/** A database of a test file's own, with all migrations; it is dropped when the file is done. */
export async function testDatabase(maxConnections = 20): Promise<TestDatabase> {
  const name = `test_${randomBytes(6).toString('hex')}`;
  await asAdmin((sql) => sql.unsafe(`create database ${name} template template_migrated`));
  const url = new URL(inject('postgresUrl'));
  url.pathname = `/${name}`;
  const handle = openDatabase(url.href, maxConnections);
  afterAll(async () => {
    await handle.close();
    await asAdmin((sql) => sql.unsafe(`drop database ${name} with (force)`));
  });
  return { ...handle, url: url.href, transaction: (work) => transactionOn(url.href, work) };
}

async function transactionOn<Value>(url: string, work: (tx: Database) => Promise<Value>): Promise<Value> {
  const client = postgres(url, { max: 1, onnotice: () => undefined });
  try {
    return await drizzle(client, { casing: 'snake_case' }).transaction(work);
  } finally {
    await client.end();
  }
}

async function asAdmin(work: (sql: postgres.Sql) => Promise<unknown>): Promise<void> {
  const sql = postgres(inject('postgresUrl'), { max: 1, onnotice: () => undefined });
  try {
    await work(sql);
  } finally {
    await sql.end();
  }
}
