import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { isDatabaseUnavailable } from '../db/client';
import { RefusalError, refuse } from '../errors';
import { inOwnTime } from '../request-context';
import { inboxMessagesOf, inboxSender } from '../sms/inbox';
import type { SendFailure, SmsSender, SmsVendor } from '../sms/sender';
import { limitPolicy } from '../policy';
import { takePlaces } from '../rate-limit/rate-limit';
import { sendCode } from './send-code';
import { freshAddress, freshPhone, newestCode, depsOn } from './testing';

const { db, transaction } = await testDatabase();
const deps = depsOn(db);
const send = (phone: string, address = freshAddress()) => sendCode(deps, { phone, address });
const coolDownOver = (phone: string) =>
  db.execute(
    sql`update rate_limits set hits = array(select h - interval '61 seconds' from unnest(hits) h) where bucket = ${`resend:${phone}`}`,
  );

function failing(errorClass: SendFailure['errorClass']): SmsSender {
  return {
    name: 'failing',
    send: async () => ({ accepted: false, errorClass, errorCode: '1', operatorHint: 'a test', anotherMayTry: false }),
  };
}

describe('sendCode', () => {
  it('sends one message with a code and keeps only a hash of it', async () => {
    const phone = freshPhone();
    const sent = await send(phone);
    expect(sent).toMatchObject({ ok: true, phone, codeLength: 6, expiresInSeconds: 300, resendInSeconds: 60 });
    const code = await newestCode(db, phone);
    expect(await inboxMessagesOf(db, phone)).toHaveLength(1);
    const [row] = await db.execute<{ whole: string; code_hash: string }>(
      sql`select c::text as whole, code_hash from otp_challenges c where phone = ${phone}`,
    );
    expect(row?.code_hash).toMatch(/^\$argon2id\$v=19\$m=256,t=1,p=1,/);
    expect(row?.whole).not.toContain(code);
  });

  it('writes in the language that was asked for, and tells the vendor which', async () => {
    const handed: string[] = [];
    const inbox = inboxSender(db);
    const sms: SmsSender = {
      name: 'inbox',
      send: (message) => {
        handed.push(message.locale);
        return inbox.send(message);
      },
    };
    const texts = [];
    for (const locale of ['ru-RU', undefined]) {
      const phone = freshPhone();
      await sendCode(depsOn(db, sms), { phone, locale, address: freshAddress() });
      texts.push((await inboxMessagesOf(db, phone))[0]?.text);
    }
    expect(texts).toEqual([
      expect.stringMatching(/^Код Latchkey \d{6}\n/),
      expect.stringMatching(/^Your Latchkey verification code is: \d{6}\n/),
    ]);
    expect(handed).toEqual(['ru-RU', 'en']);
  });

  it('records the handover and the audit event', async () => {
    const phone = freshPhone();
    await send(phone);
    const [row] = await db.execute(sql`
      select d.provider, d.provider_message_id is not null as named, d.handed_over_at is not null as handed_over,
        (select count(*)::int from audit_events where phone = ${phone} and event = 'code.requested') as audited
      from sms_deliveries d join otp_challenges c on c.id = d.challenge_id where c.phone = ${phone}`);
    expect(row).toEqual({ provider: 'inbox', named: true, handed_over: true, audited: 1 });
  });

  it('asks to wait out the cool-down, on the server, whoever asks', async () => {
    const phone = freshPhone();
    await send(phone);
    const again = await send(phone);
    expect(again).toMatchObject({ ok: false, code: 'resend_too_soon' });
    expect(again).toHaveProperty('retryAfterSeconds', 60);
    await coolDownOver(phone);
    expect((await send(phone)).ok).toBe(true);
  });

  it('sends once to fifty simultaneous requests for one number', async () => {
    const phone = freshPhone();
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(phone)));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    expect(await inboxMessagesOf(db, phone)).toHaveLength(1);
  });

  it('leaves one live code per number: the newest', async () => {
    const phone = freshPhone();
    for (let i = 0; i < 3; i++) {
      await send(phone);
      await coolDownOver(phone);
    }
    const rows = await db.execute(
      sql`select superseded_at is null as live from otp_challenges where phone = ${phone} order by created_at`,
    );
    expect([...rows]).toEqual([{ live: false }, { live: false }, { live: true }]);
  });

  it('stops at five messages in ten minutes to one number, from whatever addresses', async () => {
    const phone = freshPhone();
    for (let i = 0; i < 5; i++) {
      expect((await send(phone)).ok).toBe(true);
      await coolDownOver(phone);
    }
    expect(await send(phone)).toMatchObject({ ok: false, code: 'too_many_requests' });
  });

  it('stops at ten requests in ten minutes from one address, malformed ones counted', async () => {
    const address = freshAddress();
    for (let i = 0; i < 5; i++) expect((await send(freshPhone(), address)).ok).toBe(true);
    for (let i = 0; i < 5; i++) expect(await send('hello', address)).toMatchObject({ code: 'invalid_phone' });
    expect(await send(freshPhone(), address)).toMatchObject({ ok: false, code: 'too_many_requests' });
    expect(await send('hello', address)).toMatchObject({ ok: false, code: 'too_many_requests' });
  });

  it('pauses for everybody when the budget of the app is used up', async () => {
    const { db: poor } = await testDatabase();
    const frugal = depsOn(poor, undefined, { SMS_BUDGET_PER_HOUR: '2' });
    for (let i = 0; i < 2; i++)
      expect((await sendCode(frugal, { phone: freshPhone(), address: freshAddress() })).ok).toBe(true);
    expect(await sendCode(frugal, { phone: freshPhone(), address: freshAddress() })).toMatchObject({
      code: 'sms_paused',
    });
  });

  it.each([
    ['recipient', 'undeliverable_phone'],
    ['blocked', 'recipient_opted_out'],
    ['region', 'unsupported_country'],
    ['configuration', 'sms_unavailable'],
    ['balance', 'sms_unavailable'],
    ['transient', 'sms_unavailable'],
  ] as const)(
    'tells a vendor’s %s failure as %s, lifts the cool-down and counts nothing against the number or who asked',
    async (errorClass, code) => {
      const phone = freshPhone();
      const address = freshAddress();
      for (let i = 0; i < 10; i++) {
        const answer = await sendCode(depsOn(db, failing(errorClass)), { phone, address });
        expect(answer).toMatchObject({ ok: false, code });
      }
      expect((await send(phone, address)).ok).toBe(true);
    },
  );

  it.each([
    ['address', () => ({ address: 'one' }), 'send:address:long:one', limitPolicy.sendsPerAddressLong, 10],
    [
      'account',
      () => ({ purpose: 'new_phone' as const, signedInAs: 'me' }),
      'send:user:me',
      limitPolicy.sendsToNewNumbersPerUser,
      10,
    ],
    ['number', () => ({ phone: '+918123456789' }), 'send:phone:long:+918123456789', limitPolicy.sendsPerPhoneLong, 5],
  ] as const)(
    'counts failed codes of one %s as codes where they go on and on',
    async (_name, who, window, policy, more) => {
      const { db: own } = await testDatabase();
      const ask = async () => {
        const answer = await sendCode(depsOn(own, failing('recipient')), {
          phone: freshPhone(),
          address: freshAddress(),
          ...who(),
        });
        return answer.ok || answer.code;
      };
      await takePlaces(own, [{ key: `unsent:${window}`, policy, weight: policy.places - 1 }]);
      for (let i = 0; i < 1 + more; i++) expect(await ask()).toBe('undeliverable_phone');
      expect(await ask()).toBe('too_many_requests');
      const shared = await own.execute(
        sql`select bucket from rate_limits where cardinality(hits) > 0 and bucket ~ '^(resend|send:(address|phone):long|send:(range|country)|budget)'`,
      );
      expect([...shared]).toEqual([]);
    },
  );

  it('gives back what a statement took after its request had been told to come back', async () => {
    const phone = freshPhone();
    const address = freshAddress();
    const places = () =>
      db.execute(sql`
        select bucket from rate_limits
        where cardinality(hits) > 0 and bucket like ${`%${phone}`} and bucket not like 'note:%'`);
    await transaction(async (tx) => {
      await tx.execute(sql`lock table rate_limits in access exclusive mode`);
      const told: unknown = await inOwnTime(() => send(phone, address)).catch((error: unknown) => error);
      expect(isDatabaseUnavailable(told)).toBe(true);
    });
    // Only with the lock gone it runs, and is done before the next one is, which waits for the same rows.
    await expect.poll(async () => (await send(phone, address)).ok, { timeout: 3_000 }).toBe(true);
    expect(await inboxMessagesOf(db, phone)).toHaveLength(1);
    expect(await places()).toHaveLength(3);
  });

  it('lifts the cool-down of what a silent vendor may have sent, and counts it as sent: five for a number, from any address', async () => {
    const phone = freshPhone();
    const ask = async () => {
      const answer = await sendCode(depsOn(db, failing('unknown')), { phone, address: freshAddress() });
      return answer.ok || answer.code;
    };
    for (let i = 0; i < 5; i++) expect(await ask()).toBe('sms_unavailable');
    expect(await ask()).toBe('too_many_requests');
  });

  it('keeps on the app’s bill what a vendor may have sent without saying so, and nothing else', async () => {
    for (const [errorClass, counted] of [
      ['unknown', true],
      ['transient', false],
    ] as const) {
      const { db: poor } = await testDatabase();
      const frugal = depsOn(poor, failing(errorClass), { SMS_BUDGET_PER_HOUR: '2' });
      const code = async () => {
        const answer = await sendCode(frugal, { phone: freshPhone(), address: freshAddress() });
        return answer.ok || answer.code;
      };
      expect([await code(), await code(), await code()]).toEqual([
        'sms_unavailable',
        'sms_unavailable',
        counted ? 'sms_paused' : 'sms_unavailable',
      ]);
    }
  });

  it('goes by the channel that reaches the number where none was asked for', async () => {
    const channels: string[] = [];
    const caller: SmsSender & Partial<SmsVendor> = {
      name: 'caller',
      channels: ['call'],
      async send({ channel, deliveryId }) {
        channels.push(channel);
        return { accepted: true, providerMessageId: deliveryId, segments: null, price: null };
      },
    };
    const sent = await sendCode(depsOn(db, caller), { phone: freshPhone(), address: freshAddress() });
    expect(sent).toMatchObject({ ok: true, channel: 'call' });
    expect(channels).toEqual(['call']);
  });

  it('stays sent when the handover can’t be written down', async () => {
    const phone = freshPhone();
    const vanishing: SmsSender = {
      name: 'vanishing',
      async send({ deliveryId }) {
        await db.execute(sql`alter table sms_deliveries rename to sms_deliveries_away`);
        return { accepted: true, providerMessageId: deliveryId, segments: 1, price: null };
      },
    };
    const sent = await sendCode(depsOn(db, vanishing), { phone, address: freshAddress() });
    await db.execute(sql`alter table sms_deliveries_away rename to sms_deliveries`);
    expect(sent.ok).toBe(true);
    expect(await send(phone)).toMatchObject({ code: 'resend_too_soon' });
  });

  it('counts nothing while the hashing queue is full', async () => {
    const [phone, address] = [freshPhone(), freshAddress()];
    const full = {
      ...deps.hasher,
      assertRoom: () => {
        throw new RefusalError(refuse('overloaded'));
      },
    };
    for (let i = 0; i < 11; i++)
      await expect(sendCode({ ...deps, hasher: full }, { phone, address })).rejects.toThrow('overloaded');
    expect((await send(phone, address)).ok).toBe(true);
  });

  it('counts nothing where no vendor could be asked, because the database did not take the note', async () => {
    const { db: own } = await testDatabase();
    const [phone, address] = [freshPhone(), freshAddress()];
    await own.execute(sql`alter table sms_deliveries rename to sms_deliveries_away`);
    for (let i = 0; i < 6; i++)
      await expect(sendCode(depsOn(own), { phone, address })).rejects.toThrow('sms_deliveries');
    await own.execute(sql`alter table sms_deliveries_away rename to sms_deliveries`);
    expect((await sendCode(depsOn(own), { phone, address })).ok).toBe(true);
  });

  it('counts nothing where a vendor said no, and that could not be noted', async () => {
    const { db: own } = await testDatabase();
    const [phone, address] = [freshPhone(), freshAddress()];
    const vanishing: SmsSender = {
      name: 'vanishing',
      async send(message) {
        await own.execute(sql`alter table sms_deliveries rename to sms_deliveries_away`);
        return failing('transient').send(message);
      },
    };
    for (let i = 0; i < 6; i++) {
      await expect(sendCode(depsOn(own, vanishing), { phone, address })).rejects.toThrow('sms_deliveries');
      await own.execute(sql`alter table sms_deliveries_away rename to sms_deliveries`);
    }
    expect((await sendCode(depsOn(own), { phone, address })).ok).toBe(true);
  });

  it('gives everything back when it could not even store the code', async () => {
    const phone = freshPhone();
    const broken = { ...deps, hasher: { ...deps.hasher, hash: () => Promise.reject(new Error('no memory')) } };
    await expect(sendCode(broken, { phone, address: freshAddress() })).rejects.toThrow('no memory');
    expect((await send(phone)).ok).toBe(true);
  });
});
