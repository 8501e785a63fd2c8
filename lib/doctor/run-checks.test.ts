import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../clock';
import { openDatabase } from '../db/client';
import { testDatabase } from '../db/testing/database';
import type { Env } from '../env';
import { depsOn, freshPhone } from '../otp/testing';
import { newId } from '../random';
import { canonicalPhone } from '../phone/phone';
import { createKeepers } from '../sms/keepers';
import { parseSmsRoutes, routesTo, type Routes } from '../sms/routes';
import type { CodeKeeper, Finding, SendOutcome } from '../sms/sender';
import type { VendorAnswer, VendorRequest } from '../sms/vendor-http';
import { isTwilioSigned } from '../sms/vendors/twilio-receipts';
import { type CheckLine, worst } from './finding';
import { type DoctorDeps, runChecks } from './run-checks';
import { testNumberFindings } from './settings-checks';
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
  receipt?: (request: VendorRequest) => VendorAnswer;
};

const check = ({ settings, health = healthy, receipt = () => answered(403, ''), ...more }: Given = {}) =>
  runChecks({
    db,
    env: depsOn(db, undefined, settings).env,
    clock: systemClock,
    vendors: new Map([['inbox', { diagnose: async () => [] }]]),
    routes: routesTo('inbox'),
    call: async (request) => (request.method === 'GET' ? health : receipt(request)),
    ...more,
  });

