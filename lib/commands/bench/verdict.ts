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
  /** And with an idle pause in its place, one at a time. */
  pausedJourneys: readonly JourneyRun[];
  argon2: readonly Argon2Cost[];
  checks: readonly CheckRun[];
};

export function printVerdict({ journeys, bareJourneys, pausedJourneys, argon2, checks }: Measured): void {
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
  for (const { name, floor } of comparisons(checks)) {
    const shares = checks
      .filter(({ target }) => target.name === name)
      .map((run) => shareOfFloor(run, checks, floor) * 100);
    const least = targets.shareOfFloor * 100;
    rows.push(verdict(`${name}, requests/s as % of ${floor}`, shares, `>= ${least}`, 0, (share) => share >= least));
  }
  const columns = [
    { header: 'figure' },
    { header: `at ${journeys.map(({ inFlight }) => inFlight).join(' / ')} in flight` },
    { header: 'target' },
    { header: 'verdict' },
  ];
  printTable('Verdict', columns, rows);
  const waiting = pausedJourneys.map(({ cost, journeys: count }) => (cost.serverCpuMs / count).toFixed(2)).join(' / ');
  console.log(
    `  "Less raw argon2" also counts what waiting does to a processor (idle wake-ups, cold caches): with a mere pause in\n` +
      `  argon2's place a journey takes ${waiting} ms of CPU at ${pausedJourneys.map(({ inFlight }) => inFlight).join(' / ')} in flight.`,
  );
}

/** Each session check beside the static JSON route, and beside a floor of its own kind where it has one. */
function comparisons(checks: readonly CheckRun[]): { name: string; floor: string }[] {
  const [first] = checks;
  const judged = new Map(checks.map(({ target }) => [target.name, target] as const));
  return [...judged.values()]
    .filter(({ name, floor }) => name !== floor)
    .flatMap(({ name, floor }) =>
      [...new Set([first?.target.name ?? floor, floor])].map((beside) => ({ name, floor: beside })),
    );
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
