import { sql } from 'drizzle-orm';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createCaptcha } from '../captcha/captcha';
import { testDatabase } from '../db/testing/database';
import { sendNotice } from '../notifications/send-notice';
import { canonicalPhone } from '../phone/phone';
import { limitPolicy } from '../policy';
import { takePlaces } from '../rate-limit/rate-limit';
import { EVERYTHING, pausesNow, pauseSms, resumeSms } from '../sms/pause-store';
import { deliver } from '../sms/deliver';
import type { ErrorClass, SendOutcome, SmsSender, SmsVendor } from '../sms/sender';
import { saysJson, startFakeVendor } from '../sms/testing/fake-vendor';
import { sendForSession } from '../sessions/confirm-identity';
import { signedInWith } from '../sessions/testing';
import { sendCode } from './send-code';
import { depsOn, freshAddress, freshPhone, newestCode, wrongCode } from './testing';
import { verifyCode } from './verify-code';

const { db } = await testDatabase();
const deps = depsOn(db);
const settled = { kind: 'api', userAgent: null } as const;

const verifyNewest = async (phone: string) =>
  verifyCode(deps, { phone, code: await newestCode(db, phone), address: freshAddress(), ...settled });

const failureOf = (errorClass: ErrorClass): SendOutcome => ({
  accepted: false,
  errorClass,
  errorCode: '1',
  operatorHint: '',
  anotherMayTry: errorClass !== 'recipient',
});

const vendorThat = (name: string, errorClass: ErrorClass): SmsVendor => ({
  name,
  channels: ['sms'],
  diagnose: async () => [],
  send: async () => failureOf(errorClass),
});

/** How many places are taken in each window of a kind. */
async function places(like: string): Promise<Record<string, number>> {
  const rows = await db.execute<{ bucket: string; n: number }>(sql`
    select bucket, coalesce((select sum(c) from unnest(counts) c), 0)::int as n from rate_limits where bucket like ${like}`);
  return Object.fromEntries(rows.map(({ bucket, n }) => [bucket, n]));
}

const trail = async (event: string) =>
  (await db.execute<{ detail: Record<string, unknown>; phone: string | null }>(
    sql`select detail, phone from audit_events where event = ${event} order by created_at`,
  )) as unknown as { detail: Record<string, unknown>; phone: string | null }[];

beforeEach(async () => {
  await db.execute(sql`truncate rate_limits, sms_pauses, audit_events`);
});

