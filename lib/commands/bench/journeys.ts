import type { AppServer } from './app-server';
import type { Argon2Cost } from './argon2-cost';
import type { BenchDatabase } from './bench-database';
import { openHttpClient } from './http-client';
import { signInByApi, type Traveller } from './journey';
import { closedLoop, Durations, type Failures, type Load } from './load';
import { type Cost, observe } from './observe';
import { type Cell, type Column, printTable } from './table';

export type JourneyRun = { inFlight: number; journeys: number; seconds: number; cost: Cost; durations: Durations };

/** Drives journeys at one load. */
export async function driveJourneys(
  server: AppServer,
  database: BenchDatabase,
  nextTraveller: () => Traveller,
  load: Load,
  failures: Failures,
): Promise<JourneyRun> {
  const client = openHttpClient(server.origin, load.inFlight);
  const durations = new Durations();
  const { result, cost } = await observe(server, database, () =>
    closedLoop(load, failures, async () => void (await signInByApi(client, database, nextTraveller(), durations))),
  );
  client.close();
  return { inFlight: load.inFlight, journeys: result.done, seconds: result.seconds, cost, durations };
}

/** Operations of argon2 in a journey: one hashes the code, one checks it. */
const ARGON2_OPERATIONS = 2;

/** CPU of a journey less the raw cost of its argon2 operations, taken at the concurrency they ran with. */
export function cpuWithoutArgon2(run: JourneyRun, argon2: readonly Argon2Cost[]): number {
  const raw = (run.inFlight === 1 ? argon2[0] : argon2.at(-1))?.cpuMs ?? 0;
  return run.cost.serverCpuMs / run.journeys - ARGON2_OPERATIONS * raw;
}

const columns: Column[] = [
  { header: 'in flight' },
  { header: 'journeys' },
  { header: 'journeys/s', decimals: 1 },
  { header: 'server CPU ms/journey', decimals: 2 },
  { header: 'less raw argon2 ms', decimals: 2 },
  { header: 'RSS MiB' },
  { header: 'SQL statements/journey', decimals: 2 },
  { header: 'PostgreSQL ms/journey', decimals: 2 },
  { header: 'generator CPU %' },
];

/** `argon2`: the raw costs to subtract; null where argon2 did not run. */
export function printJourneys(title: string, runs: readonly JourneyRun[], argon2: readonly Argon2Cost[] | null): void {
  const shown = columns.filter((_, at) => argon2 !== null || at !== 4);
  const rows = runs.map((run): Cell[] => {
    const { inFlight, journeys, seconds, cost } = run;
    const each = (total: number | null) => (total === null ? null : total / journeys);
    return [
      inFlight,
      journeys,
      journeys / seconds,
      each(cost.serverCpuMs),
      ...(argon2 === null ? [] : [cpuWithoutArgon2(run, argon2)]),
      cost.rssMiB,
      each(cost.statements),
      each(cost.sqlMs),
      cost.generatorCpuMs / seconds / 10,
    ];
  });
  printTable(title, shown, rows);
}

export function printSteps(title: string, runs: readonly JourneyRun[]): void {
  const milliseconds = ['p50 ms', 'p95 ms', 'p99 ms'].map((header) => ({ header, decimals: 1 }));
  const rows = runs.flatMap(({ inFlight, durations }) =>
    durations.percentiles().map((cells): Cell[] => [inFlight, ...cells]),
  );
  printTable(title, [{ header: 'in flight' }, { header: 'step' }, ...milliseconds], rows);
}
