import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { type EnvError, parseEnv } from '../env';
import { sendNotice } from '../notifications/send-notice';
import { limitedPhone } from '../phone/phone';
import type { SmsSender } from '../sms/sender';
import { changeAdminRole } from '../users/role-store';
import { sendCode } from './send-code';
import { isCurrent, parseTestNumbers } from './test-numbers';
import { depsOn, freshAddress } from './testing';
import { verifyCode } from './verify-code';

const { db } = await testDatabase();

const nobody: SmsSender = {
  name: 'nobody',
  send: async () => {
    throw new Error('a vendor was called for a test number');
  },
};
let serial = 0;
/** A fresh number that no vendor could deliver to. */
const fresh = () => `+1555010${String((serial += 1)).padStart(4, '0')}`;
const depsWith = (phone: string, until = '2126-12-31') =>
  depsOn(db, nobody, { TEST_NUMBERS: `${phone}=730518@${until}`, OTP_RESEND_SECONDS: '5' });

const trailOf = async (phone: string) => [
  ...(await db.execute<{ event: string; marked: boolean }>(sql`
    select event, coalesce((detail ->> 'test_number')::boolean, false) as marked from audit_events where phone = ${phone}
    order by created_at, id`)),
];

const signIn = (phone: string, code = '730518', profile = {}) =>
  verifyCode(depsWith(phone), { phone, code, kind: 'api', address: freshAddress(), userAgent: null, profile });

describe('a test number', () => {
  it('is sent nothing, takes its fixed code and no other, and is marked as such in the trail', async () => {
    const phone = fresh();
    expect(await sendCode(depsWith(phone), { phone, address: freshAddress() })).toMatchObject({ ok: true, phone });
    expect(await signIn(phone, '941607')).toMatchObject({ ok: false, code: 'invalid_code', attemptsLeft: 4 });
    expect(await signIn(phone)).toMatchObject({ ok: true, created: true, user: { phone, role: 'user' } });
    expect(await signIn(phone)).toMatchObject({ ok: false, code: 'code_expired' });
    expect(await trailOf(phone)).toEqual([
      { event: 'code.requested', marked: true },
      { event: 'code.attempted', marked: false },
      { event: 'code.attempted', marked: false },
      { event: 'user.created', marked: true },
      { event: 'session.created', marked: true },
    ]);
    const rows = await db.execute(sql`
      select provider, handed_over_at is not null as done, c.code_hash like '%730518%' as readable
      from sms_deliveries d join otp_challenges c on c.id = d.challenge_id where d.phone = ${phone}`);
    expect([...rows]).toEqual([{ provider: 'test-number', done: true, readable: false }]);
  });

  it('keeps to the limits of any number', async () => {
    const phone = fresh();
    const deps = depsWith(phone);
    await sendCode(deps, { phone, address: freshAddress() });
    expect(await sendCode(deps, { phone, address: freshAddress() })).toMatchObject({ code: 'resend_too_soon' });
  });

  it('is a number like any other once its last day is over', async () => {
    const phone = fresh();
    const deps = depsWith(phone, '2020-01-31');
    expect(await sendCode(deps, { phone, address: freshAddress() })).toMatchObject({ code: 'invalid_phone' });
  });

  it('is told of nothing else either', async () => {
    const phone = fresh();
    expect(await sendNotice(depsWith(phone), { phone, kind: 'passkeyAdded', text: 'Latchkey: hello.' })).toBe(true);
    const rows = await db.execute(sql`select provider from sms_deliveries where phone = ${phone}`);
    expect([...rows]).toEqual([{ provider: 'test-number' }]);
  });

  it('stays one for a code that was asked for on its last day and given after midnight', async () => {
    const phone = fresh();
    const until = '2126-12-31';
    const at = (time: string) => ({ ...depsWith(phone, until), clock: { now: () => new Date(time) } });
    const give = (time: string) =>
      verifyCode(at(time), { phone, code: '730518', kind: 'api', address: freshAddress(), userAgent: null });
    await sendCode(at('2126-12-31T23:58:00Z'), { phone, address: freshAddress() });
    expect(await give('2127-01-01T00:02:00Z')).toMatchObject({ ok: true });
    expect((await trailOf(phone)).at(-1)).toEqual({ event: 'session.created', marked: true });
    await changeAdminRole(db, { phone, grant: true, by: 'a test' });
    await db.execute(sql`delete from rate_limits where bucket like ${`%${phone}`}`);
    await sendCode(at('2126-12-31T23:59:59Z'), { phone, address: freshAddress() });
    expect(await give('2127-01-01T00:04:00Z')).toMatchObject({ ok: false, code: 'forbidden' });
    expect(await sendCode(at('2127-01-01T00:00:00Z'), { phone, address: freshAddress() })).toMatchObject({
      code: 'invalid_phone',
    });
    expect(await give('2127-01-01T00:06:00Z')).toMatchObject({ code: 'invalid_phone' });
  });

  it.each([
    ['signs nobody in who administers the app, and changes nothing of the account', 300],
    ['takes no number off an administrator whose account is dormant', 400],
  ])('%s', async (_name, unprovedDays) => {
    const phone = fresh();
    const deps = depsWith(phone);
    await sendCode(deps, { phone, address: freshAddress() });
    await signIn(phone);
    await changeAdminRole(db, { phone, grant: true, by: 'a test' });
    await db.execute(sql`
      update users set deletion_requested_at = now(), phone_proved_at = now() - make_interval(days => ${unprovedDays}::integer)
      where phone = ${phone}`);
    const account = async () => [...(await db.execute(sql`select * from users where phone = ${phone}`))];
    const before = await account();
    await db.execute(sql`delete from rate_limits where bucket like ${`%${phone}`}`);
    await sendCode(deps, { phone, address: freshAddress() });
    const profile = { firstName: 'Mallory', lastName: 'X', email: 'mallory@example.com' };
    expect(await signIn(phone, '730518', profile)).toMatchObject({ ok: false, code: 'forbidden' });
    expect(await account()).toEqual(before);
    expect((await trailOf(phone)).at(-1)).toEqual({ event: 'session.refused', marked: true });
  });

  it('has the country of its calling code in the limits', () => {
    expect(limitedPhone('+15550100001')).toEqual({ e164: '+15550100001', country: 'US', range: '+1555010' });
  });
});

