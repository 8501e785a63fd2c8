// `npm run users`: people of another system.
import fs from 'node:fs';
import { z } from 'zod';
import { systemClock } from '../clock';
import { settings } from '../settings/settings';
import { type ImportFinding, type ImportSummary, importUsers } from '../users/import/import-users';
import { CommandError, readSettings, runCommand } from './command';
import { HELP, readArguments } from './users/arguments';
import { openUserFile } from './users/user-file';
import { withDatabase } from './with-database';

const SHOWN = 20;
const PROGRESS_EVERY = 5_000;

const { DATABASE_URL, DEFAULT_COUNTRY, ALLOWED_COUNTRIES, DORMANT_AFTER_DAYS, TEST_NUMBERS } = settings;
const schema = z.object({ DATABASE_URL, DEFAULT_COUNTRY, ALLOWED_COUNTRIES, DORMANT_AFTER_DAYS, TEST_NUMBERS });

await runCommand(main);

async function main(args: string[]): Promise<number> {
  const { help, file, dryRun, country, report } = readArguments(args);
  if (help) {
    console.log(HELP);
    return 0;
  }
  const chosen = readSettings(schema);
  const { columns, records } = await openUserFile(file);
  if (columns.ignored.length > 0) {
    console.log(`Not taken over: ${columns.ignored.map((title) => `“${shown(title)}”`).join(', ')}`);
  }
  const findings = tellTo(report);
  try {
    const summary = await withDatabase(chosen.DATABASE_URL, (db) =>
      importUsers(db, countedAloud(records), {
        now: systemClock.now(),
        country: country ?? chosen.DEFAULT_COUNTRY,
        allowedCountries: chosen.ALLOWED_COUNTRIES,
        testPhones: chosen.TEST_NUMBERS?.map(({ phone }) => phone) ?? [],
        dormantAfterDays: chosen.DORMANT_AFTER_DAYS,
        dryRun,
        tell: findings.tell,
      }),
    );
    findings.tellRest();
    console.log(summed(summary, dryRun, chosen.DORMANT_AFTER_DAYS));
    return findings.count() === 0 ? 0 : 2;
  } finally {
    findings.close();
  }
}

/** A cell as a terminal may have it. */
function shown(cell: string): string {
  return cell
    .replaceAll(/\p{C}+/gu, ' ')
    .trim()
    .slice(0, 60);
}

/** Shows how far it is, where somebody watches. */
async function* countedAloud<Item>(items: AsyncIterable<Item>): AsyncGenerator<Item> {
  let count = 0;
  for await (const item of items) {
    yield item;
    count += 1;
    if (process.stderr.isTTY && count % PROGRESS_EVERY === 0) process.stderr.write(`\r${count} records read\r`);
  }
}

/** Shows the first findings and counts the others; the report has them all. */
function tellTo(report: string | undefined) {
  let count = 0;
  const out = report === undefined ? null : openReport(report);
  return {
    tell({ line, outcome, field, reason }: ImportFinding) {
      count += 1;
      const about = outcome === 'field_dropped' ? `${field} dropped: ` : `${outcome.replace('_', ' ')}: `;
      if (count <= SHOWN) console.log(`line ${line}  ${about}${reason}`);
      if (out !== null) fs.writeSync(out, `${line},${outcome},${field ?? ''},"${reason.replaceAll('"', '""')}"\n`);
    },
    tellRest() {
      if (count <= SHOWN) return;
      console.log(`… and ${count - SHOWN} more${report === undefined ? ': --report <file.csv> keeps them all' : ''}`);
    },
    count: () => count,
    close: () => out !== null && fs.closeSync(out),
  };
}

function openReport(file: string): number {
  try {
    const out = fs.openSync(file, 'wx', 0o600);
    fs.writeSync(out, 'line,outcome,field,reason\n');
    return out;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new CommandError(
      code === 'EEXIST' ? `${file} exists: name another file for the report.` : `${file} can’t be written (${code}).`,
    );
  }
}

function summed(summary: ImportSummary, dryRun: boolean, dormantAfterDays: number): string {
  const { records, imported, leftOut, duplicates, existing, dormant } = summary;
  return [
    `${records} records: ${imported} ${dryRun ? 'can be imported' : 'imported'}, ${leftOut} left out, ${duplicates} duplicates, ${existing} with an account already`,
    dormant > 0 &&
      `${dormant} of them last signed in over ${dormantAfterDays} days ago (DORMANT_AFTER_DAYS): their numbers don’t open them by a code alone`,
    dryRun && 'Nothing was written: this was a dry run.',
  ]
    .filter(Boolean)
    .join('\n');
}
