import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { databasePolicy } from '../policy';

export type Database = PostgresJsDatabase;

/** An open pool. `close` waits for what is running, at most five seconds. */
export type DatabaseHandle = { db: Database; close(): Promise<void> };

/**
 * Opens a pool on `url`; nothing is connected before the first statement. When the server goes away, statements fail
 * within {@link databasePolicy} and the pool connects again by itself.
 */
export function openDatabase(url: string, maxConnections: number): DatabaseHandle {
  // `?prepare=false` is for poolers in transaction mode: they keep neither prepared statements nor start-up parameters.
  const pooled = new URL(url).searchParams.get('prepare') === 'false';
  const client = postgres(url, {
    max: maxConnections,
    connect_timeout: databasePolicy.connectSeconds,
    // A short, constant pause: the default grows to 20 s, and statements would wait for it.
    backoff: () => 0.1,
    onnotice: () => undefined,
    connection: {
      application_name: 'latchkey',
      ...(pooled ? {} : { statement_timeout: databasePolicy.statementMilliseconds }),
    },
  });
  // Drizzle asks for unprepared statements, which cost a second round trip each.
  const unsafe = client.unsafe.bind(client);
  client.unsafe = ((query, parameters, options) =>
    withDeadline(unsafe(query, parameters, { prepare: true, ...options }))) as typeof client.unsafe;
  return { db: drizzle(client, { casing: 'snake_case' }), close: () => client.end({ timeout: 5 }) };
}

/**
 * `statement_timeout` is the server's to keep. One that is stopped or cut off keeps nothing, and the driver would wait for
 * ever: so we stop waiting. The connection goes on when the server answers.
 */
function withDeadline<Query extends PromiseLike<unknown>>(query: Query): Query {
  const pending = query as unknown as { state: unknown; cancel(): void; reject(error: Error): void };
  const timer = setTimeout(() => {
    if (pending.state) {
      pending.reject(Object.assign(new Error('the database did not answer in time'), { code: 'ETIMEDOUT' }));
    } else {
      // Still in line for a connection: it must not run after its caller was told that it failed.
      pending.cancel();
    }
  }, databasePolicy.answerMilliseconds);
  const done = () => clearTimeout(timer);
  query.then(done, done);
  return query;
}

const connectionErrors = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EHOSTUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'EAI_AGAIN',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  'CONNECTION_ENDED',
  'CONNECTION_DESTROYED',
]);

/**
 * True when the database could not answer: gone, starting, full (SQLSTATE classes 08, 53, 57) — as opposed to a fault
 * in a statement of ours.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = (cause as { code?: unknown }).code;
    if (typeof code === 'string' && (connectionErrors.has(code) || /^(08|53|57)/.test(code))) {
      return true;
    }
  }
  return false;
}

/** SQLSTATE of a failed statement, or null. */
export function sqlState(error: unknown): string | null {
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const code = (cause as { code?: unknown }).code;
    if (typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code)) {
      return code;
    }
  }
  return null;
}
