import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import type { TestProject } from 'vitest/node';
import { startEmbeddedPostgres } from '../embedded/start';
import { migrateDatabase } from '../migrate';

declare module 'vitest' {
  interface ProvidedContext {
    /** A server whose database `template_migrated` has all migrations. */
    postgresUrl: string;
  }
}

/** One real PostgreSQL for the whole run; tests copy their database from a migrated template. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'latchkey-test-'));
  // As root the server runs as another user, who must get in.
  chmodSync(folder, 0o755);
  const server = await startEmbeddedPostgres({ dataDir: path.join(folder, 'postgres'), durable: false });
  const admin = postgres(server.url, { max: 1, onnotice: () => undefined });
  await admin`create database template_migrated`;
  await admin.end();
  const template = new URL(server.url);
  template.pathname = '/template_migrated';
  await migrateDatabase(template.href);
  project.provide('postgresUrl', server.url);
  return async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}
