import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { depsOn, freshAddress, freshPhone, newestCode } from '../otp/testing';
import { sendCode } from '../otp/send-code';
import { confirmPhoneChange, requestPhoneChange } from '../phone-changes/change-phone';
import { limitPolicy } from '../policy';
import { seenNow, signedInWith, signInWith } from '../sessions/testing';
import { inboxMessagesOf, inboxSender } from '../sms/inbox';
import { makeRecoveryCodes, recover, type RecoveryDeps, recoveryCodesOf } from './recovery-codes';

const { db } = await testDatabase();
const recoveryKey = Buffer.from('a recovery key of thirty-two byte');
const withSettings = (settings: Record<string, string> = {}) => ({
  ...depsOn(db, inboxSender(db), settings),
  recoveryKey,
});
const deps = withSettings();

type Sheet = [string, string, string, ...string[]];

async function personWithCodes() {
  const phone = freshPhone();
  const who = await signedInWith(deps, phone);
  return { phone, who, codes: await codesOf(who) };
}
async function codesOf(who: Parameters<typeof makeRecoveryCodes>[1]): Promise<Sheet> {
  const made = await makeRecoveryCodes(deps, who, { address: freshAddress() });
  if (!made.ok) throw new Error(made.code);
  return made.codes as Sheet;
}
const enter = (phone: string, code: string, with_: RecoveryDeps = deps, address = freshAddress()) =>
  recover(with_, { phone, code, kind: 'api', address, userAgent: null });