describe('limits on messages whose code is not used', () => {
  it('give the place in range, country and budget back once the code is used, and none of the number and the address', async () => {
    const phone = freshPhone();
    const range = `send:range:${phone.slice(0, -4)}`;
    await sendCode(deps, { phone, address: '203.0.113.1' });
    const before = await places('%');
    expect(before).toMatchObject({ [range]: 1, 'send:country:IN': 1, 'budget:hour': 1, 'budget:day': 1 });
    expect((await verifyNewest(phone)).ok).toBe(true);
    const after = await places('%');
    expect(after).toMatchObject({ [range]: 0, 'send:country:IN': 0, 'budget:hour': 0, 'budget:day': 0 });
    const own = Object.keys(before).filter((key) => /^(send:(phone|address)|resend)/.test(key));
    expect(own).toHaveLength(5);
    for (const key of own) expect(after[key]).toBe(1);
  });

  it('keep the place of a code that was guessed at, replaced, or left', async () => {
    const phone = freshPhone();
    await sendCode(deps, { phone, address: freshAddress() });
    const code = wrongCode(await newestCode(db, phone));
    await verifyCode(deps, { phone, code, address: freshAddress(), ...settled });
    await db.execute(sql`delete from rate_limits where bucket = ${`resend:${phone}`}`);
    await sendCode(deps, { phone, address: freshAddress() });
    expect(await places('budget:%')).toEqual({ 'budget:hour': 2, 'budget:day': 2 });
    await verifyNewest(phone);
    // The first was never used: it stays.
    expect(await places('budget:%')).toEqual({ 'budget:hour': 1, 'budget:day': 1 });
  });

  it('give nothing back twice: not for a code that a vendor refused to take and that arrived all the same', async () => {
    const other = freshPhone();
    await sendCode(deps, { phone: other, address: freshAddress() });
    const phone = freshPhone();
    const texts: string[] = [];
    const outcome = { errorClass: 'recipient', errorCode: '1', operatorHint: '', anotherMayTry: false } as const;
    const refusing = depsOn(db, {
      name: 'refusing',
      send: async ({ text }) => (texts.push(text), { accepted: false, ...outcome }),
    });
    const address = freshAddress();
    expect(await sendCode(refusing, { phone, address })).toMatchObject({ code: 'undeliverable_phone' });
    expect(await places('budget:%')).toEqual({ 'budget:hour': 1, 'budget:day': 1 });
    const code = /\d{6}/.exec(texts[0] ?? '')?.[0] ?? '';
    expect((await verifyCode(deps, { phone, code, address, ...settled })).ok).toBe(true);
    expect(await places('budget:%')).toEqual({ 'budget:hour': 1, 'budget:day': 1 });
  });

  it('let any number of people of one range in who use their codes, and stop those who don’t at the limit', async () => {
    const strict = depsOn(db, undefined, { SMS_RANGE_LIMIT_PER_HOUR: '3' });
    const numbers = Array.from({ length: 8 }, (_, index) => `+919812340${String(index).padStart(3, '0')}`);
    for (const phone of numbers.slice(0, 4)) {
      expect((await sendCode(strict, { phone, address: freshAddress() })).ok).toBe(true);
      expect((await verifyNewest(phone)).ok).toBe(true);
    }
    const answers = [];
    for (const phone of numbers.slice(4)) answers.push(await sendCode(strict, { phone, address: freshAddress() }));
    expect(answers.map((answer) => (answer.ok ? 'sent' : answer.code))).toEqual([
      'sent',
      'sent',
      'sent',
      'too_many_requests',
    ]);
  });

  it('give back exactly their own places when many sign in at once', async () => {
    const phones = Array.from({ length: 30 }, freshPhone);
    await Promise.all(phones.map((phone) => sendCode(deps, { phone, address: freshAddress() })));
    expect((await places('budget:hour'))['budget:hour']).toBe(30);
    const codes = await Promise.all(phones.slice(0, 29).map((phone) => verifyNewest(phone)));
    expect(codes.filter((answer) => answer.ok)).toHaveLength(29);
    expect(await places('budget:%')).toEqual({ 'budget:hour': 1, 'budget:day': 1 });
    // A window of ten minutes gathers its hits in shorter steps: of two steps, one may keep a place rather than give another's away.
    expect([1, 2]).toContain((await places('send:country:%'))['send:country:IN']);
  });

  it('come back once for a code whose vendor said no and that arrived and was used all the same', async () => {
    let code = '';
    const lying: SmsVendor = {
      ...vendorThat('lying', 'transient'),
      async send(message) {
        code = message.code ?? '';
        return failureOf('transient');
      },
    };
    const phone = freshPhone();
    await sendCode(depsOn(db, lying), { phone, address: freshAddress() });
    expect(await places('budget:%')).toEqual({ 'budget:hour': 0, 'budget:day': 0 });
    for (let sent = 0; sent < 2; sent += 1) await sendCode(deps, { phone: freshPhone(), address: freshAddress() });
    expect((await verifyCode(deps, { phone, code, address: freshAddress(), ...settled })).ok).toBe(true);
    expect(await places('budget:%')).toEqual({ 'budget:hour': 2, 'budget:day': 2 });
  });

  it('come back once for a code that was used before its vendor said no', async () => {
    const hasty: SmsVendor = {
      ...vendorThat('hasty', 'transient'),
      async send({ phone, code }) {
        await verifyCode(deps, { phone, code: code ?? '', address: freshAddress(), ...settled });
        for (let sent = 0; sent < 2; sent += 1) await sendCode(deps, { phone: freshPhone(), address: freshAddress() });
        return failureOf('transient');
      },
    };
    const phone = freshPhone();
    await sendCode(depsOn(db, hasty), { phone, address: freshAddress() });
    expect(await places('budget:%')).toEqual({ 'budget:hour': 2, 'budget:day': 2 });
    expect(await places(`resend:${phone}`)).toEqual({ [`resend:${phone}`]: 0 });
  });

  it('do not bite below 1,200 messages in ten minutes to a country and 60 in an hour to a range', () => {
    expect(limitPolicy.sendsPerCountry).toEqual({ places: 1_200, windowSeconds: 600 });
    expect(limitPolicy.sendsPerRange).toEqual({ places: 60, windowSeconds: 3_600 });
    expect(deps.env).toMatchObject({ SMS_COUNTRY_LIMIT_PER_10_MINUTES: 1_200, SMS_RANGE_LIMIT_PER_HOUR: 60 });
    expect(deps.env.SMS_RECORD_ONLY ?? []).toEqual([]);
    expect(deps.env.SMS_SPEND_PER_DAY).toBeUndefined();
    expect(deps.env.SMS_CONVERSION_STOP_MINUTES).toBe(0);
  });
});

