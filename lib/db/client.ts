import { drizzle, type PostgresJsDatabase } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { databasePolicy } from '../policy';
import { currentRequest } from '../request-context';
import { createPool, type Pool } from './pool';

/** Statements, and no transactions: each step is one statement (decision 3). */
export type Database = Omit<PostgresJsDatabase, 'transaction'>;

/** An open pool. `close` waits for what is running, at most five seconds. */
export type DatabaseHandle = { db: Database; close(): Promise<void> };

/**
 * Opens a pool on `url`; nothing is connected before the first statement. When the server goes away, statements fail
 * within {@link databasePolicy} and the pool connects again by itself.
 */
export function openDatabase(url: string, maxConnections: number): DatabaseHandle {
  // `?prepare=false` is for poolers in transaction mode: they keep neither prepared statements nor start-up parameters.
  const pooled = new URL(url).searchParams.get('prepare') === 'false';
  /** How Drizzle wants values read and written: it fills this in when it is given its client, and connections are made later. */
  const types = { parsers: {}, serializers: {} };
  const pool = createPool(() => {
    const connection = postgres(url, {
      max: 1,
      connect_timeout: databasePolicy.connectSeconds,
      // A short, constant pause: the default grows to 20 s, and statements would wait for it.
      backoff: () => 0.1,
      onnotice: () => undefined,
      connection: {
        application_name: 'latchkey',
        ...(pooled ? {} : { statement_timeout: databasePolicy.statementMilliseconds }),
      },
    });
    Object.assign(connection.options.parsers, types.parsers);
    Object.assign(connection.options.serializers, types.serializers);
    return connection;
  }, maxConnections);
  const client = clientOf(pool, types) as unknown as postgres.Sql;
  return { db: drizzle(client, { casing: 'snake_case' }), close: pool.close };
}

/** As much of a postgres.js client as Drizzle uses outside of transactions. */
function clientOf(pool: Pool, options: object) {
  return {
    options,
    unsafe(text: string, parameters: never[]) {
      // Now: whoever awaits the thenable below does so outside of its request.
      const request = currentRequest();
      const run = async (rows: 'objects' | 'values') => {
        try {
          return await pool.run(request, (connection): PromiseLike<unknown> => {
            // Drizzle asks for unprepared statements, which cost a second round trip each, and a plan of their own.
            const query = connection.unsafe(text, parameters, { prepare: true });
            return rows === 'values' ? query.values() : query;
          });
        } catch (error) {
          request.databaseFailed ||= isDatabaseUnavailable(error);
          throw error;
        }
      };
      const then: Promise<unknown>['then'] = (...handlers) => run('objects').then(...handlers);
      return { then, values: () => run('values') };
    },
  };
}

const connectionErrors = new Set([
  'POOL_BUSY',
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
 * True when the database could not answer: gone, starting, full (SQLSTATE classes 08, 53, 57), busy — as opposed to a fault
 * in a statement of ours.
 */
export function isDatabaseUnavailable(error: unknown): boolean {
  return codesOf(error).some((code) => connectionErrors.has(code) || /^(08|53|57)/.test(code));
}

/** True when the database is well and a statement only waited too long for a connection. */
export const isPoolBusy = (error: unknown): boolean => codesOf(error).includes('POOL_BUSY');

/** SQLSTATE of a failed statement, or null. */
export const sqlState = (error: unknown): string | null =>
  codesOf(error).find((code) => /^[0-9A-Z]{5}$/.test(code)) ?? null;

/** The codes of an error and of what caused it. */
function codesOf(error: unknown): string[] {
  const codes: string[] = [];
  for (let cause: unknown = error; cause instanceof Error; cause = cause.cause) {
    const { code } = cause as { code?: unknown };
    if (typeof code === 'string') codes.push(code);
  }
  return codes;
}
