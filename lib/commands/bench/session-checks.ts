import type { AppServer } from './app-server';
import type { BenchDatabase } from './bench-database';
import { type HttpClient, openHttpClient } from './http-client';
import { closedLoop, Durations, type Failures, type Load } from './load';
import { addCost, type Cost, observe } from './observe';
import { type Cell, printTable } from './table';

/** One kind of request. `floor`: the name of the target beside whose rate this one's is put. */
export type Target = { name: string; path: string; headers: Record<string, string>; floor: string };

/** A target under one load, over all rounds. */
export type CheckRun = {
  inFlight: number;
  target: Target;
  done: number;
  seconds: number;
  cost: Cost;
  durations: Durations;
};

const DISTINCT_ADDRESSES = 250;

/**
 * Drives all targets at one load in turns of a second or less, several rounds of them: whatever else this machine does
 * meanwhile then slows the floor as much as what is compared with it.
 */
export async function driveChecks(
  server: AppServer,
  database: BenchDatabase,
  targets: readonly Target[],
  load: Load,
  rounds: number,
  failures: Failures,
): Promise<CheckRun[]> {
  const client = openHttpClient(server.origin, load.inFlight);
  const runs = new Map<Target, CheckRun>();
  for (let round = 0; round < rounds; round += 1) {
    for (const target of targets) {
      const durations = runs.get(target)?.durations ?? new Durations();
      const { result, cost } = await observe(server, database, () =>
        closedLoop(load, failures, requester(client, target, durations)),
      );
      const known = runs.get(target);
      runs.set(target, {
        inFlight: load.inFlight,
        target,
        done: result.done + (known?.done ?? 0),
        seconds: result.seconds + (known?.seconds ?? 0),
        cost: addCost(known?.cost, cost),
        durations,
      });
    }
  }
  client.close();
  return [...runs.values()];
}

function requester(client: HttpClient, target: Target, durations: Durations): () => Promise<void> {
  let sent = 0;
  return async () => {
    sent += 1;
    const headers = { ...target.headers, 'x-forwarded-for': `10.200.0.${sent % DISTINCT_ADDRESSES}` };
    await durations.time(target.name, () =>
      client.request({ step: target.name, method: 'GET', path: target.path, headers }),
    );
  };
}

/** Requests a second as a share of the floor's under the same load. */
export function shareOfFloor(run: CheckRun, runs: readonly CheckRun[], floorName = run.target.floor): number {
  const floor = runs.find(({ inFlight, target }) => inFlight === run.inFlight && target.name === floorName);
  return floor ? run.done / run.seconds / (floor.done / floor.seconds) : Number.NaN;
}

export function printChecks(title: string, runs: readonly CheckRun[]): void {
  const columns = [
    { header: 'in flight' },
    { header: 'request' },
    { header: 'requests/s' },
    { header: '% of floor' },
    { header: 'floor' },
    { header: 'p50 ms', decimals: 2 },
    { header: 'p95 ms', decimals: 2 },
    { header: 'p99 ms', decimals: 2 },
    { header: 'server CPU ms', decimals: 3 },
    { header: 'SQL statements', decimals: 2 },
    { header: 'RSS MiB' },
    { header: 'generator CPU %' },
  ];
  const rows = runs.map((run): Cell[] => {
    const { inFlight, target, done, seconds, cost, durations } = run;
    const [, p50 = null, p95 = null, p99 = null] = durations.percentiles()[0] ?? [];
    return [
      inFlight,
      target.name,
      done / seconds,
      shareOfFloor(run, runs) * 100,
      target.floor,
      p50,
      p95,
      p99,
      cost.serverCpuMs / done,
      cost.statements === null ? null : cost.statements / done,
      cost.rssMiB,
      cost.generatorCpuMs / seconds / 10,
    ];
  });
  printTable(title, columns, rows);
}