describe('somebody who is signed in', () => {
  it('gets ten codes a day to numbers that are not theirs yet, from whatever session and address, and any to their own', async () => {
    const phone = freshPhone();
    const who = await signedInWith(deps, phone);
    const sessions = [who, await signedInWith(deps, phone)];
    const ask = (to: string, purpose: 'new_phone' | 'new_phone_lost_sim' | 'confirm', at = 0) =>
      sendForSession(deps, sessions[at % 2]!, { phone: to, purpose, address: freshAddress() });
    for (let sent = 0; sent < limitPolicy.sendsToNewNumbersPerUser.places; sent += 1) {
      expect((await ask(freshPhone(), sent % 3 ? 'new_phone' : 'new_phone_lost_sim', sent)).ok).toBe(true);
    }
    expect(await ask(freshPhone(), 'new_phone')).toMatchObject({ code: 'too_many_requests' });
    await db.execute(sql`delete from rate_limits where bucket like ${`%${phone}`}`);
    expect((await ask(phone, 'confirm')).ok).toBe(true);
    expect((await trail('code.limited')).map(({ detail }) => detail.window)).toEqual(['send:user']);
  });
});

describe('a limit that only records', () => {
  it('sends what it would have refused, and writes that down with the log', async () => {
    const warned: string[] = [];
    const log = { warn: (_: object, message: string) => void warned.push(message) };
    const settings = { SMS_RANGE_LIMIT_PER_HOUR: '2', SMS_RECORD_ONLY: 'range' };
    const watching = depsOn(db, undefined, settings, log);
    const numbers = Array.from({ length: 5 }, (_, index) => `+919812341${String(index).padStart(3, '0')}`);
    for (const phone of numbers) {
      expect((await sendCode(watching, { phone, address: freshAddress() })).ok).toBe(true);
    }
    const noted = await trail('code.limit_exceeded');
    expect(noted.map(({ phone, detail }) => [phone, detail.window])).toEqual(
      numbers.slice(2).map((phone) => [phone, 'send:range']),
    );
    expect(warned).toHaveLength(3);
    // However many come, the row stays as small as the limit.
    expect(await places('send:range:%')).toEqual({ 'send:range:+91981234': 2 });
  });

  it('gets nothing back for a failed code that it only recorded, however many were counted meanwhile', async () => {
    const phone = freshPhone();
    const key = `send:range:${phone.slice(0, -4)}`;
    const count = (weight: number) => takePlaces(db, [{ key, policy: { places: 100, windowSeconds: 3_600 }, weight }]);
    const refusing: SmsSender = {
      name: 'refusing',
      async send() {
        await count(2);
        return failureOf('recipient');
      },
    };
    const watching = depsOn(db, refusing, { SMS_RANGE_LIMIT_PER_HOUR: '1', SMS_RECORD_ONLY: 'range' });
    await count(1);
    const refused = await sendCode(watching, { phone, address: freshAddress() });
    expect(refused).toMatchObject({ code: 'undeliverable_phone' });
    expect(await trail('code.limit_exceeded')).toHaveLength(1);
    expect(await places(key)).toEqual({ [key]: 3 });
  });

  it('leaves the limits that are not named as they are', async () => {
    const watching = depsOn(db, undefined, { SMS_COUNTRY_LIMIT_PER_10_MINUTES: '1', SMS_RECORD_ONLY: 'range' });
    expect((await sendCode(watching, { phone: freshPhone(), address: freshAddress() })).ok).toBe(true);
    expect(await sendCode(watching, { phone: freshPhone(), address: freshAddress() })).toMatchObject({
      code: 'too_many_requests',
    });
  });
});

