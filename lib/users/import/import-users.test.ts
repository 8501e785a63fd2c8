import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../../clock';
import { testDatabase } from '../../db/testing/database';
import { depsOn, freshPhone } from '../../otp/testing';
import { signedInWith, signInWith } from '../../sessions/testing';
import type { ImportRecord } from './columns';
import { type ImportFinding, importUsers } from './import-users';

const { db } = await testDatabase();
const deps = depsOn(db);

async function* numbered(records: (ImportRecord | null)[]) {
  for (const [index, record] of records.entries()) yield { line: index + 2, record };
}
async function imported(records: (ImportRecord | null)[], dryRun = false) {
  const findings: ImportFinding[] = [];
  const summary = await importUsers(db, numbered(records), {
    now: systemClock.now(),
    country: 'IN',
    allowedCountries: undefined,
    testPhones: [],
    dormantAfterDays: 365,
    dryRun,
    tell: (finding) => findings.push(finding),
  });
  return { summary, findings };
}
const countUsers = async () => (await db.execute<{ n: number }>(sql`select count(*)::int as n from users`))[0]?.n;

describe('an import', () => {
  it('makes accounts that their owners open with a code, and keeps what they had', async () => {
    const phone = freshPhone();
    const record = { phone, name: 'John Doe', email: 'john@example.com', bio: 'Hi', created_at: '2025-01-02' };
    expect((await imported([record])).summary).toMatchObject({ records: 1, imported: 1 });
    const [before] = await db.execute(sql`select phone_verified_at from users where phone = ${phone}`);
    expect(before).toEqual({ phone_verified_at: null });
    expect(await signInWith(deps, phone)).toMatchObject({
      ok: true,
      created: false,
      user: {
        first_name: 'John',
        last_name: 'Doe',
        email: 'john@example.com',
        email_verified: false,
        bio: 'Hi',
        is_verified: true,
        needs_profile_completion: false,
        created_at: '2025-01-02T00:00:00.000Z',
      },
    });
    const trail = await db.execute(sql`select 1 from audit_events where phone = ${phone} and event = 'user.imported'`);
    expect(trail).toHaveLength(1);
  });

  it('reports the same number written in another way, and leaves accounts that exist as they are', async () => {
    const [twice, known] = [freshPhone(), freshPhone()];
    await signedInWith(deps, known);
    const records = [{ phone: twice }, { phone: twice.slice(3), name: 'Eve' }, { phone: known, name: 'Eve' }, {}, null];
    const { summary, findings } = await imported(records);
    expect(summary).toEqual({ records: 5, imported: 1, leftOut: 2, duplicates: 1, existing: 1, dormant: 0 });
    expect(findings.map(({ line, outcome, reason }) => [line, outcome, reason])).toEqual([
      [3, 'duplicate', 'same number as line 2'],
      [5, 'left_out', 'it has no phone'],
      [6, 'left_out', 'it has more cells than the first line has columns'],
      [4, 'exists', 'the number has an account already'],
    ]);
    const names = await db.execute(sql`select 1 from users where first_name = 'Eve'`);
    expect(names).toHaveLength(0);
  });

  it('tells of a dry run what a real one does, and writes nothing', async () => {
    const known = freshPhone();
    await signedInWith(deps, known);
    const records = [{ phone: known }, ...Array.from({ length: 1200 }, () => ({ phone: freshPhone() })), {}];
    const before = await countUsers();
    const dry = await imported(records, true);
    expect(await countUsers()).toBe(before);
    expect(dry).toEqual(await imported(records));
    expect(await countUsers()).toBe((before ?? 0) + dry.summary.imported);
    expect((await imported(records)).summary).toMatchObject({ imported: 0, existing: dry.summary.imported + 1 });
  });

  it('by two at once makes each account once', async () => {
    const records = Array.from({ length: 800 }, () => ({ phone: freshPhone() }));
    const reversed = [...records].reverse();
    const both = await Promise.all([imported(records), imported(reversed)]);
    const phones = new Set(records.map(({ phone }) => phone)).size;
    expect(both[0].summary.imported + both[1].summary.imported).toBe(phones);
  });

  it('keeps inactive people suspended, and a number unused for long is no way into their account', async () => {
    const [inactive, old] = [freshPhone(), freshPhone()];
    const { summary } = await imported([
      { phone: inactive, is_active: 'false' },
      { phone: old, name: 'John Doe', last_sign_in_at: '2020-01-01' },
    ]);
    expect(summary).toMatchObject({ imported: 2, dormant: 1 });
    expect(await signInWith(deps, inactive)).toMatchObject({ ok: false, code: 'account_suspended' });
    expect(await signInWith(deps, old)).toMatchObject({ ok: true, created: true, user: { name: null } });
  });
});
