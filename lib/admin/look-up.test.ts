import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { recordLimited } from '../otp/limited-store';
import type { SendWindow } from '../otp/send-windows';
import { sendCode } from '../otp/send-code';
import { depsOn, freshAddress, freshPhone } from '../otp/testing';
import { limitPolicy } from '../policy';
import { newId } from '../random';
import type { SendOutcome } from '../sms/sender';
import { failureWords } from '../sms/vendor-words';
import { signedInWith } from '../sessions/testing';
import { lookedUpDeliveries, lookUpNumber, lookUpUser } from './look-up';

const { db } = await testDatabase();
const deps = depsOn(db);
const admin = await signedInWith(deps, freshPhone());

async function look(phone: string) {
  const begun = await lookUpNumber(deps, admin, { phone, address: freshAddress() });
  if (!begun.ok) throw new Error(begun.code);
  const found = await lookedUpDeliveries(deps, admin, begun.lookUpId);
  if (!found.ok) throw new Error(found.code);
  return found.timeline;
}

const sendOver = async (outcome: SendOutcome, phone = freshPhone(), name = 'twilio') => {
  await sendCode(depsOn(db, { name, send: async () => outcome }), { phone, address: freshAddress() });
  return phone;
};
const refusal = (errorClass: 'recipient' | 'unknown', errorCode: string): SendOutcome => ({
  accepted: false,
  errorClass,
  errorCode,
  operatorHint: '',
  anotherMayTry: false,
});

describe('a look-up', () => {
  it('says in plain words why a vendor did not take a message', async () => {
    const phone = await sendOver(refusal('recipient', '21614'));
    const { summary, events } = await look(phone);
    expect(summary).toBe(
      'The last code did not arrive. Twilio: The number is a landline or takes no SMS: a call may reach it.',
    );
    expect(events.map(({ text, outcome, vendor_code }) => [text, outcome, vendor_code])).toEqual([
      ['Twilio did not take the message', 'bad', '21614'],
      ['Code asked for by SMS, to sign in', 'neutral', null],
    ]);
  });

  it('tells a receipt apart from the hand-over, and an answer that never came', async () => {
    const phone = await sendOver({ accepted: true, providerMessageId: freshPhone(), segments: 2, price: null });
    expect((await look(phone)).summary).toBe(
      'Twilio took the last message and has reported nothing more so far. It was not used.',
    );
    await db.execute(sql`
      update sms_deliveries set failed_at = now(), error_class = 'recipient', error_code = '30003' where phone = ${phone}`);
    const { events, summary } = await look(phone);
    expect(events.map(({ text }) => text).slice(0, 2)).toEqual([
      'Twilio reports it not delivered',
      'Twilio took the message',
    ]);
    expect(summary).toContain('The phone is off, out of reach');
    const unanswered = await look(await sendOver(refusal('unknown', 'timeout')));
    expect(unanswered.events[0]).toMatchObject({ text: 'Twilio was asked and did not answer', outcome: 'bad' });
  });

  it('is shown to the session that made it, for a quarter of an hour', async () => {
    const begun = await lookUpNumber(deps, admin, { phone: freshPhone(), address: freshAddress() });
    const other = await signedInWith(deps, freshPhone());
    const id = begun.ok ? begun.lookUpId : '';
    expect(await lookedUpDeliveries(deps, other, id)).toMatchObject({ code: 'not_found' });
    expect(await lookedUpDeliveries(deps, admin, 'x')).toMatchObject({ code: 'not_found' });
    expect(await lookedUpDeliveries(deps, admin, id)).toMatchObject({ ok: true });
    await db.execute(sql`update audit_events set created_at = now() - interval '16 minutes' where id = ${id}::uuid`);
    expect(await lookedUpDeliveries(deps, admin, id)).toMatchObject({ code: 'not_found' });
  });
});

