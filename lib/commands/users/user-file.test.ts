import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { CommandError } from '../command';
import { openUserFile } from './user-file';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey users '));
afterAll(() => fs.rmSync(folder, { recursive: true }));

const files: Record<string, string> = {
  'empty.csv': '',
  'quoting.csv': 'phone,name\n+918123456789"x,John\n',
  'headless.csv': '+918123456789,John\n',
};
for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(folder, name), text);

test.each([
  ['nothing.csv', 'There is no file '],
  ['.', 'can’t be read (EISDIR)'],
  ['empty.csv', 'empty.csv is empty.'],
  ['quoting.csv', 'quoting.csv is no CSV file from line 2 on'],
  ['headless.csv', 'No column is called phone'],
  ['/dev/null', '/dev/null can’t be read twice: save it as a file first.'],
])('%s is refused in a sentence that shows nobody', async (name, sentence) => {
  const readToItsEnd = async () => {
    const { records } = await openUserFile(path.resolve(folder, name));
    for await (const record of records) expect(record).toBeDefined();
  };
  const refusal: unknown = await readToItsEnd().catch((error: unknown) => error);
  expect(refusal).toBeInstanceOf(CommandError);
  expect(String(refusal)).toContain(sentence);
  expect(String(refusal)).not.toMatch(/\+91|John/);
});
