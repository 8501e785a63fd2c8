import { randomBytes } from 'node:crypto';
import postgres from 'postgres';

/** A new, empty database beside the one that `postgresUrl` names. The server migrates it when it starts. */
export async function createDatabase(postgresUrl: string): Promise<string> {
  const name = `e2e_${randomBytes(6).toString('hex')}`;
  const sql = postgres(postgresUrl, { max: 1, onnotice: () => undefined });
  await sql.unsafe(`create database ${name}`);
  await sql.end();
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return url.href;
}