describe('a sheet of recovery codes', () => {
  it('is ten codes of 80 random bits, told once and kept as keyed hashes', async () => {
    const { who, codes, phone } = await personWithCodes();
    expect(new Set(codes).size).toBe(10);
    for (const code of codes) expect(code).toMatch(/^([0-9A-HJKMNP-TV-Z]{4}-){3}[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(await recoveryCodesOf(deps, who)).toMatchObject({ left: 10 });
    const kept = JSON.stringify(await db.execute(sql`select * from recovery_codes where user_id = ${who.user.id}`));
    for (const code of codes) expect(kept).not.toContain(code.replaceAll('-', ''));
    const other = await recover({ ...deps, recoveryKey: Buffer.alloc(32) }, { phone, code: codes[0], ...from() });
    expect(other).toMatchObject({ code: 'invalid_code' });
    expect((await inboxMessagesOf(db, phone))[0]?.text).toMatch(/^Latchkey: new recovery codes/);
  });

  it('takes a fresh proof and a number, and is not for administrators', async () => {
    const { who, codes, phone } = await personWithCodes();
    const seen = async (change: ReturnType<typeof sql>) => {
      await db.execute(change);
      const me = await seenNow(deps, who.sessionId);
      return me ? makeRecoveryCodes(deps, me, { address: freshAddress() }) : null;
    };
    expect(
      await seen(sql`update sessions set proved_at = now() - interval '11 minutes' where id = ${who.sessionId}`),
    ).toMatchObject({ code: 'fresh_proof_required' });
    expect(await seen(sql`update users set phone = null where id = ${who.user.id}`)).toMatchObject({
      code: 'conflict',
    });
    await db.execute(sql`update users set phone = ${phone}, role = 'admin' where id = ${who.user.id}`);
    expect(
      await makeRecoveryCodes(deps, { ...who, user: { ...who.user, role: 'admin' } }, { address: freshAddress() }),
    ).toMatchObject({ code: 'forbidden' });
    // Made before the promotion: they open nothing, and none is spent by trying.
    expect(await enter(phone, codes[0])).toMatchObject({ code: 'forbidden' });
    expect(await recoveryCodesOf(deps, who)).toMatchObject({ left: 10 });
  });

  it('replaces the one before; of two made at one moment one is good, whole', async () => {
    const { who, phone, codes } = await personWithCodes();
    const sheets = await Promise.all([codesOf(who), codesOf(who)]);
    expect(await enter(phone, codes[0])).toMatchObject({ code: 'invalid_code' });
    const good = await Promise.all(sheets.map(async (sheet) => (await enter(phone, sheet[2])).ok));
    expect(good.filter(Boolean)).toHaveLength(1);
    expect(await recoveryCodesOf(deps, who)).toMatchObject({ left: 9 });
  });

  it('is told a few times a day, however often one is made: nobody has messages sent for money by making sheets', async () => {
    const { who, phone } = await personWithCodes();
    const before = (await inboxMessagesOf(db, phone)).filter(({ text }) => text.includes('new recovery codes')).length;
    expect(before).toBe(1);
    for (let made = 1; made < 12; made += 1) await codesOf(who);
    const told = (await inboxMessagesOf(db, phone)).filter(({ text }) => text.includes('new recovery codes'));
    expect(told).toHaveLength(limitPolicy.noticesPerPhone.places);
  });
});

describe('a recovery code', () => {
  it('signs in once, as it is typed off the paper; the number is told and can be changed at once', async () => {
    const { phone, codes, who } = await personWithCodes();
    const typed = ` ${codes[0].toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l')} `;
    const done = await enter(phone, typed);
    expect(done).toMatchObject({ ok: true, user: { id: who.user.id }, left: 9 });
    expect(await enter(phone, codes[0])).toMatchObject({ code: 'invalid_code' });
    expect((await inboxMessagesOf(db, phone))[0]?.text).toMatch(/^Latchkey: a recovery code opened your account/);
    const events = await db.execute<{ event: string }>(
      sql`select event from audit_events where user_id = ${who.user.id}`,
    );
    expect(events.map(({ event }) => event)).toEqual(
      expect.arrayContaining(['recovery_code.used', 'recovery_codes.made']),
    );
    const me = done.ok ? await seenNow(deps, done.sessionId) : null;
    const change = { phone: freshPhone(), oldNumberLost: false, address: freshAddress() };
    expect(await requestPhoneChange(deps, me!, change)).toMatchObject({ ok: true });
    const code = await newestCode(db, change.phone);
    expect(await confirmPhoneChange(deps, me!, { ...change, code })).toMatchObject({
      ok: true,
      user: { phone: change.phone },
    });
    expect(await enter(change.phone, codes[1])).toMatchObject({ ok: true });
  });

  it('opens the account of a number that gets no codes any more: blocked, or of a country taken off the list', async () => {
    const { phone, codes, who } = await personWithCodes();
    const stopped = withSettings({ BLOCKED_RANGES: phone.slice(0, -4), ALLOWED_COUNTRIES: 'US' });
    expect(await sendCode(stopped, { phone, address: freshAddress() })).toMatchObject({ ok: false });
    expect(await enter(phone, codes[0], stopped)).toMatchObject({ ok: true, user: { id: who.user.id } });
    const national = { phone: phone.slice(3), country: 'IN', code: codes[1], ...from() };
    expect(await recover(stopped, national)).toMatchObject({ ok: true });
  });

  it('of fifty uses at once one signs in', async () => {
    const { phone, codes, who } = await personWithCodes();
    // More than the limits of one number let through.
    const roomy = async () => {
      await db.execute(sql`delete from rate_limits where bucket = ${`recover:phone:${phone}`}`);
      return enter(phone, codes[0]);
    };
    const all = await Promise.all(Array.from({ length: 50 }, roomy));
    expect(all.filter(({ ok }) => ok)).toHaveLength(1);
    const sessions = await db.execute(sql`select 1 from sessions where user_id = ${who.user.id}`);
    expect(sessions).toHaveLength(2);
    expect(await recoveryCodesOf(deps, who)).toMatchObject({ left: 9 });
  });

  it('for an unknown number, of another account, wrong or used is one answer, and one line in the trail', async () => {
    const { phone, codes } = await personWithCodes();
    const other = await personWithCodes();
    const without = freshPhone();
    await signedInWith(deps, without);
    await enter(phone, codes[0]);
    const tries: [string, string][] = [
      [freshPhone(), codes[1]],
      [without, codes[1]],
      [other.phone, codes[1]],
      [phone, 'ZZZZ-ZZZZ-ZZZZ-ZZZZ'],
      [phone, codes[0]],
      [phone, '🔑'],
    ];
    const answers = [];
    for (const [number, code] of tries) {
      const before = await trail(number);
      answers.push(await enter(number, code));
      expect((await trail(number)) - before).toBe(1);
    }
    expect(answers[0]).toMatchObject({ ok: false, code: 'invalid_code' });
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(await enter(phone, codes[1])).toMatchObject({ ok: true });
  });

  it('is tried at most ten times an hour for a number, whoever asks, and thirty times in five minutes from an address', async () => {
    const { phone, codes } = await personWithCodes();
    for (let time = 0; time < limitPolicy.recoveriesPerPhone.places; time += 1) {
      expect(await enter(phone, 'wrong')).toMatchObject({ code: 'invalid_code' });
    }
    const refused = await enter(phone, codes[0]);
    expect(refused).toMatchObject({ code: 'too_many_requests', retryAfterSeconds: expect.any(Number) });
    // A wait and no lock, and the other ways in are open meanwhile.
    expect(await signInWith(deps, phone)).toMatchObject({ ok: true });
    const address = freshAddress();
    for (let time = 0; time < limitPolicy.recoveriesPerAddress.places; time += 1) {
      expect(await enter(freshPhone(), 'wrong', deps, address)).toMatchObject({ code: 'invalid_code' });
    }
    expect(await enter(freshPhone(), 'wrong', deps, address)).toMatchObject({ code: 'too_many_requests' });
  });

  it('works for a number that a hundred wrong codes locked, and unlocks it; a wrong one does not', async () => {
    const { phone, codes } = await personWithCodes();
    await db.execute(sql`
      insert into phone_throttles (phone, consecutive_failures, last_failed_at) values (${phone}, 100, now())`);
    await enter(phone, 'wrong');
    expect(await signInWith(deps, phone)).toMatchObject({ code: 'too_many_attempts' });
    expect(await enter(phone, codes[0])).toMatchObject({ ok: true });
    expect(await signInWith(deps, phone)).toMatchObject({ ok: true });
  });

  it('takes a deletion back, and proves the account but not the number', async () => {
    const { phone, codes, who } = await personWithCodes();
    await db.execute(sql`
      update users set deletion_requested_at = now(), phone_proved_at = now() - interval '366 days' where id = ${who.user.id}`);
    expect(await enter(phone, codes[0])).toMatchObject({ ok: true, user: { id: who.user.id } });
    const rows = await db.execute(sql`
      select 1 from users where id = ${who.user.id} and deletion_requested_at is null and phone_proved_at < now() - interval '365 days'`);
    expect(rows).toHaveLength(1);
  });

  it('of a suspended account says so, only where it is right, and stays good', async () => {
    const { phone, codes, who } = await personWithCodes();
    await db.execute(sql`update users set suspended_at = now() where id = ${who.user.id}`);
    expect(await enter(phone, 'wrong')).toMatchObject({ code: 'invalid_code' });
    expect(await enter(phone, codes[0])).toMatchObject({ code: 'account_suspended' });
    await db.execute(sql`update users set suspended_at = null where id = ${who.user.id}`);
    expect(await enter(phone, codes[0])).toMatchObject({ ok: true });
  });

  it('is no code of a message, and a code of a message none of these', async () => {
    const { phone } = await personWithCodes();
    await db.execute(sql`delete from rate_limits`);
    await sendCode(deps, { phone, address: freshAddress() });
    expect(await enter(phone, await newestCode(db, phone))).toMatchObject({ code: 'invalid_code' });
  });
});

const from = () => ({ kind: 'api' as const, address: freshAddress(), userAgent: null });
const trail = async (phone: string) =>
  (await db.execute(sql`select 1 from audit_events where phone = ${phone} and event like 'recovery_code.%'`)).length;