describe('the cap on money', () => {
  const prices = { SMS_PRICES: 'IN=0.5,US=1,*=2', SMS_SPEND_PER_DAY: '3' };

  it('pauses sending once the messages of a day cost as much as they may, and a code that was used is paid for like any other', async () => {
    const paying = depsOn(db, undefined, { ...prices, SUPPORT_CONTACT: 'help@example.com' });
    for (let sent = 0; sent < 6; sent += 1) {
      const phone = freshPhone();
      expect((await sendCode(paying, { phone, address: freshAddress() })).ok).toBe(true);
      await verifyNewest(phone);
    }
    expect(await places('spend:%')).toEqual({ 'spend:day': 30_000 });
    const refused = await sendCode(paying, { phone: freshPhone(), address: freshAddress() });
    expect(refused).toMatchObject({
      ok: false,
      code: 'sms_paused',
      message: expect.stringContaining('help@example.com'),
    });
    expect(refused).toHaveProperty('retryAfterSeconds', expect.any(Number));
  });

  it('counts what a message costs where it goes, by its parts', async () => {
    const paying = depsOn(db, undefined, { ...prices, APP_NAME: 'A'.repeat(20) });
    const us = '+12015550123';
    expect((await sendCode(paying, { phone: us, address: freshAddress() })).ok).toBe(true);
    expect(await places('spend:%')).toEqual({ 'spend:day': 10_000 });
    // With so long a brand, Russian takes two parts, and 2 × 2 is more than what is left.
    const inRussian = { purpose: 'confirm', locale: 'ru' } as const;
    expect(await sendCode(paying, { phone: '+998912345678', ...inRussian, address: freshAddress() })).toMatchObject({
      code: 'sms_paused',
    });
    expect(await places('spend:%')).toEqual({ 'spend:day': 10_000 });
  });

  it('refuses a message that alone costs more than the cap, from the first on', async () => {
    const paying = depsOn(db, undefined, { SMS_PRICES: '*=5', SMS_SPEND_PER_DAY: '3' });
    expect(await sendCode(paying, { phone: freshPhone(), address: freshAddress() })).toMatchObject({
      code: 'sms_paused',
      retryAfterSeconds: 86_400,
    });
  });

  it('gets the money of a message back that no vendor took, and not of one that may have been sent', async () => {
    const over = (errorClass: 'transient' | 'unknown') => {
      return depsOn(db, vendorThat('failing', errorClass), prices);
    };
    await sendCode(over('transient'), { phone: freshPhone(), address: freshAddress() });
    expect(await places('spend:%')).toEqual({ 'spend:day': 0 });
    await sendCode(over('unknown'), { phone: freshPhone(), address: freshAddress() });
    expect(await places('spend:%')).toEqual({ 'spend:day': 5_000 });
    expect(await places('budget:hour')).toEqual({ 'budget:hour': 1 });
  });

  it('keeps what a first vendor may have sent counted, whatever the next one says of the number', async () => {
    const vendors = new Map<string, SmsVendor>([
      ['slow', vendorThat('slow', 'unknown')],
      ['sure', vendorThat('sure', 'recipient')],
    ]);
    const paying = depsOn(db, undefined, prices);
    const over = deliver.bind(null, { db, vendors, routeOf: () => ['slow', 'sure'], log: paying.log });
    const phone = freshPhone();
    const refused = await sendCode({ ...paying, deliver: over }, { phone, address: freshAddress() });
    expect(refused).toMatchObject({ code: 'undeliverable_phone' });
    expect(await places('spend:%')).toEqual({ 'spend:day': 5_000 });
    expect(await places('budget:hour')).toEqual({ 'budget:hour': 1 });
    expect(await places('send:phone:%')).toEqual({
      [`send:phone:short:${phone}`]: 1,
      [`send:phone:long:${phone}`]: 1,
    });
  });

  it('keeps what was handed to a vendor on the bill, where what became of it can’t be told', async () => {
    const lost: SmsSender = { name: 'lost', send: () => Promise.reject(new Error('the line broke')) };
    const phone = freshPhone();
    await expect(sendCode(depsOn(db, lost, prices), { phone, address: freshAddress() })).rejects.toThrow('broke');
    expect(await places('spend:%')).toEqual({ 'spend:day': 5_000 });
    expect(await places(`resend:${phone}`)).toEqual({ [`resend:${phone}`]: 0 });
  });

  it('never goes above the cap, however many ask at once', async () => {
    const paying = depsOn(db, undefined, prices);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => sendCode(paying, { phone: freshPhone(), address: freshAddress() })),
    );
    expect(answers.filter((answer) => answer.ok)).toHaveLength(6);
    expect(await places('spend:%')).toEqual({ 'spend:day': 30_000 });
  });
});

