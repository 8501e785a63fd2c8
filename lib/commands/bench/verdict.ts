import type { Argon2Cost } from './argon2-cost';
import { cpuWithoutArgon2, type JourneyRun } from './journeys';
import { type CheckRun, shareOfFloor } from './session-checks';
import { type Cell, printTable } from './table';

/** What the product promises. Times are judged for the reader; they never fail the bench, because machines differ. */
const targets = { statementsPerJourney: 10, cpuMsWithoutArgon2: 5, shareOfFloor: 0.6 } as const;

export type Measured = {
  journeys: readonly JourneyRun[];
  /** The same journeys with argon2 out of the way. */
  bareJourneys: readonly JourneyRun[];
  argon2: readonly Argon2Cost[];
  checks: readonly CheckRun[];
};

export function printVerdict({ journeys, bareJourneys, argon2, checks }: Measured): void {
  const statements = journeys.map(({ cost, journeys: count }) =>
    cost.statements === null ? null : cost.statements / count,
  );
  const bareCpu = bareJourneys.map(({ cost, journeys: count }) => cost.serverCpuMs / count);
  const rows: Cell[][] = [
    atMost('SQL statements per journey', statements, targets.statementsPerJourney, 1),
    atMost('server CPU ms per journey, argon2 replaced', bareCpu, targets.cpuMsWithoutArgon2, 2),
    atMost(
      'server CPU ms per journey, less raw argon2',
      journeys.map((run) => cpuWithoutArgon2(run, argon2)),
      targets.cpuMsWithoutArgon2,
      2,
    ),
  ];
  for (const name of new Set(
    checks.filter(({ target }) => target.floor !== target.name).map(({ target }) => target.name),
  )) {
    const runs = checks.filter(({ target }) => target.name === name);
    const floors = new Set(runs.map(({ target }) => target.floor));
    for (const floor of floors) {
      const shares = runs.map((run) => shareOfFloor(run, checks, floor) * 100);
      rows.push(
        verdict(
          `${name}, % of ${floor}`,
          shares,
          `>= ${targets.shareOfFloor * 100}`,
          0,
          (share) => share >= targets.shareOfFloor * 100,
        ),
      );
    }
  }
  const columns = [
    { header: 'figure' },
    { header: `at ${journeys.map(({ inFlight }) => inFlight).join(' / ')} in flight` },
    { header: 'target' },
    { header: 'verdict' },
  ];
  printTable('Verdict', columns, rows);
}

const atMost = (figure: string, values: readonly (number | null)[], most: number, decimals: number) =>
  verdict(figure, values, `<= ${most}`, decimals, (value) => value <= most);

/** Reached only where it is reached under every load. */
function verdict(
  figure: string,
  values: readonly (number | null)[],
  target: string,
  decimals: number,
  reaches: (value: number) => boolean,
): Cell[] {
  const known = values.filter((value) => value !== null);
  const shown = values.map((value) => value?.toFixed(decimals) ?? '-').join(' / ');
  const text = known.length === 0 ? 'not measured' : known.every(reaches) ? 'reached' : 'MISSED';
  return [figure, shown, target, text];
}