const routes = (text: string): Routes => {
  const parsed = parseSmsRoutes(text);
  if (!parsed.ok) throw new Error(parsed.problems.join());
  return parsed.routes;
};
const vendor = (name: string, findings: Finding[] = []) => [name, { diagnose: async () => findings }] as const;
const publicOrigin = { APP_URL: 'https://app.example', SMS_PROVIDER: '', TRUSTED_PROXY_HOPS: '1', NODE_ENV: 'test' };
const testNumberLines = (env: object) =>
  testNumberFindings(env as Env, new Date('2026-12-01T00:00:00Z')).map((found) => ({ ...found, area: 'Settings' }));
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
    const url = 'postgres://someone:hunter2@127.0.0.1:9/none';
    const gone = openDatabase(url, 1);
    const lines = await check({ db: gone.db, settings: { DATABASE_URL: url } });
    await gone.close();
    expect(lines.filter(({ level }) => level === 'failed')).toEqual([
      {
        area: 'Database',
        level: 'failed',
        text: 'The database can’t be used. The app answers 503 meanwhile.',
        remedy:
          'PostgreSQL at host 127.0.0.1, port 9, database none: nothing listens there. Start the server or correct DATABASE_URL.',
      },
    ]);
    expect(levelOf(lines, 'How much of the budgets is used can’t be told')).toBe('warning');
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

  it('tells in public of test numbers whose end is as good as none', async () => {
    const settings = { TEST_NUMBERS: '+15550100001=730518@2126-12-31' };
    const env = { ...depsOn(db, undefined, settings).env, ...publicOrigin, loopback: false };
    expect(levelOf(testNumberLines(env), 'for more than 180 days yet')).toBe('warning');
    const soon = { ...env, TEST_NUMBERS: [{ phone: '+15550100001', code: '730518', until: '2026-12-31' }] };
    expect(levelOf(testNumberLines(soon), 'for more than 180 days yet')).toBeUndefined();
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
      values ('twilio', 7, now(), now() + interval '1 minute'), ('twilio:call', 5, now(), now() + interval '1 minute')`);
    const lines = await check();
    expect(levelOf(lines, 'Twilio failed 7 times in a row')).toBe('warning');
    expect(levelOf(lines, 'Twilio (call) failed 5 times in a row')).toBe('warning');
  });

  const signedOnly = ({ headers }: VendorRequest) => answered(headers?.['x-twilio-signature'] ? 200 : 403, '');
  it.each<[string, (request: VendorRequest) => VendorAnswer, CheckLine['level'], string]>([
    ['what is rightly signed is taken', signedOnly, 'ok', 'one that is rightly signed is taken'],
    ['somebody takes all', () => answered(200, 'ok'), 'failed', 'takes a receipt that nobody signed'],
    ['nothing is taken', () => answered(403, ''), 'failed', 'refuses a receipt that is rightly signed'],
    ['it does not get through', () => answered(404, ''), 'failed', 'answers a receipt with HTTP 404'],
    ['it hangs', () => ({ kind: 'unanswered', reason: 'timeout' }), 'failed', 'don’t get through'],
  ])('tries the way of Twilio’s receipts: %s', async (_what, receipt, level, text) => {
    const vendors = new Map([vendor('twilio'), vendor('bulksmsbd')]);
    const settings = { TWILIO_AUTH_TOKEN: '12345678901234567890123456789012' };
    const lines = await check({ receipt, vendors, routes: routesTo('twilio'), settings });
    expect(levelOf(lines, text)).toBe(level);
    expect(lines.filter(({ text: each }) => /receipt/i.test(each))).toHaveLength(1);
  });

  it('signs that trial as Twilio would, for a message that there is not', async () => {
    const seen: VendorRequest[] = [];
    const authToken = '12345678901234567890123456789012';
    await check({
      settings: { TWILIO_AUTH_TOKEN: authToken },
      vendors: new Map([vendor('twilio')]),
      receipt: (request) => (seen.push(request), signedOnly(request)),
    });
    const signed = seen.find(({ headers }) => headers?.['x-twilio-signature']);
    const form = new URLSearchParams(signed?.body);
    const signature = signed?.headers?.['x-twilio-signature'] ?? null;
    expect(isTwilioSigned({ signature, url: signed?.url ?? '', authToken, form })).toBe(true);
    expect(form.get('MessageSid')).toMatch(/^SM0+$/);
  });

  const pathSecret = 'a9f8b7c6d5e4f3a2b1c0d9e8f7a6b5c4';
  const bySecret = ({ url }: VendorRequest) => answered(url.endsWith(`/status/${pathSecret}`) ? 200 : 403, '');
  const listed = { PLAYMOBILE_WEBHOOK_ADDRESSES: '91.204.239.44' };
  it.each<[string, Record<string, string>, (request: VendorRequest) => VendorAnswer, CheckLine['level'], string]>([
    ['by the secret path alone', {}, bySecret, 'ok', 'by the path with the secret, and by no other'],
    ['by it from a listed address', listed, bySecret, 'ok', 'by the path with the secret, and by no other'],
    ['from elsewhere, or by another secret', listed, () => answered(403, ''), 'warning', 'refuses a receipt from here'],
    ['by any path', {}, () => answered(200, ''), 'failed', 'takes a receipt by any path'],
    ['by another secret', {}, () => answered(403, ''), 'failed', 'does not know the secret'],
    ['never', {}, () => answered(404, ''), 'failed', 'answers a receipt with HTTP 404'],
    ['without a secret', { PLAYMOBILE_WEBHOOK_SECRET: '' }, bySecret, 'warning', 'its path has no secret'],
  ])('tries the way of PlayMobile’s receipts, which come %s', async (_what, more, receipt, level, text) => {
    const settings = { PLAYMOBILE_WEBHOOK_SECRET: pathSecret, ...more };
    const lines = await check({ receipt, settings, vendors: new Map([vendor('playmobile')]) });
    expect(levelOf(lines, text)).toBe(level);
    expect(JSON.stringify(lines)).not.toContain(pathSecret);
  });

  it('knows a port that another program has from one that is free', async () => {
    const taken = await check({ health: { kind: 'unanswered', reason: 'reset' } });
    expect(levelOf(taken, 'gives no answer of HTTP')).toBe('failed');
    const web = await check({ health: answered(404, 'hello') });
    expect(web.find(({ text }) => text.startsWith('Something else answers'))?.remedy).toMatch(/another PORT/);
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

  it('has a vendor that keeps the codes send one, and waits for no receipt of it', async () => {
    const started: object[] = [];
    const keeper: CodeKeeper = {
      name: 'twilio-verify',
      channels: ['sms'],
      diagnose: async () => [],
      start: async (message) => (started.push(message), taken()),
      check: async () => 'gone',
    };
    const phone = freshPhone();
    const keepers = createKeepers({
      db,
      keepers: new Map([[keeper.name, keeper]]),
      keeperOf: () => keeper.name,
      log: { warn: () => undefined },
    });
    const told: string[] = [];
    const never = { send: () => Promise.reject(new Error('nobody else is asked')), name: 'twilio' };
    const deps = { ...depsOn(db, never), keepers };
    const good = await sendTestMessage(
      deps,
      phoneOf(phone),
      (line) => told.push(line),
      async () => undefined,
    );
    expect(good).toBe(true);
    expect(told).toEqual([
      'Twilio Verify sends codes only: the message carries one, which opens nothing.',
      'Twilio Verify took it.',
      'Twilio Verify sends no receipts, so this is all that will be known.',
    ]);
    expect(started).toEqual([expect.objectContaining({ phone, channel: 'sms' })]);
    expect(await db.execute(sql`select 1 from otp_challenges where phone = ${phone}`)).toHaveLength(0);
  });

  it('stays on the bill where its vendor did not say whether it was sent, and only there', async () => {
    const used = async () => {
      const [row] = await db.execute<{ n: number }>(sql`
        select coalesce(sum(c), 0)::int as n from rate_limits, unnest(counts) c where bucket = 'budget:hour'`);
      return row?.n ?? 0;
    };
    const refusal = { accepted: false, errorCode: null, operatorHint: '', anotherMayTry: true } as const;
    const before = await used();
    await sendWith('twilio', { ...refusal, errorClass: 'transient' }, async () => undefined);
    expect(await used()).toBe(before);
    await sendWith('twilio', { ...refusal, errorClass: 'unknown' }, async () => undefined);
    expect(await used()).toBe(before + 1);
  });

  it('sends a test number nothing', async () => {
    const phone = freshPhone();
    const told: string[] = [];
    const deps = depsOn(db, undefined, { TEST_NUMBERS: `${phone}=730518` });
    const good = await sendTestMessage(
      deps,
      phoneOf(phone),
      (line) => told.push(line),
      async () => undefined,
    );
    expect(good).toBe(false);
    expect(told).toEqual([expect.stringMatching(/^Not sent: it is one of TEST_NUMBERS/)]);
    expect(await db.execute(sql`select 1 from inbox_messages where phone = ${phone}`)).toHaveLength(0);
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
