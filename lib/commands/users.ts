// `npm run users`: people of another system.
import fs from 'node:fs';
import { parseArgs } from 'node:util';
import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max';
import { z } from 'zod';
import { systemClock } from '../clock';
import { settings } from '../settings/settings';
import { type ImportFinding, type ImportSummary, importUsers } from '../users/import/import-users';
import { CommandError, readSettings, runCommand } from './command';
import { openUserFile } from './users/user-file';
import { withDatabase } from './with-database';

const HELP = `npm run users -- import <file.csv> [--dry-run] [--country <code>] [--report <file.csv>]

Takes over the people of another system. The first line of the file names the columns; docs/moving.md lists them.
Numbers are brought into one form, what can't be used is told by its line, an account that exists is never touched.
  --dry-run          checks everything, writes nothing
  --country <code>   country of numbers without a country code, such as IN (default: DEFAULT_COUNTRY)
  --report <file>    writes everything that was told, one line each; it holds no personal data

Exits with 0 when all of the file was or can be taken over, with 2 when some of it was left out, with 1 when it could not be read to its
end: who was taken over by then stays, and the others follow when it is run again.`;

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

type Arguments = {
  help: boolean;
  file: string;
  dryRun: boolean;
  country: CountryCode | undefined;
  report: string | undefined;
};

function readArguments(args: string[]): Arguments {
  const { values, positionals } = parsed(args);
  const [step, file, ...more] = positionals;
  const help = values.help === true || step === undefined || step === 'help';
  if (!help && (step !== 'import' || file === undefined || more.length > 0)) {
    throw new CommandError(`Name one file: npm run users -- import <file.csv>\n\n${HELP}`);
  }
  const country = values.country?.trim().toUpperCase();
  if (country !== undefined && !isSupportedCountry(country)) {
    throw new CommandError('--country must be an ISO 3166 alpha-2 country code such as IN.');
  }
  return { help, file: file ?? '', dryRun: values['dry-run'] === true, country, report: values.report };
}

function parsed(args: string[]) {
  const options = {
    'dry-run': { type: 'boolean' },
    country: { type: 'string' },
    report: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${HELP}`);
  }
}