describe('the switch', () => {
  const pause = (scope: string, forSeconds: number | null = null) =>
    pauseSms(db, { scope, reason: 'a test', by: 'test', forSeconds });

  it('stops everything at once, for everybody alike, and takes no places; switched on, all goes on', async () => {
    const known = freshPhone();
    await sendCode(deps, { phone: known, address: freshAddress() });
    await verifyNewest(known);
    await db.execute(sql`truncate rate_limits`);
    await pause(EVERYTHING);
    for (const phone of [known, freshPhone()]) {
      expect(await sendCode(deps, { phone, address: freshAddress() })).toEqual({
        ok: false,
        code: 'sms_paused',
        message: expect.stringContaining('sign in with a passkey or a recovery code') as string,
        retryAfterSeconds: 300,
      });
    }
    expect(await places('send:%')).toEqual({});
    expect(await sendNotice(deps, { phone: known, kind: 'passkeyAdded', text: 'x' })).toBe(false);
    expect(await resumeSms(db, { scope: null, by: 'test' })).toEqual([EVERYTHING]);
    expect((await sendCode(deps, { phone: known, address: freshAddress() })).ok).toBe(true);
    expect((await trail('sms.paused')).map(({ detail }) => detail)).toEqual([
      { scope: EVERYTHING, reason: 'a test', by: 'test', until: null },
    ]);
    expect((await trail('sms.resumed')).map(({ detail }) => detail)).toEqual([{ scope: EVERYTHING, by: 'test' }]);
  });

  it('stops one range or one country, for as long as was said', async () => {
    const phone = freshPhone();
    const parsed = canonicalPhone(phone, 'IN', undefined);
    if (!parsed.ok) throw new Error(parsed.code);
    await pause(`send:range:${parsed.phone.range}`, 600);
    expect(await sendCode(deps, { phone, address: freshAddress() })).toMatchObject({
      code: 'sms_paused',
      retryAfterSeconds: 600,
    });
    expect((await sendCode(deps, { phone: '+12015550123', address: freshAddress() })).ok).toBe(true);
    await db.execute(sql`update sms_pauses set ends_at = now()`);
    expect((await sendCode(deps, { phone, address: freshAddress() })).ok).toBe(true);
    await pause('send:country:IN');
    expect(await sendCode(deps, { phone: freshPhone(), address: freshAddress() })).toMatchObject({
      code: 'sms_paused',
    });
    expect(await pausesNow(db)).toMatchObject([{ scope: 'send:country:IN', endsAt: null }]);
  });

  it('still lets a code be used that was sent before', async () => {
    const phone = freshPhone();
    await sendCode(deps, { phone, address: freshAddress() });
    await pause(EVERYTHING);
    expect((await verifyNewest(phone)).ok).toBe(true);
  });
});

