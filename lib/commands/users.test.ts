import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import os from 'node:os';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { sql } from 'drizzle-orm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { testDatabase } from '@/lib/db/testing/database';
import { freshPhone } from '@/lib/otp/testing';

const { db, url } = await testDatabase();
const loader = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const command = path.resolve('lib/commands/users.ts');

let folder: string;
beforeEach(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey users '));
});
afterEach(() => fs.rmSync(folder, { recursive: true }));

const write = (name: string, text: string | Buffer) => fs.writeFileSync(path.join(folder, name), text);
const read = (name: string) => fs.readFileSync(path.join(folder, name), 'utf8');

function run(...args: string[]) {
  const env = { ...process.env, DATABASE_URL: url, DEFAULT_COUNTRY: 'IN' };
  const { stdout, stderr, status } = spawnSync(process.execPath, ['--import', loader, command, ...args], {
    cwd: folder,
    env,
    encoding: 'utf8',
  });
  return { said: stdout, explained: stderr, code: status };
}

describe('npm run users', () => {
  test('imports what a spreadsheet saves: BOM, semicolons, quotes and line breaks in a cell', async () => {
    const [first, second] = [freshPhone(), freshPhone()];
    const rows = [
      `id;Phone Number;Name;Bio`,
      `1;${first};"Doe; John";"two\r\nlines"`,
      ``,
      `2;${second.slice(3)};Jane;NULL`,
      '',
    ];
    write('people.csv', `\uFEFF${rows.join('\r\n')}`);
    expect(run('import', 'people.csv')).toEqual({
      said: 'Not taken over: “id”\n2 records: 2 imported, 0 left out, 0 duplicates, 0 with an account already\n',
      explained: '',
      code: 0,
    });
    const found = await db.execute(sql`select bio from users where phone in (${first}, ${second}) order by bio`);
    expect(found).toEqual([{ bio: 'two\r\nlines' }, { bio: null }]);
  });

  test('tells by line what it leaves out, keeps it in a report without numbers, and writes nothing in a dry run', async () => {
    const phone = freshPhone();
    write(
      'people.csv',
      `phone,email\n${phone},me@example.com\n${phone},me@example.com\n12,=cmd()\n${freshPhone()},nobody\n`,
    );
    const { said, code } = run('import', 'people.csv', '--dry-run', '--report', 'report.csv');
    expect(code).toBe(2);
    expect(said).toContain('line 3  duplicate: same number as line 2');
    expect(said).toContain('4 records: 2 can be imported, 1 left out, 1 duplicates, 0 with an account already');
    expect(said).toContain('Nothing was written');
    expect(said + read('report.csv')).not.toContain(phone.slice(3));
    expect(read('report.csv').split('\n').slice(0, 3)).toEqual([
      'line,outcome,field,reason',
      '3,duplicate,phone,"same number as line 2"',
      expect.stringMatching(/^4,left_out,,/),
    ]);
    expect(await db.execute(sql`select 1 from users where phone = ${phone}`)).toHaveLength(0);
    expect(run('import', 'people.csv', '--report', 'report.csv')).toMatchObject({ code: 1, explained: /exists/ });
  });

  test('leaves out whose line does not fit, whose proof is blank, and numbers that a fixed code opens', async () => {
    const [moved, blank, good, shared] = [freshPhone(), freshPhone(), freshPhone(), freshPhone()];
    const rows = [`${moved},Doe, John,false`, `${blank},Eve,`, `${good},John,t`, `${shared},Eve,t`];
    write('people.csv', ['phone,name,is_verified', ...rows, ''].join('\n'));
    write('.env', `TEST_NUMBERS=${shared}=918275@2099-12-31\n`);
    const { said, code } = run('import', 'people.csv');
    expect(said.split('\n').slice(0, 3)).toEqual([
      'line 2  left out: it has more cells than the first line has columns',
      'line 3  left out: is_verified is neither true nor false',
      'line 5  left out: TEST_NUMBERS names its phone, whose code several people know',
    ]);
    expect(code).toBe(2);
    const made = await db.execute(sql`select phone from users where phone in (${moved}, ${blank}, ${good}, ${shared})`);
    expect(made).toEqual([{ phone: good }]);
  });

  test('shows nothing that moves a terminal', () => {
    write('odd.csv', 'phone,\u001b[2Jid\n');
    expect(run('import', 'odd.csv').said).toContain('“[2Jid”');
  });

  test('refuses a file that is none in a sentence, without a stack', () => {
    write('broken.csv', 'phone\n"+918123456789\n');
    const { said, explained, code } = run('import', 'broken.csv');
    expect([said, code]).toEqual(['', 1]);
    expect(explained).toContain('broken.csv is no CSV file from line');
    expect(explained).not.toMatch(/\n\s+at |\+91/);
  });
});
