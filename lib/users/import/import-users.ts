import type { Database } from '../../db/client';
import type { ImportField, ImportRecord } from './columns';
import { insertImported, numbersInUse } from './import-store';
import { type ImportedUser, type ReadOptions, readRecord } from './read-record';

/** A record of the file with the number of its line, the header being line 1. Null: its cells don't fit the header. */
export type NumberedRecord = { line: number; record: ImportRecord | null };

/**
 * What is told about a record. `left_out`: nobody was made of it. `duplicate`: an earlier line has the same number.
 * `exists`: the number has an account, which stays as it is. `field_dropped`: the person was taken over without that field.
 */
export type ImportFinding = {
  line: number;
  outcome: 'left_out' | 'duplicate' | 'exists' | 'field_dropped';
  field: ImportField | null;
  reason: string;
};

export type ImportSummary = {
  records: number;
  imported: number;
  leftOut: number;
  duplicates: number;
  existing: number;
  /** Imported, but the number has not been used for so long that it opens no old account (`DORMANT_AFTER_DAYS`). */
  dormant: number;
};

export type ImportOptions = ReadOptions & {
  dryRun: boolean;
  /** 0: never. */
  dormantAfterDays: number;
  tell: (finding: ImportFinding) => void;
};

/** Records that one statement takes over. */
const BATCH = 500;
const DAY_MS = 86_400_000;

const misfit = { ok: false, reason: 'it has more cells than the first line has columns' } as const;

type Waiting = { line: number; user: ImportedUser };

/**
 * Takes over the people of another system. The first line with a number wins; accounts that exist are never touched, so it may
 * be run again after it was interrupted. With `dryRun` everything is checked, the database too, and nothing is written.
 */
export async function importUsers(
  db: Database,
  records: AsyncIterable<NumberedRecord>,
  options: ImportOptions,
): Promise<ImportSummary> {
  const summary: ImportSummary = { records: 0, imported: 0, leftOut: 0, duplicates: 0, existing: 0, dormant: 0 };
  const lineOf = new Map<string, number>();
  let waiting: Waiting[] = [];
  for await (const { line, record } of records) {
    summary.records += 1;
    const read = record ? readRecord(record, options) : misfit;
    if (!read.ok) {
      summary.leftOut += 1;
      options.tell({ line, outcome: 'left_out', field: null, reason: read.reason });
      continue;
    }
    const first = lineOf.get(read.user.phone);
    if (first !== undefined) {
      summary.duplicates += 1;
      options.tell({ line, outcome: 'duplicate', field: 'phone', reason: `same number as line ${first}` });
      continue;
    }
    lineOf.set(read.user.phone, line);
    read.dropped.forEach((dropped) => options.tell({ line, outcome: 'field_dropped', ...dropped }));
    waiting.push({ line, user: read.user });
    if (waiting.length === BATCH) {
      await takeOver(db, waiting, options, summary);
      waiting = [];
    }
  }
  await takeOver(db, waiting, options, summary);
  return summary;
}

async function takeOver(db: Database, waiting: Waiting[], options: ImportOptions, summary: ImportSummary) {
  if (waiting.length === 0) return;
  const isMade = await whoIsMade(db, waiting, options.dryRun);
  for (const { line, user } of waiting) {
    if (!isMade(user.phone)) {
      summary.existing += 1;
      options.tell({ line, outcome: 'exists', field: 'phone', reason: 'the number has an account already' });
      continue;
    }
    summary.imported += 1;
    summary.dormant += isDormant(user, options) ? 1 : 0;
  }
}

async function whoIsMade(db: Database, waiting: Waiting[], dryRun: boolean): Promise<(phone: string) => boolean> {
  if (dryRun) {
    const used = await numbersInUse(
      db,
      waiting.map(({ user }) => user.phone),
    );
    return (phone) => !used.has(phone);
  }
  const made = await insertImported(
    db,
    waiting.map(({ user }) => user),
  );
  return (phone) => made.has(phone);
}

const isDormant = (user: ImportedUser, { dormantAfterDays, now }: ImportOptions) =>
  dormantAfterDays > 0 &&
  user.last_sign_in_at !== null &&
  Date.parse(user.last_sign_in_at) < now.getTime() - dormantAfterDays * DAY_MS;
