import type { CheckLine } from './finding';

const marks = { ok: 'ok      ', warning: 'warning ', failed: 'FAILED  ' };

/** All that was found, area by area. `columns`: how wide the terminal is; without one, nothing is folded. */
export function reportOf(lines: readonly CheckLine[], columns?: number): string {
  const areas = [...new Set(lines.map(({ area }) => area))];
  const told = areas.map((area) => {
    const own = lines.filter((line) => line.area === area);
    const said = own.flatMap(({ level, text, remedy }, index) => [
      folded(`  ${marks[level]}`, text, columns),
      // What mends several lines is said once, below the last of them.
      ...(remedy && remedy !== own[index + 1]?.remedy ? [folded(' '.repeat(10), remedy, columns)] : []),
    ]);
    return `${area}\n${said.join('\n')}`;
  });
  const count = (level: CheckLine['level']) => lines.filter((line) => line.level === level).length;
  const warnings = `${count('warning')} warning${count('warning') === 1 ? '' : 's'}`;
  return `${told.join('\n\n')}\n\n${count('failed')} failed, ${warnings}, ${count('ok')} ok`;
}

/** A text behind its mark, folded between words so that each further line stands below the first one's words. */
export function folded(mark: string, text: string, columns = Infinity): string {
  const room = columns - mark.length;
  const rows: string[] = [];
  for (const word of text.split(' ')) {
    const row = rows.at(-1);
    if (row !== undefined && row.length + 1 + word.length <= room) rows[rows.length - 1] = `${row} ${word}`;
    else rows.push(word);
  }
  return mark + rows.join(`\n${' '.repeat(mark.length)}`);
}