describe('TEST_NUMBERS', () => {
  it('reads numbers, codes and last days', () => {
    expect(parseTestNumbers('+1 555 010 0001=730518@2026-12-31, +918123456789=908172')).toEqual({
      ok: true,
      numbers: [
        { phone: '+15550100001', code: '730518', until: '2026-12-31' },
        { phone: '+918123456789', code: '908172', until: null },
      ],
    });
  });

  it.each<[string, string]>([
    ['15550100001=730518', 'has no +number=code@date in entry 1'],
    ['+15550100001', 'has no +number=code@date in entry 1'],
    ['+1555=730518', 'has a number of an impossible length in entry 1'],
    ['+15550100001=730518@31.12.2026', 'has no date like 2026-12-31 after the @ in entry 1'],
    ['+15550100001=730518@2026-02-30', 'has no date like 2026-12-31 after the @ in entry 1'],
    ['+15550100001=730518, +1 5550100001=908172', 'names the same number twice, again in entry 2'],
    ...[
      ['111111', '000000', '121212', '112233', '123123', '111222'],
      ['123456', '987654', '890123', '024680', '135790', '246810', '123789', '123407'],
      ['147258', '159753', '963852', '147896', '321456', '145236'],
      ['123321', '730037', '199019', '202612', '152026', '311999'],
    ]
      .flat()
      .map((code): [string, string] => [
        `+15550100001=${code}`,
        'has a code that anybody would guess in entry 1: no repeats, sequences, patterns or years',
      ]),
  ])('refuses %s', (text, problem) => {
    expect(parseTestNumbers(text)).toEqual({ ok: false, problems: [problem] });
  });

  const problemsWith = (settings: Record<string, string>) => {
    try {
      parseEnv({ NODE_ENV: 'production', NEXTAUTH_SECRET: 'k9D0x!vQ2m7zR4tW8yB1nC5pL3sF6hJ0', ...settings });
      return [];
    } catch (error) {
      return (error as EnvError).problems.filter((problem) => problem.startsWith('TEST_NUMBERS'));
    }
  };

  it('stops the start where a code has the wrong length, an end is missing in public, or an administrator is named', () => {
    expect(
      problemsWith({
        APP_URL: 'https://app.example',
        ADMIN_PHONES: '+918123456789',
        TEST_NUMBERS: '+15550100001=7305@2126-01-01,+15550100002=730518,+918123456789=908172@2126-01-01',
      }),
    ).toEqual([
      'TEST_NUMBERS has a code that is not OTP_LENGTH (6) digits long in entry 1',
      'TEST_NUMBERS needs an end date (@2026-12-31) on a public origin in entry 2',
      'TEST_NUMBERS names a number of ADMIN_PHONES in entry 3',
    ]);
    expect(problemsWith({ APP_URL: 'http://localhost:3000', TEST_NUMBERS: '+15550100001=730518' })).toEqual([]);
    // A start in the night after the last day must not fail over it.
    expect(problemsWith({ APP_URL: 'https://app.example', TEST_NUMBERS: '+15550100001=730518@2020-01-01' })).toEqual(
      [],
    );
  });

  it('counts the last day as a whole, in UTC', () => {
    const number = { phone: '+15550100001', code: '730518', until: '2026-12-31' };
    expect(isCurrent(number, new Date('2026-12-31T23:59:59Z'))).toBe(true);
    expect(isCurrent(number, new Date('2027-01-01T00:00:00Z'))).toBe(false);
  });
});
