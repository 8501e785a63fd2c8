import fs from 'node:fs';
import { pipeline } from 'node:stream';
import { CsvError, parse } from 'csv-parse';
import { type Columns, readColumns, recordOf } from '../../users/import/columns';
import type { NumberedRecord } from '../../users/import/import-users';
import { CommandError } from '../command';

/** Longest record: far beyond what the fields may hold, and what an unclosed quote swallows before it is noticed. */
const RECORD_CHARACTERS = 64 * 1024;
const HEADER_BYTES = 16 * 1024;

/**
 * Opens a CSV file (UTF-8; comma, semicolon or tab between the fields, as its first line has it) and reads its header.
 * The records are read while they are asked for, so that a file may be larger than memory.
 *
 * @throws {CommandError} when it can't be read, here or while reading on.
 */
export async function openUserFile(
  file: string,
): Promise<{ columns: Columns; records: AsyncIterable<NumberedRecord> }> {
  const rows = readRows(file);
  const header = await rows.next();
  if (header.done) {
    throw new CommandError(`${file} is empty.`);
  }
  const read = readColumns(header.value.cells);
  if (!read.ok) {
    throw new CommandError(read.problem);
  }
  return { columns: read.columns, records: recordsOf(rows, read.columns) };
}

type Row = { line: number; cells: string[] };

async function* recordsOf(rows: AsyncGenerator<Row>, columns: Columns): AsyncGenerator<NumberedRecord> {
  for await (const { line, cells } of rows) {
    yield { line, record: recordOf(columns, cells) };
  }
}

async function* readRows(file: string): AsyncGenerator<Row> {
  try {
    const parser = parse({
      bom: true,
      delimiter: delimiterOf(file),
      info: true,
      max_record_size: RECORD_CHARACTERS,
      relax_column_count: true,
      skip_records_with_empty_values: true,
    });
    // What goes wrong with either ends the parser, and so the loop.
    pipeline(fs.createReadStream(file), parser, () => {});
    for await (const { record, info } of parser as AsyncIterable<{ record: string[]; info: { lines: number } }>) {
      yield { line: info.lines, cells: record };
    }
  } catch (error) {
    throw explained(file, error);
  }
}

/** The one of the usual three that the first line has most of. */
function delimiterOf(file: string): string {
  const handle = fs.openSync(file, 'r');
  try {
    const kind = fs.fstatSync(handle);
    if (!kind.isFile() && !kind.isDirectory()) {
      throw new CommandError(`${file} can’t be read twice: save it as a file first.`);
    }
    const start = Buffer.alloc(HEADER_BYTES);
    const [header = ''] = start.toString('utf8', 0, fs.readSync(handle, start)).split(/[\r\n]/, 1);
    const count = (delimiter: string) => header.split(delimiter).length;
    return [',', ';', '\t'].reduce((best, next) => (count(next) > count(best) ? next : best));
  } finally {
    fs.closeSync(handle);
  }
}

function explained(file: string, error: unknown): unknown {
  if (error instanceof CsvError) {
    // The parser goes on to quote what it stumbled over, which may be somebody's number.
    const problem = error.message.replace(/, value is .*/s, '');
    return new CommandError(`${file} is no CSV file from line ${error.lines ?? '?'} on: ${problem}`);
  }
  const { code } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new CommandError(`There is no file ${file}.`);
  return code ? new CommandError(`${file} can’t be read (${code}).`) : error;
}