describe('the answer in a sentence', () => {
  const taken = (): SendOutcome => ({ accepted: true, providerMessageId: freshPhone(), segments: 1, price: null });

  it('is what became of the code, also where another was asked for too soon', async () => {
    const phone = await sendOver(taken());
    await sendOver(taken(), phone);
    expect((await look(phone)).summary).toBe(
      'Twilio took the last message and has reported nothing more so far. It was not used. A further request was refused: the code before was sent only a moment earlier. The wait is shown on the page.',
    );
    await db.execute(sql`update otp_challenges set consumed_at = now() where phone = ${phone}`);
    expect((await look(phone)).summary).toMatch(/^The last code arrived and was used\./);
  });

  it('is what may still arrive, where the next vendor refused what the first may have sent', async () => {
    const phone = await sendOver(refusal('unknown', 'timeout'));
    await db.execute(sql`
      insert into sms_deliveries (id, challenge_id, phone, channel, provider, error_class, error_code, failed_at)
      select gen_random_uuid(), challenge_id, phone, channel, 'playmobile', 'recipient', '202', now()
      from sms_deliveries where phone = ${phone}`);
    expect((await look(phone)).summary).toMatch(/^It is not known whether the last code went out\. Twilio: /);
  });

  it.each([
    ['bulksmsbd', 'BulkSMS BD took the last message and never reports what becomes of one. It was not used.'],
    ['playmobile', 'PlayMobile took the last message and has reported nothing more so far. It was not used.'],
  ])('promises no receipt where the vendor sends none (%s)', async (vendor, words) => {
    expect((await look(await sendOver(taken(), freshPhone(), vendor))).summary).toBe(words);
  });

  it('names a country that no codes are sent to', async () => {
    const here = { ...deps, env: { ...deps.env, ALLOWED_COUNTRIES: ['BD' as const] } };
    const begun = await lookUpNumber(here, admin, { phone: freshPhone(), address: freshAddress() });
    expect(begun.ok && (await lookedUpDeliveries(here, admin, begun.lookUpId))).toMatchObject({
      timeline: {
        summary:
          'No codes are sent to this country: ALLOWED_COUNTRIES leaves it out. Nobody asked for a code for this number, as far back as we keep it.',
      },
    });
  });

  it.each([
    [9, /keep it\.$/],
    [10, /tries have to wait\.$/],
    [100, /no code signs this number in any more until it is freed\.$/],
  ])('tells of %i wrong codes in a row', async (failures, words) => {
    const phone = freshPhone();
    await db.execute(sql`
      insert into phone_throttles (phone, consecutive_failures, last_failed_at) values (${phone}, ${failures}::integer, now())`);
    expect((await look(phone)).summary).toMatch(words);
  });

  it('is there for a test number past its day, which is no number otherwise', async () => {
    const env = { ...deps.env, TEST_NUMBERS: [{ phone: '+15550100009', code: '730518', until: '2020-01-01' }] };
    const past = { phone: '+1 555 010 0009', address: freshAddress() };
    expect(await lookUpNumber({ ...deps, env }, admin, past)).toMatchObject({ ok: true });
    expect(await lookUpNumber(deps, admin, past)).toMatchObject({ code: 'invalid_phone' });
  });

  it('is had for so many numbers in ten minutes, by one administrator in all their sessions', async () => {
    const one = await signedInWith(deps, freshPhone());
    const ask = (sessionId: string) =>
      lookUpNumber(deps, { ...one, sessionId }, { phone: freshPhone(), address: freshAddress() });
    for (let asked = 0; asked < limitPolicy.lookUpsPerAdministrator.places; asked += 1) {
      expect(await ask(one.sessionId)).toMatchObject({ ok: true });
    }
    expect(await ask(one.sessionId)).toMatchObject({ code: 'too_many_requests' });
    expect(await ask(newId())).toMatchObject({ code: 'too_many_requests' });
  });
});

