import type { AppServer } from './app-server';
import type { BenchDatabase, StatementCost } from './bench-database';

/** What a piece of work cost, summed over all of it. */
export type Cost = {
  /** CPU of the server's process, user and system, all threads. */
  serverCpuMs: number;
  /** Its memory when the work ended. */
  rssMiB: number;
  /** CPU of this process: a load generator that is busy all the time measures itself. */
  generatorCpuMs: number;
  /** The app's statements; null when the database can't count. */
  statements: number | null;
  /** Time PostgreSQL spent on them. */
  sqlMs: number | null;
};

/** Runs `work` and answers its result with what it cost the server, the database and the bench. */
export async function observe<Result>(
  server: AppServer,
  database: BenchDatabase,
  work: () => Promise<Result>,
): Promise<{ result: Result; cost: Cost }> {
  const sqlBefore = sum(await database.statements());
  const serverBefore = await server.usage();
  const generatorBefore = process.cpuUsage();
  const result = await work();
  const generator = process.cpuUsage(generatorBefore);
  const serverAfter = await server.usage();
  const sqlAfter = sum(await database.statements());
  return {
    result,
    cost: {
      serverCpuMs: serverAfter.cpuMs - serverBefore.cpuMs,
      rssMiB: serverAfter.rssMiB,
      generatorCpuMs: (generator.user + generator.system) / 1000,
      statements: database.counts ? sqlAfter.calls - sqlBefore.calls : null,
      sqlMs: database.counts ? sqlAfter.totalMs - sqlBefore.totalMs : null,
    },
  };
}

function sum(statements: readonly StatementCost[]): { calls: number; totalMs: number } {
  return statements.reduce(
    (total, { calls, totalMs }) => ({ calls: total.calls + calls, totalMs: total.totalMs + totalMs }),
    { calls: 0, totalMs: 0 },
  );
}

/** Adds the cost of several rounds; memory is that of the last one. */
export function addCost(one: Cost | undefined, other: Cost): Cost {
  if (!one) return other;
  const plus = (left: number | null, right: number | null) => (left === null || right === null ? null : left + right);
  return {
    serverCpuMs: one.serverCpuMs + other.serverCpuMs,
    rssMiB: other.rssMiB,
    generatorCpuMs: one.generatorCpuMs + other.generatorCpuMs,
    statements: plus(one.statements, other.statements),
    sqlMs: plus(one.sqlMs, other.sqlMs),
  };
}
