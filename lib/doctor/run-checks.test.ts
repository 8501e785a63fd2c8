import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock';
import { openDatabase } from '../db/client';
import { testDatabase } from '../db/testing/database';
import { depsOn, freshPhone } from '../otp/testing';
import { newId } from '../random';
import { canonicalPhone } from '../phone/phone';
import { parseSmsRoutes, routesTo, type Routes } from '../sms/routes';
import type { Finding, SendOutcome } from '../sms/sender';
import type { VendorAnswer } from '../sms/vendor-http';
import { type CheckLine, worst } from './finding';
import { type DoctorDeps, runChecks } from './run-checks';
import { sendTestMessage } from './test-message';

const { db } = await testDatabase();
beforeEach(() => db.execute(sql`delete from provider_breakers`));

const answered = (status: number, text: string): VendorAnswer => ({
  kind: 'answered',
  status,
  text,
  headers: new Headers(),
});
const healthy = answered(200, '{"status":"ok","database":"ok"}');

type Given = Partial<Omit<DoctorDeps, 'env'>> & {
  settings?: Record<string, string>;
  health?: VendorAnswer;
  receipt?: VendorAnswer;
};

const check = ({ settings, health = healthy, receipt = answered(403, ''), ...more }: Given = {}) =>
  runChecks({
    db,
    env: depsOn(db, undefined, settings).env,
    clock: systemClock,
    vendors: new Map([['inbox', { diagnose: async () => [] }]]),
    routes: routesTo('inbox'),
    call: async ({ method }) => (method === 'GET' ? health : receipt),
    ...more,
  });

const routes = (text: string): Routes => {
  const parsed = parseSmsRoutes(text);
  if (!parsed.ok) throw new Error(parsed.problems.join());
  return parsed.routes;
};
const vendor = (name: string, findings: Finding[] = []) => [name, { diagnose: async () => findings }] as const;
const publicOrigin = { APP_URL: 'https://app.example', SMS_PROVIDER: '', TRUSTED_PROXY_HOPS: '1', NODE_ENV: 'test' };
const levelOf = (lines: CheckLine[], text: string) => lines.find((line) => line.text.includes(text))?.level;

describe('runChecks', () => {
  it('finds nothing wrong with a checkout that runs, and gives every other line a remedy', async () => {
    const lines = await check();
    expect(worst(lines)).toBe('warning');
    expect(lines.filter(({ level }) => level !== 'ok').map(({ text }) => text)).toEqual([
      'Messages go to the development inbox and to nobody’s phone.',
    ]);
    for (const { level, remedy } of lines) expect(Boolean(remedy)).toBe(level !== 'ok');
    expect(lines.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^All \d+ migrations are applied\.$/));
  });

  it('never shows a secret, a password or a number', async () => {
    const secret = 'Zx81-spectrum-secret-Zx81-spectrum-9';
    const lines = await check({
      settings: { NEXTAUTH_SECRET: secret, ADMIN_PHONES: '+918123456789', TEST_NUMBERS: '+15550100001=730518' },
    });
    expect(JSON.stringify(lines)).not.toMatch(new RegExp(`${secret}|8123456789|730518|5550100001`));
  });

  it('says when the database is gone, and goes on with the rest', async () => {
    const gone = openDatabase('postgres://someone:hunter2@127.0.0.1:9/none', 1);
    const lines = await check({ db: gone.db });
    await gone.close();
    expect(levelOf(lines, 'The database does not answer')).toBe('failed');
    expect(levelOf(lines, 'The app answers at')).toBe('ok');
    expect(JSON.stringify(lines)).not.toMatch(/hunter2/);
  });

  it('names migrations that are missing, and those of a newer version', async () => {
    await db.execute(sql`update drizzle.__drizzle_migrations set created_at = created_at + 1 where id = 2`);
    const lines = await check();
    await db.execute(sql`update drizzle.__drizzle_migrations set created_at = created_at - 1 where id = 2`);
    expect(levelOf(lines, 'migrations are not applied yet: 0001_')).toBe('failed');
    expect(levelOf(lines, 'this version does not know')).toBe('warning');
  });

  it.each<[string, Record<string, string>, CheckLine['level'], string]>([
    [
      'another port than the app’s',
      { APP_URL: 'http://localhost:4000', PORT: '3000' },
      'failed',
      'APP_URL says port 4000',
    ],
    ['a weak secret', { NEXTAUTH_SECRET: 'change-me-change-me-change-me-change-me' }, 'warning', 'guessable'],
    ['test numbers past their end', { TEST_NUMBERS: '+15550100001=730518@2020-01-01' }, 'warning', 'past the end date'],
    ['test numbers that work', { TEST_NUMBERS: '+15550100001=730518' }, 'warning', 'code that never changes'],
  ])('tells of %s', async (_what, settings, level, text) => {
    expect(levelOf(await check({ settings }), text)).toBe(level);
  });

  it('tells who is tried where, asks every vendor, and names one that a route needs and nobody set up', async () => {
    const lines = await check({
      routes: routes('UZ=playmobile,twilio;*=twilio'),
      vendors: new Map([vendor('twilio', [{ level: 'failed', text: 'No credit.', remedy: 'Top up.' }])]),
    });
    expect(lines.filter(({ area }) => area === 'Messages').map(({ text }) => text)).toEqual(
      expect.arrayContaining([
        'To UZ: PlayMobile, then Twilio.',
        'To everywhere else: Twilio.',
        'A route names playmobile, which is not set up.',
      ]),
    );
    expect(lines).toContainEqual({ area: 'Twilio', level: 'failed', text: 'No credit.', remedy: 'Top up.' });
  });

  it('survives a vendor’s diagnosis that throws, without its words', async () => {
    const broken = { diagnose: () => Promise.reject(new Error('key-1234')) };
    const lines = await check({ vendors: new Map([['twilio', broken]]), routes: routesTo('twilio') });
    expect(lines.find(({ area }) => area === 'Twilio')).toMatchObject({
      level: 'failed',
      text: 'This could not be checked.',
    });
    expect(JSON.stringify(lines)).not.toContain('key-1234');
  });

  it('tells of a vendor that keeps failing', async () => {
    await db.execute(sql`
      insert into provider_breakers (provider, consecutive_failures, last_failed_at, open_until)
      values ('twilio', 7, now(), now() + interval '1 minute')`);
    expect(levelOf(await check(), 'Twilio failed 7 times in a row')).toBe('warning');
  });

  it.each<[string, VendorAnswer, CheckLine['level'], string]>([
    ['a receipt without a signature is refused', answered(403, ''), 'ok', 'one without a signature is refused'],
    ['somebody takes it', answered(200, 'ok'), 'failed', 'takes a receipt that nobody signed'],
    ['it does not get through', answered(404, ''), 'failed', 'answers a receipt with HTTP 404'],
  ])('tries the way of a receipt: %s', async (_what, receipt, level, text) => {
    const vendors = new Map([vendor('twilio'), vendor('bulksmsbd')]);
    const lines = await check({ receipt, vendors, routes: routesTo('twilio') });
    expect(levelOf(lines, text)).toBe(level);
    expect(lines.filter(({ text: each }) => each.includes('/api/webhooks/'))).toHaveLength(1);
  });

  it('calls an address that does not lead here a failure in public, and a warning on this machine', async () => {
    const silence: VendorAnswer = { kind: 'unreachable', reason: 'ENOTFOUND' };
    const env = {
      ...depsOn(db).env,
      ...publicOrigin,
      loopback: false,
      inbox: false,
      TRUSTED_PROXY_HOPS: 1,
      SMS_PROVIDER: undefined,
    };
    const deps = { db, env, clock: systemClock, vendors: new Map(), routes: routesTo('twilio') };
    const outside = await runChecks({ ...deps, call: async () => silence });
    expect(levelOf(outside, 'Nothing answers at https://app.example')).toBe('failed');
    expect(levelOf(await check({ health: silence }), 'Nothing answers')).toBe('warning');
    const elsewhere = await runChecks({ ...deps, call: async () => answered(301, '') });
    expect(levelOf(elsewhere, 'Something else answers')).toBe('failed');
  });
});