describe('ranges that the settings block', () => {
  it('get no code, and nobody signs in with one that was sent before', async () => {
    const phone = '+919812349999';
    await sendCode(deps, { phone, address: freshAddress() });
    const code = await newestCode(db, phone);
    const blocking = depsOn(db, undefined, { BLOCKED_RANGES: '+447, +91981234' });
    expect(await sendCode(blocking, { phone, address: freshAddress() })).toMatchObject({ code: 'undeliverable_phone' });
    expect(await verifyCode(blocking, { phone, code, address: freshAddress(), ...settled })).toMatchObject({
      code: 'undeliverable_phone',
    });
    expect((await sendCode(blocking, { phone: '+919822349999', address: freshAddress() })).ok).toBe(true);
  });
});

describe('a test number', () => {
  it('costs nothing, is asked for no CAPTCHA and works while sending is switched off: nothing is sent to it', async () => {
    const phone = '+15550100001';
    const testing = depsOn(db, undefined, {
      TEST_NUMBERS: `${phone}=730518`,
      SMS_PRICES: '*=1',
      SMS_SPEND_PER_DAY: '1',
    });
    testing.captcha = { demand: { provider: 'turnstile', site_key: 'x' }, check: async () => 'refused' };
    testing.env.SMS_BUDGET_PER_HOUR = 2;
    await pauseSms(db, { scope: EVERYTHING, reason: 'a test', by: 'test', forSeconds: null });
    for (let sent = 0; sent < 2; sent += 1) {
      expect((await sendCode(testing, { phone, address: freshAddress() })).ok).toBe(true);
      await db.execute(sql`delete from rate_limits where bucket = ${`resend:${phone}`}`);
    }
    expect(await places('spend:%')).toEqual({});
  });
});

