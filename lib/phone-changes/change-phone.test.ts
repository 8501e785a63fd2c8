import { sql } from 'drizzle-orm';
import postgres from 'postgres';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../clock';
import { testDatabase } from '../db/testing/database';
import { freshAddress, freshPhone, newestCode, depsOn, wrongCode } from '../otp/testing';
import { sendCode } from '../otp/send-code';
import { verifyCode } from '../otp/verify-code';
import type { SignedIn } from '../sessions/authenticate';
import { confirmIdentity, sendConfirmation } from '../sessions/confirm-identity';
import { seenNow, signedInWith, signInWith } from '../sessions/testing';
import { enterWith, eventsOf, fromSomewhere, personWithPasskey } from '../passkeys/testing/people';
import { makeRecoveryCodes, recover } from '../recovery-codes/recovery-codes';
import { linkIdentity } from '../identities/link-store';
import { freshIdentity, signedInAs } from '../identities/testing';
import { limitPolicy } from '../policy';
import { newId } from '../random';
import { takePlaces } from '../rate-limit/rate-limit';
import { endSession } from '../sessions/end-sessions';
import { sessionLifetimes } from '../sessions/session-state';
import { inboxMessagesOf, inboxSender } from '../sms/inbox';
import { pauseSms } from '../sms/pause-store';
import type { SendFailure, SmsSender } from '../sms/sender';
import { confirmPhoneChange, requestPhoneChange } from './change-phone';
import { makeDueChange } from './phone-change-store';
import { cancelPhoneChange, makeDuePhoneChanges, phoneOf, tellUntold } from './waiting-change';

const { db, url } = await testDatabase();
const deps = { ...depsOn(db), clock: systemClock };
const address = freshAddress();
const DAY_MS = 86_400_000;
const LIMITS = [
  'SMS_RANGE_LIMIT_PER_HOUR',
  'SMS_COUNTRY_LIMIT_PER_10_MINUTES',
  'SMS_BUDGET_PER_HOUR',
  'SMS_BUDGET_PER_DAY',
];

async function askFor(who: SignedIn, phone: string, oldNumberLost = false): Promise<string> {
  await db.execute(sql`delete from rate_limits where bucket like ${`%${phone}`} or bucket like ${`%${address}`}`);
  const sent = await requestPhoneChange(deps, who, { phone, oldNumberLost, address });
  if (!sent.ok) throw new Error(sent.code);
  return newestCode(db, phone);
}
const confirm = (who: SignedIn, phone: string, code: string, oldNumberLost = false) =>
  confirmPhoneChange(deps, who, { phone, code, oldNumberLost, address: freshAddress() });
const change = async (who: SignedIn, phone: string, oldNumberLost = false) =>
  confirm(who, phone, await askFor(who, phone, oldNumberLost), oldNumberLost);

const texts = async (phone: string) => (await inboxMessagesOf(db, phone)).map(({ text }) => text);
const events = async (userId: string) =>
  (
    await db.execute<{ event: string }>(
      sql`select event from audit_events where user_id = ${userId} and event like 'user.phone%' order by created_at, id`,
    )
  ).map(({ event }) => event);
const letPass = (who: SignedIn) =>
  db.execute(sql`update phone_changes set effective_at = now() - interval '1 second' where user_id = ${who.user.id}`);

