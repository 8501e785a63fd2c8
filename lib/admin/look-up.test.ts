import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { recordLimited } from '../otp/limited-store';
import { sendCode } from '../otp/send-code';
import { depsOn, freshAddress, freshPhone } from '../otp/testing';
import { limitPolicy } from '../policy';
import type { SendOutcome } from '../sms/sender';
import { failureWords } from '../sms/vendor-words';
import { signedInWith } from '../sessions/testing';
import { lookedUpDeliveries, lookUpNumber } from './look-up';

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

const sendOver = async (outcome: SendOutcome, phone = freshPhone()) => {
  await sendCode(depsOn(db, { name: 'twilio', send: async () => outcome }), { phone, address: freshAddress() });
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

describe('a refused request', () => {
  const refused = (phone: string, key: string) =>
    recordLimited(db, {
      phone,
      bucket: { key, policy: limitPolicy.sendsPerPhoneShort },
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
    await Promise.all(Array.from({ length: 5 }, () => refused(phone, `resend:${phone}`)));
    await refused(phone, `send:address:short:2001:db8::/64`);
    expect(await noted(phone)).toEqual(['resend', 'send:address:short']);
    expect((await look(phone)).summary).toMatch(
      /^The last request was refused: more than 10 codes in ten minutes from one address/,
    );
  });

  it('is a sample in a flood: sixty a minute for the whole app', async () => {
    await db.execute(sql`delete from rate_limits where bucket = 'note:app'`);
    const phones = Array.from({ length: 80 }, freshPhone);
    for (const phone of phones) await refused(phone, `send:country:IN`);
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
    ['somebody', null, null, /did not say why/],
  ])('of %s, %s, %s', (provider, errorClass, errorCode, words) => {
    expect(failureWords(provider, errorClass, errorCode)).toMatch(words);
  });
});