describe('the CAPTCHA', async () => {
  const provider = await startFakeVendor();
  afterAll(() => provider.close());
  const settings = {
    CAPTCHA_PROVIDER: 'turnstile',
    CAPTCHA_SITE_KEY: 'site-key',
    CAPTCHA_SECRET: 'the-secret',
    CAPTCHA_VERIFY_URL: `${provider.url}/siteverify`,
    SMS_RANGE_LIMIT_PER_HOUR: '4',
  };
  const asking = { ...depsOn(db, undefined, settings) };
  asking.captcha = createCaptcha(asking.env, asking.log);
  const human = saysJson(200, { success: true, hostname: 'localhost', 'error-codes': [] });
  const numbers = Array.from({ length: 9 }, (_, index) => `+919812342${String(index).padStart(3, '0')}`);
  const ask = (at: number, more: { captchaToken?: string; address?: string; signedIn?: boolean } = {}) =>
    sendCode(asking, { phone: numbers[at]!, address: freshAddress(), ...more });
  const demanded = {
    ok: false,
    code: 'too_many_requests',
    captcha: { provider: 'turnstile', site_key: 'site-key' },
    retryAfterSeconds: expect.any(Number) as number,
  };

  it('is asked for from half of a limit on, and its provider only then', async () => {
    provider.answer(human);
    expect((await ask(0, { captchaToken: 'spare' })).ok).toBe(true);
    expect((await ask(1)).ok).toBe(true);
    expect(provider.seen).toEqual([]);
    const refused = await ask(2);
    expect(refused).toMatchObject(demanded);
    expect(refused).toHaveProperty('message', expect.stringContaining('Confirm that you’re a person'));
    // Asking took nothing.
    expect(await places('send:range:%')).toEqual({ 'send:range:+91981234': 2 });
    expect((await ask(2, { captchaToken: 'good' })).ok).toBe(true);
    expect(provider.seen).toHaveLength(1);
    expect(Object.fromEntries(new URLSearchParams(provider.seen[0]?.body))).toEqual({
      secret: 'the-secret',
      response: 'good',
      sitekey: 'site-key',
    });
    expect((await ask(3, { captchaToken: 'as good' })).ok).toBe(true);
    // Where the limit itself is reached, no CAPTCHA helps and none is asked for.
    const full = await ask(4, { captchaToken: 'spare' });
    expect(full).toMatchObject({ ok: false, code: 'too_many_requests' });
    expect(full).not.toHaveProperty('captcha');
  });

  it('is asked for again where its token is worth nothing, which takes no place of a message', async () => {
    await ask(0);
    await ask(1);
    const address = freshAddress();
    for (const [token, said] of Object.entries({
      'made up': { success: false, 'error-codes': ['invalid-input-response'] },
      old: { success: false, 'error-codes': ['timeout-or-duplicate'] },
      'of elsewhere': { success: true, hostname: 'elsewhere.example' },
      'of nowhere': { success: true },
    })) {
      provider.answer(saysJson(200, said));
      expect(await ask(2, { captchaToken: token, address })).toMatchObject(demanded);
    }
    expect(new Set(Object.values(await places(`send:address:%:${address}`)))).toEqual(new Set([0]));
  });

  it('asks its provider at most twenty times in ten minutes for an address, however many bad tokens come at once', async () => {
    await ask(0);
    await ask(1);
    provider.answer(saysJson(200, { success: false, 'error-codes': ['invalid-input-response'] }));
    const address = freshAddress();
    const before = provider.seen.length;
    const answers = await Promise.all(
      Array.from({ length: 60 }, (_, index) => ask(2, { captchaToken: `bad ${index}`, address })),
    );
    expect(provider.seen.length - before).toBe(limitPolicy.captchasPerAddress.places);
    expect(answers.filter((answer) => !answer.ok && answer.captcha)).toHaveLength(
      limitPolicy.captchasPerAddress.places,
    );
    for (const answer of answers) expect(answer).toMatchObject({ ok: false, code: 'too_many_requests' });
    // One token, sent sixty times from as many addresses, is asked about once.
    await Promise.all(Array.from({ length: 60 }, () => ask(2, { captchaToken: 'bad' })));
    expect(provider.seen.length - before).toBe(limitPolicy.captchasPerAddress.places + 1);
  });

  it('lets one message through for one token, though its provider takes it as often as it comes', async () => {
    await ask(0);
    await ask(1);
    provider.answer(human);
    const answers = await Promise.all(numbers.map((_, at) => (at < 2 ? ask(2) : ask(at, { captchaToken: 'one' }))));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await places('send:range:%')).toEqual({ 'send:range:+91981234': 3 });
  });

  it('is not asked for by a limit that only records, half full or full', async () => {
    const recording = depsOn(db, undefined, { ...settings, SMS_RECORD_ONLY: 'range' });
    recording.captcha = asking.captcha;
    for (const phone of numbers.slice(0, 6)) {
      expect((await sendCode(recording, { phone, address: freshAddress() })).ok).toBe(true);
    }
  });

  it('fails closed: while its provider is down, hanging or refuses our key, what it is asked for is neither sent nor counted', async () => {
    await ask(0);
    await ask(1);
    const warned = asking.log.warn;
    const lines: object[] = [];
    asking.log.warn = (fields) => void lines.push(fields);
    for (const how of [
      saysJson(503, {}),
      saysJson(200, { success: false, 'error-codes': ['invalid-input-secret'] }),
      saysJson(200, 'nonsense'),
      () => undefined,
    ]) {
      provider.answer(how);
      const refused = await sendCode(
        { ...asking, captcha: createCaptcha(asking.env, asking.log, 200) },
        { phone: numbers[2]!, address: freshAddress(), captchaToken: 'good' },
      );
      expect(refused).toMatchObject({ ok: false, code: 'sms_unavailable', retryAfterSeconds: 10 });
    }
    asking.log.warn = warned;
    // The token can be tried again once the provider answers; an address may ask as often as ever.
    expect(Object.values(await places('captcha:token:%'))).toEqual([0]);
    expect(Object.values(await places('captcha:address:%'))).toEqual([1, 1, 1, 1]);
    expect(lines).toHaveLength(4);
    expect(JSON.stringify(lines)).not.toContain('the-secret');
    expect(await places('send:range:%')).toEqual({ 'send:range:+91981234': 2 });
  });

  it('is never asked of somebody who is signed in', async () => {
    const who = await signedInWith(deps, numbers[5]!);
    await db.execute(sql`truncate rate_limits`);
    await ask(0);
    await ask(1);
    const { phone } = who.user;
    expect((await sendForSession(asking, who, { phone: phone!, purpose: 'confirm', address: freshAddress() })).ok).toBe(
      true,
    );
  });
});
