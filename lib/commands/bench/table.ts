/** A column: its header carries the unit. Numbers stand on the right, with a fixed count of decimals. */
export type Column = { header: string; decimals?: number };
export type Cell = string | number | null;

/** Prints a titled table. Null is a dash: not measured here. */
export function printTable(title: string, columns: readonly Column[], rows: readonly (readonly Cell[])[]): void {
  const texts = rows.map((row) => columns.map(({ decimals = 0 }, at) => cellText(row[at] ?? null, decimals)));
  const widths = columns.map(({ header }, at) => Math.max(header.length, ...texts.map((row) => row[at]!.length)));
  const isText = columns.map((_, at) => rows.some((row) => typeof row[at] === 'string'));
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, at) => (isText[at] ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  ')}`.trimEnd();
  console.log(`\n${title}`);
  console.log(line(columns.map(({ header }) => header)));
  console.log(line(widths.map((width) => '-'.repeat(width))));
  for (const row of texts) console.log(line(row));
}

function cellText(cell: Cell, decimals: number): string {
  if (cell === null) return '-';
  return typeof cell === 'number' ? cell.toFixed(decimals) : cell;
}