describe('a refused request', () => {
  const refused = (phone: string, window: SendWindow) =>
    recordLimited(db, {
      phone,
      window,
      purpose: 'sign_in',
      channel: 'sms',
      address: '203.0.113.5',
    });
  const noted = async (phone: string) => {
    const rows = await db.execute<{ window: string }>(sql`
      select detail ->> 'window' as window from audit_events where phone = ${phone} and event = 'code.limited' order by created_at`);
    return [...rows].map(({ window }) => window);
  };

  it('is written down once a minute for each window of a number', async () => {
    const phone = freshPhone();
    await Promise.all(Array.from({ length: 5 }, () => refused(phone, 'resend')));
    await refused(phone, 'send:address:short');
    expect(await noted(phone)).toEqual(['resend', 'send:address:short']);
    expect((await look(phone)).summary).toMatch(
      /^The last request was refused: more than 10 codes in ten minutes from one address/,
    );
  });

  it('is a sample in a flood: sixty a minute for the whole app', async () => {
    await db.execute(sql`delete from rate_limits where bucket = 'note:app'`);
    const phones = Array.from({ length: 80 }, freshPhone);
    for (const phone of phones) await refused(phone, 'send:country');
    const counts = await Promise.all(phones.map(noted));
    expect(counts.flat()).toHaveLength(limitPolicy.refusalNotes.places);
  });
});

describe('failureWords', () => {
  it.each([
    ['twilio', 'recipient', '30003', /phone is off/],
    ['playmobile', 'configuration', '401', /originator/],
    ['playmobile', 'blocked', 'rejected', /rejected the message/],
    ['bulksmsbd', 'balance', '1007', /balance is insufficient/],
    ['twilio', 'unknown', 'timeout', /no whole answer in time/],
    ['twilio', 'transient', 'http_503', /passing fault/],
    ['twilio', 'recipient', '99999', /does not exist, is switched off/],
    ['twilio', 'recipient', 'busy', /line was busy/],
    ['twilio', 'recipient', 'no-answer', /Nobody answered/],
    ['somebody', null, null, /did not say why/],
  ])('of %s, %s, %s', (provider, errorClass, errorCode, words) => {
    expect(failureWords(provider, errorClass, errorCode)).toMatch(words);
  });
});

describe('a look-up of an account', () => {
  const readOf = async (phone: string) =>
    db.execute(sql`
      select user_id, session_id, detail ->> 'by' as by from audit_events where event = 'user.looked_up' and phone = ${phone}`);

  it('answers the account of the number and writes down who read it, outside of the person’s own trail', async () => {
    const phone = freshPhone();
    const owner = await signedInWith(deps, phone);
    const found = await lookUpUser(deps, admin, { phone: ` ${phone} `, address: freshAddress() });
    expect(found).toMatchObject({ ok: true, user: { id: owner.user.id, phone } });
    expect([...(await readOf(phone))]).toEqual([{ user_id: null, session_id: admin.sessionId, by: admin.user.id }]);
  });

  it('of a number without an account finds nothing, and is written down as well', async () => {
    const phone = freshPhone();
    const found = await lookUpUser(deps, admin, { phone, address: freshAddress() });
    expect(found).toEqual({ ok: false, code: 'not_found' });
    expect(await readOf(phone)).toHaveLength(1);
  });

  it('takes its place among the look-ups of that administrator, whatever they are of', async () => {
    const busy = await signedInWith(deps, freshPhone());
    const asked = { phone: freshPhone(), address: freshAddress() };
    for (let made = 0; made < limitPolicy.lookUpsPerAdministrator.places; made += 1) {
      await (made % 2 ? lookUpUser : lookUpNumber)(deps, busy, asked);
    }
    expect(await lookUpUser(deps, busy, asked)).toMatchObject({ ok: false, code: 'too_many_requests' });
    expect(await lookUpUser(deps, admin, asked)).toMatchObject({ code: 'not_found' });
  });
});