/** Begins `work` while another transaction has just taken the number; that one commits once `work` waits for it. */
async function whileTaken<Value>(phone: string, work: () => Promise<Value>): Promise<Value> {
  const client = postgres(url, { max: 1 });
  const started = await client.begin(async (transaction) => {
    await transaction`insert into users (id, phone) values (gen_random_uuid(), ${phone})`;
    const promise = work();
    const waiting = sql`
      select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await vi.waitFor(async () => expect(await db.execute(waiting)).toHaveLength(1));
    return { promise };
  });
  await client.end();
  return started.promise;
}

describe('a change of number', () => {
  it('is made by a right code: other sessions end, the old number is told and opens nothing any more', async () => {
    const [old, fresh] = [freshPhone(), freshPhone()];
    const other = await signedInWith(deps, old);
    const who = await signedInWith(deps, old);
    expect(await change(who, fresh)).toMatchObject({ ok: true, user: { id: who.user.id, phone: fresh } });
    expect(await seenNow(deps, other.sessionId)).toBeNull();
    expect(await seenNow(deps, who.sessionId)).toMatchObject({ user: { phone: fresh } });
    expect((await texts(old))[0]).toMatch(/^Latchkey: your account now has the number ending in \d{4}, not this one\./);
    expect(await events(who.user.id)).toEqual(['user.phone_changed']);
    expect(await signInWith(deps, old)).toMatchObject({ ok: true, created: true });
    expect(await signInWith(deps, fresh)).toMatchObject({ ok: true, created: false, user: { id: who.user.id } });
  });

  it('happens once for fifty simultaneous right answers', async () => {
    const [old, fresh] = [freshPhone(), freshPhone()];
    const who = await signedInWith(deps, old);
    const code = await askFor(who, fresh);
    const answers = await Promise.all(Array.from({ length: 50 }, () => confirm(who, fresh, code)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await events(who.user.id)).toEqual(['user.phone_changed']);
    expect(await texts(old)).toHaveLength(2);
  });

  it('gives the number to one of two people who prove it at the same moment; both codes are spent', async () => {
    for (let round = 0; round < 5; round += 1) {
      const fresh = freshPhone();
      const [a, b] = [await signedInWith(deps, freshPhone()), await signedInWith(deps, freshPhone())];
      const [codeA, lost] = [await askFor(a, fresh), await askFor(b, fresh, true)];
      // The second may hold a code of the other purpose only: there is one live code a number and purpose.
      expect((await confirm(b, fresh, lost, true)).ok).toBe(true);
      await letPass(b);
      const [first, second] = await Promise.all([confirm(a, fresh, codeA), makeDueChange(db, b.user.id)]);
      const owners = await db.execute<{ id: string }>(sql`select id from users where phone = ${fresh}`);
      expect(owners).toHaveLength(1);
      expect(first.ok).toBe(owners[0]?.id === a.user.id);
      if (!first.ok) expect(first.code).toBe('conflict');
      if (first.ok) expect(second?.changed).not.toBe(true);
      expect(await confirm(a, fresh, codeA)).toMatchObject({ ok: false });
      await makeDuePhoneChanges(deps);
    }
  });

  it('that meets somebody else’s commit changes nothing, but the code is spent', async () => {
    const who = await signedInWith(deps, freshPhone());
    const elsewhere = await signedInWith(deps, who.user.phone!);
    const fresh = freshPhone();
    const code = await askFor(who, fresh);
    const answer = await whileTaken(fresh, () => confirm(who, fresh, code));
    expect(answer).toMatchObject({ code: 'conflict' });
    expect(await confirm(who, fresh, code)).toMatchObject({ code: 'code_expired' });
    expect(await seenNow(deps, elsewhere.sessionId)).toMatchObject({ user: { phone: who.user.phone } });
    expect(await events(who.user.id)).toEqual(['user.phone_change_refused']);
    const lost = freshPhone();
    await change(who, lost, true);
    await letPass(who);
    expect(await whileTaken(lost, () => makeDueChange(db, who.user.id))).toBeNull();
    expect(await makeDueChange(db, who.user.id)).toMatchObject({ changed: false });
  });

  it('and a first sign-in with the same number at the same moment leave it with one account', async () => {
    for (let round = 0; round < 8; round += 1) {
      const who = await signedInWith(deps, freshPhone());
      const fresh = freshPhone();
      const code = await askFor(who, fresh);
      await db.execute(sql`delete from rate_limits where bucket like ${`%${fresh}`}`);
      await sendCode(deps, { phone: fresh, address: freshAddress() });
      const signInCode = await newestCode(db, fresh);
      const signIn = { phone: fresh, code: signInCode, kind: 'api', address: freshAddress(), userAgent: null } as const;
      const [changed, signedIn] = await Promise.all([confirm(who, fresh, code), verifyCode(deps, signIn)]);
      expect(signedIn.ok).toBe(true);
      const owners = await db.execute<{ id: string }>(sql`select id from users where phone = ${fresh}`);
      expect(owners).toHaveLength(1);
      expect(changed.ok).toBe(owners[0]?.id === who.user.id);
      expect(changed.ok || changed.code).toBe(changed.ok || 'conflict');
    }
  });

  it('ends a session that a sign-in of the same moment starts, and not the one that asked', async () => {
    const who = await signedInWith(deps, freshPhone());
    const fresh = freshPhone();
    const code = await askFor(who, fresh);
    const [sid, client] = [newId(), postgres(url, { max: 1 })];
    const { changing } = await client.begin(async (signIn) => {
      await signIn`update users set phone_proved_at = now() where id = ${who.user.id}`;
      await signIn`
        insert into sessions (id, user_id, kind, expires_at) values (${sid}, ${who.user.id}, 'web', now() + interval '1 day')`;
      const changing = confirm(who, fresh, code);
      const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await vi.waitFor(async () => expect(await db.execute(waiting)).toHaveLength(1), { timeout: 5_000 });
      return { changing };
    });
    await client.end();
    expect(await changing).toMatchObject({ ok: true, user: { phone: fresh } });
    expect(await seenNow(deps, sid)).toBeNull();
    expect(await seenNow(deps, who.sessionId)).not.toBeNull();
  });

  it('tells that a number is another account’s only after a right code, which is then spent', async () => {
    const taken = freshPhone();
    const owner = await signedInWith(deps, taken);
    const who = await signedInWith(deps, freshPhone());
    const code = await askFor(who, taken);
    expect(await confirm(who, taken, wrongCode(code))).toMatchObject({ code: 'invalid_code' });
    expect(await confirm(who, taken, code)).toMatchObject({ code: 'conflict' });
    expect(await confirm(who, taken, code)).toMatchObject({ code: 'code_expired' });
    expect(await seenNow(deps, owner.sessionId)).toMatchObject({ user: { phone: taken } });
    expect(await seenNow(deps, who.sessionId)).toMatchObject({ user: { phone: who.user.phone } });
    expect(await events(who.user.id)).toEqual(['user.phone_change_refused']);
  });

  it('gives a number to an account that had none, and then there is nobody to tell', async () => {
    const who = await signedInWith(deps, freshPhone());
    await db.execute(sql`update users set phone = null, phone_verified_at = null where id = ${who.user.id}`);
    const phoneless = (await seenNow(deps, who.sessionId))!;
    const fresh = freshPhone();
    expect(await change(phoneless, fresh)).toMatchObject({ ok: true, user: { phone: fresh, is_verified: true } });
    expect(await texts(fresh)).toHaveLength(1);
  });

  it('does nothing for a session that ended while the code was on its way', async () => {
    const who = await signedInWith(deps, freshPhone());
    const fresh = freshPhone();
    const code = await askFor(who, fresh);
    await db.execute(sql`update sessions set revoked_at = now() where id = ${who.sessionId}`);
    expect(await confirm(who, fresh, code)).toMatchObject({ code: 'code_expired' });
    expect(await db.execute(sql`select 1 from users where phone = ${fresh}`)).toHaveLength(0);
  });

  it('is done although the notice can’t be sent', async () => {
    const old = freshPhone();
    const who = await signedInWith(deps, old);
    const fresh = freshPhone();
    const code = await askFor(who, fresh);
    const broken = { ...deps, sms: { name: 'broken', send: () => Promise.reject(new Error('no route')) } };
    const done = await confirmPhoneChange(broken, who, { phone: fresh, code, oldNumberLost: false, address });
    expect(done.ok).toBe(true);
  });
});

describe('a change of number whose old one is lost', () => {
  it('waits three days, is told to the old number, and then ends every session', async () => {
    const [old, fresh] = [freshPhone(), freshPhone()];
    const who = await signedInWith(deps, old);
    const asked = await change(who, fresh, true);
    expect(asked).toMatchObject({ ok: true, effectiveAt: expect.any(Date) });
    expect((await texts(old))[0]).toMatch(/^Latchkey: your number changes to one ending in \d{4} on .*Sign in/);
    expect(await phoneOf(deps, who)).toMatchObject({ phone: old, pending: { phone: expect.stringContaining('•') } });
    expect(await makeDuePhoneChanges(deps)).toBe(0);
    await db.execute(
      sql`update phone_changes set effective_at = effective_at - interval '3 days' where user_id = ${who.user.id}`,
    );
    expect(await makeDuePhoneChanges(deps)).toBe(1);
    expect(await seenNow(deps, who.sessionId)).toBeNull();
    expect((await texts(old))[0]).toContain('not this one');
    expect((await texts(fresh))[0]).toContain('Sign in with it from now on');
    expect(await signInWith(deps, fresh)).toMatchObject({ ok: true, created: false, user: { id: who.user.id } });
    expect(await events(who.user.id)).toEqual(['user.phone_change_requested', 'user.phone_changed']);
  });

  it('is carried out once by several instances at work together', async () => {
    const people = await Promise.all(Array.from({ length: 8 }, () => signedInWith(deps, freshPhone())));
    for (const who of people) {
      await change(who, freshPhone(), true);
      await letPass(who);
    }
    const counts = await Promise.all(Array.from({ length: 4 }, () => makeDuePhoneChanges(deps)));
    const left = await makeDuePhoneChanges(deps);
    expect(counts.reduce((sum, count) => sum + count, left)).toBe(8);
    for (const { user } of people) {
      expect((await events(user.id)).filter((event) => event === 'user.phone_changed')).toHaveLength(1);
    }
  });

  it.each<[string, (who: SignedIn) => Promise<unknown>]>([
    ['a right code to the old number: it is not lost', (who) => signedInWith(deps, who.user.phone!)],
    [
      'a confirmation by the old number',
      async (who) => {
        await db.execute(sql`delete from rate_limits where bucket like ${`%${who.user.phone}`}`);
        await sendConfirmation(deps, who, { address: freshAddress() });
        const code = await newestCode(db, who.user.phone!);
        return confirmIdentity(deps, who, { code, address: freshAddress() });
      },
    ],
    ['any session of the person', (who) => cancelPhoneChange(deps, who, { address })],
  ])('is taken back by %s', async (_name, undo) => {
    const who = await signedInWith(deps, freshPhone());
    await change(who, freshPhone(), true);
    await undo(who);
    expect(await events(who.user.id)).toEqual(['user.phone_change_requested', 'user.phone_change_cancelled']);
    expect(await phoneOf(deps, who)).toMatchObject({ pending: null });
    expect(await cancelPhoneChange(deps, who, { address })).toMatchObject({ code: 'not_found' });
  });

  it('is replaced by a new one, which begins anew, and dropped by a change with the old number at hand', async () => {
    const who = await signedInWith(deps, freshPhone());
    await change(who, freshPhone(), true);
    await db.execute(
      sql`update phone_changes set effective_at = now() + interval '1 minute' where user_id = ${who.user.id}`,
    );
    const second = freshPhone();
    await change(who, second, true);
    const { pending } = await phoneOf(deps, who);
    expect(pending?.phone).toMatch(new RegExp(`${second.slice(-4)}$`));
    expect(Date.parse(pending!.effective_at) - Date.parse(pending!.requested_at)).toBe(3 * 86_400_000);
    await change(who, freshPhone());
    expect((await phoneOf(deps, who)).pending).toBeNull();
    expect(await events(who.user.id)).toEqual([
      'user.phone_change_requested',
      'user.phone_change_cancelled',
      'user.phone_change_requested',
      'user.phone_change_cancelled',
      'user.phone_changed',
    ]);
  });

  it.each([
    ['went to another account', (fresh: string) => signedInWith(deps, fresh)],
    [
      'waits for somebody who was suspended',
      (_: string, id: string) => db.execute(sql`update users set suspended_at = now() where id = ${id}`),
    ],
    [
      'waits for somebody made an administrator',
      (_: string, id: string) => db.execute(sql`update users set role = 'admin' where id = ${id}`),
    ],
  ])('is dropped when the number %s', async (_name, meanwhile) => {
    const [old, fresh] = [freshPhone(), freshPhone()];
    const who = await signedInWith(deps, old);
    await change(who, fresh, true);
    await meanwhile(fresh, who.user.id);
    await letPass(who);
    expect(await makeDuePhoneChanges(deps)).toBe(1);
    expect(await db.execute(sql`select 1 from users where id = ${who.user.id} and phone = ${old}`)).toHaveLength(1);
    expect((await events(who.user.id)).at(-1)).toBe('user.phone_change_cancelled');
    expect((await texts(old)).filter((text) => text.includes('not this one'))).toEqual([]);
  });

  it('takes every other way in away: who found the SIM may have linked a Google account of theirs', async () => {
    const old = freshPhone();
    const who = await signedInWith(deps, old);
    const identity = freshIdentity();
    const by = { userId: who.user.id, sessionId: who.sessionId, phone: old, address };
    expect(await linkIdentity(db, { ...by, identity })).toBe('linked');
    await change(who, freshPhone(), true);
    await letPass(who);
    expect(await makeDuePhoneChanges(deps)).toBe(1);
    expect(await signedInAs(db, identity, address)).toMatchObject({ created: true });
    const unlinked = await db.execute(
      sql`select 1 from audit_events where user_id = ${who.user.id} and event = 'identity.unlinked'`,
    );
    expect(unlinked).toHaveLength(1);
  });

  it('takes passkeys and recovery codes away with them, and a passkey alone does not stop it', async () => {
    const { who, phone: old, device } = await personWithPasskey(deps);
    const recovery = { ...deps, recoveryKey: Buffer.alloc(32) };
    const sheet = await makeRecoveryCodes(recovery, who, { address });
    const fresh = freshPhone();
    await change(who, fresh, true);
    expect(await enterWith(deps, device)).toMatchObject({ ok: true, user: { phone: old } });
    expect((await phoneOf(deps, who)).pending).not.toBeNull();
    await letPass(who);
    expect(await makeDuePhoneChanges(deps)).toBe(1);
    expect(await enterWith(deps, device)).toMatchObject({ ok: false, code: 'invalid_code' });
    const code = sheet.ok ? sheet.codes[0]! : '';
    expect(await recover(recovery, { phone: fresh, code, ...fromSomewhere() })).toMatchObject({ code: 'invalid_code' });
    expect(await eventsOf(deps, who.user.id)).toContain('passkey.removed');
  });

  describe('leaves the owner a whole day in which a code can reach the old number:', () => {
    const waits = async (who: SignedIn) => Date.parse((await phoneOf(deps, who)).pending!.effective_at) - Date.now();
    const inSeconds = (who: SignedIn, seconds: number) =>
      db.execute(
        sql`update phone_changes set effective_at = now() + make_interval(secs => ${seconds}) where user_id = ${who.user.id}`,
      );

    it('it is put off while its messages of the day are used up', async () => {
      const old = freshPhone();
      const who = await signedInWith(deps, old);
      await change(who, freshPhone(), true);
      await db.execute(sql`delete from rate_limits`);
      const sends = { key: `send:phone:long:${old}`, policy: limitPolicy.sendsPerPhoneLong };
      for (let i = 1; i < 10; i += 1) await takePlaces(db, [sends]);
      await inSeconds(who, 3600);
      await makeDuePhoneChanges(deps);
      expect(await waits(who)).toBeLessThan(3_600_001);
      await takePlaces(db, [sends]);
      await inSeconds(who, -1);
      expect(await makeDuePhoneChanges(deps)).toBe(0);
      expect(await waits(who)).toBeGreaterThan(DAY_MS - 60_000);
      // The window moves on, and the day begins that belongs to the owner.
      await db.execute(
        sql`update rate_limits set hits = (select array_agg(h - interval '24 hours') from unnest(hits) h) where bucket = ${sends.key}`,
      );
      await inSeconds(who, 3600);
      await makeDuePhoneChanges(deps);
      expect(await waits(who)).toBeLessThan(3_600_001);
      await inSeconds(who, -1);
      expect(await makeDuePhoneChanges(deps)).toBe(1);
    });

    type Settings = Record<string, string>;
    const fill = (key: string, places: number, windowSeconds: number, weight = 1) =>
      takePlaces(db, [{ key, policy: { places, windowSeconds }, weight }]);
    const off = (scope: string, forSeconds: number | null = null) =>
      pauseSms(db, { scope, reason: 'a test', by: 'test', forSeconds });
    it.each<[string, string, (old: string) => Promise<unknown>, Settings, boolean]>([
      ['put off', 'its range is full', (old) => fill(`send:range:${old.slice(0, -4)}`, 3, 3600, 3), {}, true],
      ['put off', 'its country is full', () => fill('send:country:IN', 3, 600, 3), {}, true],
      ['put off', 'the hour’s budget is used up', () => fill('budget:hour', 3, 3600, 3), {}, true],
      ['put off', 'the day’s budget is used up', () => fill('budget:day', 3, 86_400, 3), {}, true],
      ['put off', 'there is no money for a code', () => fill('spend:day', 3, 86_400, 3), {}, true],
      ['put off', 'sending is switched off', () => off('all'), {}, true],
      ['put off', 'its country is switched off', () => off('send:country:IN', 600), {}, true],
      ['put off', 'its range is switched off', (old) => off(`send:range:${old.slice(0, -4)}`), {}, true],
      ['made', 'another country is switched off', () => off('send:country:UZ'), {}, false],
      ['made', 'that is over', () => off('all', -1), {}, false],
      ['made', 'its range is all but full', (old) => fill(`send:range:${old.slice(0, -4)}`, 3, 3600, 2), {}, false],
      [
        'made',
        'a full window only records',
        () => fill('send:country:IN', 3, 600, 3),
        { SMS_RECORD_ONLY: 'country' },
        false,
      ],
    ])('it is %s while %s', async (_done, _why, happens, settings, putOff) => {
      const old = freshPhone();
      const who = await signedInWith(deps, old);
      await change(who, freshPhone(), true);
      await db.execute(sql`delete from rate_limits`);
      await happens(old);
      await inSeconds(who, -1);
      const limits = Object.fromEntries(LIMITS.map((name) => [name, '3']));
      const { env } = depsOn(db, undefined, {
        ...limits,
        SMS_PRICES: '*=0.0001',
        SMS_SPEND_PER_DAY: '0.0003',
        ...settings,
      });
      expect(await makeDuePhoneChanges({ ...deps, env })).toBe(putOff ? 0 : 1);
      if (putOff) expect(await waits(who)).toBeGreaterThan(DAY_MS - 60_000);
      await db.execute(sql`delete from sms_pauses`);
      await db.execute(sql`delete from rate_limits`);
      await cancelPhoneChange(deps, who, { address });
    });

    it.each([
      ['it is put off', 'wrong tries make it wait', 10, 59, true],
      ['it is put off', 'wrong tries lock it', 100, 9999, true],
      ['it is made', 'wrong tries are few', 9, 0, false],
      ['it is made', 'the wait for them is over', 99, 61, false],
      ['it is made', 'the stop is over, and a code is judged again', 100, 30 * 24 * 60 + 1, false],
    ])('%s while %s', async (_done, _why, failures, minutesAgo, putOff) => {
      const old = freshPhone();
      const who = await signedInWith(deps, old);
      await change(who, freshPhone(), true);
      await db.execute(
        sql`insert into phone_throttles values (${old}, ${failures}, now() - make_interval(mins => ${minutesAgo}::integer))`,
      );
      await inSeconds(who, -1);
      expect(await makeDuePhoneChanges(deps)).toBe(putOff ? 0 : 1);
      if (putOff) expect(await waits(who)).toBeGreaterThan(DAY_MS - 60_000);
    });

    it('while it waits, ending another session takes a fresh proof, which is a code to the old number', async () => {
      const old = freshPhone();
      const owner = await signedInWith(deps, old);
      const who = await signedInWith(deps, old);
      const lifetimes = sessionLifetimes(deps.env.REFRESH_TOKEN_TTL_SECONDS);
      const stale = { ...who, provedAt: new Date(who.provedAt.getTime() - 601_000) };
      const end = (id: string) => endSession({ ...deps, lifetimes }, stale, { id, address });
      await change(stale, freshPhone(), true);
      expect(await end(owner.sessionId)).toMatchObject({ code: 'fresh_proof_required' });
      expect(await seenNow(deps, owner.sessionId)).not.toBeNull();
      await cancelPhoneChange(deps, owner, { address });
      expect(await end(owner.sessionId)).toMatchObject({ ok: true });
      await change(stale, freshPhone(), true);
      expect(await end(stale.sessionId)).toMatchObject({ ok: true, own: true });
    });
  });

  describe('is told to the old number before its time begins:', () => {
    const failing = (errorClass: SendFailure['errorClass'], phone: string) => {
      const inbox = inboxSender(db);
      const send: SmsSender['send'] = (message) =>
        message.phone === phone
          ? Promise.resolve({ accepted: false, errorClass, errorCode: null, operatorHint: 'x', anotherMayTry: false })
          : inbox.send(message);
      return { ...deps, deliver: depsOn(db, { name: 'failing', send }).deliver };
    };
    const changeBy = async (sender: typeof deps, who: SignedIn, phone: string) => {
      const code = await askFor(who, phone, true);
      return confirmPhoneChange(sender, who, { phone, code, oldNumberLost: true, address: freshAddress() });
    };
    const earlier = (who: SignedIn, minutes: number) =>
      db.execute(sql`
        update phone_changes set tried_at = tried_at - make_interval(mins => ${minutes}::integer),
          effective_at = effective_at - make_interval(mins => ${minutes}::integer) where user_id = ${who.user.id}`);

    it('tried again every few minutes, once for all instances, and not made while it is not', async () => {
      const old = freshPhone();
      const who = await signedInWith(deps, old);
      const down = failing('transient', old);
      expect(await changeBy(down, who, freshPhone())).toMatchObject({ ok: true });
      await earlier(who, 4);
      expect(await tellUntold(deps)).toBe(0);
      await earlier(who, 2);
      expect(await tellUntold(down)).toBe(1);
      await earlier(who, 6);
      await letPass(who);
      expect(await makeDuePhoneChanges(deps)).toBe(0);
      const tried = await Promise.all(Array.from({ length: 4 }, () => tellUntold(deps)));
      expect(tried.reduce((sum, count) => sum + count, 0)).toBe(1);
      const told = (await texts(old)).filter((text) => text.includes('Sign in with this number to stop it'));
      expect(told).toHaveLength(1);
      const { pending } = await phoneOf(deps, who);
      expect(Date.parse(pending!.effective_at) - Date.now()).toBeGreaterThan(3 * DAY_MS - 60_000);
      expect(await tellUntold(deps)).toBe(0);
      await letPass(who);
      expect(await makeDuePhoneChanges(deps)).toBe(1);
    });

    it.each(['recipient', 'blocked'] as const)('a number that can’t get messages counts as told (%s)', async (why) => {
      const old = freshPhone();
      const who = await signedInWith(deps, old);
      await changeBy(failing(why, old), who, freshPhone());
      await letPass(who);
      expect(await makeDuePhoneChanges(deps)).toBe(1);
    });

    it('one that replaces it is told anew', async () => {
      const old = freshPhone();
      const who = await signedInWith(deps, old);
      await change(who, freshPhone(), true);
      await changeBy(failing('balance', old), who, freshPhone());
      await letPass(who);
      expect(await makeDuePhoneChanges(deps)).toBe(0);
      await cancelPhoneChange(deps, who, { address });
    });
  });

  it('that can’t be made holds no other up', async () => {
    const [stuck, next] = [await signedInWith(deps, freshPhone()), await signedInWith(deps, freshPhone())];
    const held = freshPhone();
    await change(stuck, held, true);
    await change(next, freshPhone(), true);
    await letPass(stuck);
    await db.execute(sql`update phone_changes set effective_at = now() where user_id = ${next.user.id}`);
    await db.execute(sql`alter table users add constraint stuck check (phone <> ${sql.raw(`'${held}'`)})`);
    const warn = vi.fn();
    expect(await makeDuePhoneChanges({ ...deps, log: { warn } })).toBe(1);
    expect(warn).toHaveBeenCalledOnce();
    await db.execute(sql`alter table users drop constraint stuck`);
    expect(await makeDuePhoneChanges(deps)).toBe(1);
  });

  it('is nothing for administrators, nor for an account without a number', async () => {
    const who = await signedInWith(deps, freshPhone());
    const input = { phone: freshPhone(), oldNumberLost: true, address };
    const as = (user: Partial<SignedIn['user']>) => ({ ...who, user: { ...who.user, ...user } });
    expect(await requestPhoneChange(deps, as({ role: 'admin' }), input)).toMatchObject({ code: 'forbidden' });
    expect(await requestPhoneChange(deps, as({ phone: null }), input)).toMatchObject({ code: 'invalid_request' });
    // Also for who became one between the code and its return.
    const code = await askFor(who, input.phone, true);
    await db.execute(sql`update users set role = 'admin' where id = ${who.user.id}`);
    expect(await confirm(who, input.phone, code, true)).toMatchObject({ code: 'code_expired' });
  });
});

describe('codes', () => {
  it('on their way to the number for this session are joined, not refused', async () => {
    const [who, stranger] = [await signedInWith(deps, freshPhone()), await signedInWith(deps, freshPhone())];
    const input = { phone: freshPhone(), oldNumberLost: false, address: freshAddress() };
    const first = await requestPhoneChange(deps, who, input);
    const code = await newestCode(db, input.phone);
    if (!first.ok) throw new Error(first.code);
    // However it travelled.
    await db.execute(sql`update otp_challenges set channel = 'call' where id = ${first.challengeId}`);
    const again = await requestPhoneChange(deps, who, input);
    expect(again).toMatchObject({ ok: true, challengeId: first.challengeId, channel: 'call' });
    expect(await requestPhoneChange(deps, stranger, input)).toMatchObject({ code: 'resend_too_soon' });
    expect(await requestPhoneChange(deps, who, { ...input, oldNumberLost: true })).toMatchObject({
      code: 'resend_too_soon',
    });
    expect((await confirm(who, input.phone, code)).ok).toBe(true);
  });

  it('of one purpose, session or number are worth nothing for another', async () => {
    const who = await signedInWith(deps, freshPhone());
    const stranger = await signedInWith(deps, freshPhone());
    const fresh = freshPhone();
    const code = await askFor(who, fresh);
    expect(await confirm(stranger, fresh, code)).toMatchObject({ code: 'code_expired' });
    expect(await confirm(who, fresh, code, true)).toMatchObject({ code: 'code_expired' });
    const signIn = freshPhone();
    await sendCode(deps, { phone: signIn, address: freshAddress() });
    expect(await confirm(who, signIn, await newestCode(db, signIn))).toMatchObject({ code: 'code_expired' });
    expect((await confirm(who, fresh, code)).ok).toBe(true);
  });
});
