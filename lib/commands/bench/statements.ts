import type { StatementCost } from './bench-database';
import { printTable } from './table';

/** Rarer ones are no part of a journey: migrations, the sweep, a new connection's first question. */
const LEAST_SHARE = 0.2;
const TEXT_WIDTH = 90;

/** What journeys asked of the database. `statements` must be the counts since the database was made. */
export function printStatements(statements: readonly StatementCost[]): void {
  if (statements.length === 0) return;
  const most = Math.max(...statements.map(({ calls }) => calls));
  const ofJourneys = statements
    .filter(({ calls }) => calls > most * LEAST_SHARE)
    .toSorted((one, other) => other.totalMs / other.calls - one.totalMs / one.calls);
  printTable(
    'Statements of a journey, all loads together',
    [{ header: 'mean ms', decimals: 3 }, { header: 'calls' }, { header: 'begins' }],
    ofJourneys.map(({ text, calls, totalMs }) => [totalMs / calls, calls, shortened(text)]),
  );
}

function shortened(text: string): string {
  const line = text.replace(/\s+/g, ' ').trim();
  return line.length > TEXT_WIDTH ? `${line.slice(0, TEXT_WIDTH - 1)}…` : line;
}