describe('sendTestMessage', () => {
  const phoneOf = (typed: string) => {
    const parsed = canonicalPhone(typed, 'IN', undefined);
    if (!parsed.ok) throw new Error(parsed.code);
    return parsed.phone;
  };
  const sendWith = async (name: string, outcome: SendOutcome, pause: (phone: string) => Promise<unknown>) => {
    const phone = freshPhone();
    const deps = depsOn(db, { name, send: async () => outcome });
    const told: string[] = [];
    const good = await sendTestMessage(
      deps,
      phoneOf(phone),
      (line) => told.push(line),
      () => pause(phone),
    );
    return { good, told };
  };
  const taken = (): SendOutcome => ({ accepted: true, providerMessageId: newId(), segments: 1, price: null });

  it('follows a message to its receipt', async () => {
    const { good, told } = await sendWith('twilio', taken(), (phone) =>
      db.execute(sql`update sms_deliveries set delivered_at = now() where phone = ${phone}`),
    );
    expect(told).toEqual(['Twilio took it.', 'Twilio reports it delivered.']);
    expect(good).toBe(true);
  });

  it('says what the vendor’s code means when it fails, on the spot or later', async () => {
    const refusal: SendOutcome = {
      accepted: false,
      errorClass: 'recipient',
      errorCode: '21614',
      operatorHint: '',
      anotherMayTry: false,
    };
    const refused = await sendWith('twilio', refusal, async () => undefined);
    expect(refused).toEqual({
      good: false,
      told: ['Twilio did not take it. The number is a landline or takes no SMS: a call may reach it. (21614)'],
    });
    const failedLater = await sendWith('twilio', taken(), (phone) =>
      db.execute(
        sql`update sms_deliveries set failed_at = now(), error_class = 'recipient', error_code = '30003' where phone = ${phone}`,
      ),
    );
    expect(failedLater.good).toBe(false);
    expect(failedLater.told.at(-1)).toBe(
      'Twilio reports it not delivered. The phone is off, out of reach or can’t take SMS. (30003)',
    );
  });

  it('gives up after a minute without a receipt, and waits for none where none ever comes', async () => {
    let waits = 0;
    const wait = async () => (waits += 1);
    expect((await sendWith('twilio', taken(), wait)).told.at(-1)).toMatch(/^No receipt within 60 s/);
    expect(waits).toBe(60);
    expect((await sendWith('bulksmsbd', taken(), wait)).told.at(-1)).toMatch(/sends no receipts/);
    expect(waits).toBe(60);
  });
});
