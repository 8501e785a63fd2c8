import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { freshPhone } from '../otp/testing';
import { breakerPolicy } from '../policy';
import { newId } from '../random';
import { channelsOffered, deliver } from './deliver';
import { recordFailure, recordHandover, recordReceipt, startDelivery } from './delivery-store';
import type { Channel, OutboundMessage, SendFailure, SendOutcome, SmsVendor } from './sender';

const { db } = await testDatabase();
beforeEach(() => db.execute(sql`delete from provider_breakers`));

const taken: SendOutcome = { accepted: true, providerMessageId: 'x', segments: 1, price: null };
const failure = (errorClass: SendFailure['errorClass'], more: Partial<SendFailure> = {}): SendFailure => ({
  accepted: false,
  errorClass,
  errorCode: '1',
  operatorHint: 'a test',
  anotherMayTry: true,
  ...more,
});

/** Vendors that answer as told, and what they were handed, in order. */
function vendorsThat(answers: Record<string, () => SendOutcome>, channels: readonly Channel[] = ['sms']) {
  const asked: [string, OutboundMessage][] = [];
  const vendors = new Map<string, SmsVendor>(
    Object.entries(answers).map(([name, answer]) => [
      name,
      {
        name,
        channels,
        diagnose: async () => [],
        async send(message) {
          asked.push([name, message]);
          const outcome = answer();
          return outcome.accepted ? { ...outcome, providerMessageId: newId() } : outcome;
        },
      },
    ]),
  );
  const deps = { db, vendors, routeOf: () => Object.keys(answers), log: { warn: () => undefined } };
  const transit = { mayHaveGone: false };
  const send = (phone = freshPhone(), channel: Channel = 'sms') =>
    deliver(
      deps,
      {
        challengeId: null,
        country: 'IN',
        phone,
        channel,
        text: 'Your code is: 123456',
        code: '123456',
        locale: 'en',
        ttlSeconds: 300,
      },
      transit,
    );
  return { send, transit, asked, names: () => asked.map(([name]) => name) };
}

const rowsOf = async (phone: string) => [
  ...(await db.execute<Record<string, unknown>>(sql`
    select provider, error_class, handed_over_at is not null as taken, failed_at is not null as failed,
      unanswered_at is not null as unanswered from sms_deliveries where phone = ${phone} order by created_at, id`)),
];

describe('deliver', () => {
  it('asks the first vendor of the route, once', async () => {
    const { send, names } = vendorsThat({ one: () => taken, two: () => taken });
    expect(await send()).toEqual({ ok: true, provider: 'one' });
    expect(names()).toEqual(['one']);
  });

  it.each(['configuration', 'balance', 'rate', 'transient', 'region', 'unknown'] as const)(
    'sends the same code over the next vendor after a %s failure, and writes down both',
    async (errorClass) => {
      const phone = freshPhone();
      const { send, asked } = vendorsThat({ one: () => failure(errorClass), two: () => taken });
      expect(await send(phone)).toEqual({ ok: true, provider: 'two' });
      expect(asked.map(([, { code }]) => code)).toEqual(['123456', '123456']);
      expect(await rowsOf(phone)).toEqual([
        {
          provider: 'one',
          error_class: errorClass,
          taken: false,
          failed: errorClass !== 'unknown',
          unanswered: errorClass === 'unknown',
        },
        { provider: 'two', error_class: null, taken: true, failed: false, unanswered: false },
      ]);
    },
  );

  it('asks nobody else when the number itself is the reason', async () => {
    const { send, transit, names } = vendorsThat({
      one: () => failure('recipient', { anotherMayTry: false }),
      two: () => taken,
    });
    expect(await send()).toEqual({ ok: false, errorClass: 'recipient' });
    expect(transit.mayHaveGone).toBe(false);
    expect(names()).toEqual(['one']);
  });

  it('asks each vendor once, and tells what is about the number before what is about us', async () => {
    const all = vendorsThat({
      one: () => failure('transient'),
      two: () => failure('blocked'),
      three: () => failure('rate'),
    });
    expect(await all.send()).toMatchObject({ ok: false, errorClass: 'blocked' });
    expect(all.names()).toEqual(['one', 'two', 'three']);
    const region = vendorsThat({ one: () => failure('region'), two: () => failure('region') });
    expect(await region.send()).toMatchObject({ ok: false, errorClass: 'region' });
    const mixed = vendorsThat({ one: () => failure('region'), two: () => failure('transient') });
    expect(await mixed.send()).toMatchObject({ ok: false, errorClass: 'transient' });
    const doubtful = vendorsThat({ one: () => failure('transient'), two: () => failure('unknown') });
    expect(await doubtful.send()).toEqual({ ok: false, errorClass: 'unknown' });
    expect(doubtful.transit.mayHaveGone).toBe(true);
  });

  it.each(['recipient', 'blocked', 'transient'] as const)(
    'remembers that a first vendor may have sent it, where the next one says %s',
    async (errorClass) => {
      const { send, transit } = vendorsThat({ one: () => failure('unknown'), two: () => failure(errorClass) });
      expect((await send()).ok).toBe(false);
      expect(transit.mayHaveGone).toBe(true);
    },
  );

  it('remembers that a vendor may have sent it that broke off, whatever the one before it said', async () => {
    const brokenOff = () => {
      throw new Error('the line broke');
    };
    const { send, transit } = vendorsThat({ one: () => failure('transient'), two: brokenOff });
    await expect(send()).rejects.toThrow('the line broke');
    expect(transit.mayHaveGone).toBe(true);
  });

  it.each([
    ['unknown', true],
    ['transient', false],
  ] as const)(
    'remembers what a first vendor said, %s, where the second could not be noted',
    async (errorClass, mayHaveGone) => {
      const { send, transit, names } = vendorsThat({ one: () => failure(errorClass), two: () => taken });
      await db.execute(sql`alter table sms_deliveries add constraint notable check (provider <> 'two') not valid`);
      await expect(send()).rejects.toThrow('sms_deliveries');
      await db.execute(sql`alter table sms_deliveries drop constraint notable`);
      expect([transit.mayHaveGone, names()]).toEqual([mayHaveGone, ['one']]);
    },
  );

  it('leaves out vendors that can’t do the channel', async () => {
    const { send, names } = vendorsThat({ one: () => taken }, ['sms']);
    expect(await send(freshPhone(), 'call')).toMatchObject({ ok: false, errorClass: 'configuration' });
    expect(names()).toEqual([]);
  });
});

describe('a vendor that gives two messages one name', () => {
  it('has both taken', async () => {
    for (let i = 0; i < 2; i++) {
      const phone = freshPhone();
      const route = { challengeId: null, phone, channel: 'sms' as const, route: ['same'], tried: [] };
      await recordHandover(db, (await startDelivery(db, route))!, { ...taken, providerMessageId: 'the-same' });
      expect(await rowsOf(phone)).toMatchObject([{ taken: true, failed: false }]);
    }
  });
});

describe('a vendor that keeps failing', () => {
  it('is tried last after five failures in a row, by every instance, and first again later', async () => {
    let works = false;
    const { send, asked, names } = vendorsThat({ one: () => (works ? taken : failure('transient')), two: () => taken });
    for (let i = 0; i < breakerPolicy.opensAfter; i++) await send();
    asked.length = 0;
    await send();
    expect(names()).toEqual(['two']);
    works = true;
    await db.execute(sql`update provider_breakers set open_until = now()`);
    asked.length = 0;
    await send();
    await send();
    expect(names()).toEqual(['one', 'one']);
    expect([...(await db.execute(sql`select provider from provider_breakers`))]).toEqual([]);
  });

  it('is tried all the same when there is nobody else', async () => {
    let works = false;
    const { send } = vendorsThat({ one: () => (works ? taken : failure('transient')) });
    for (let i = 0; i < breakerPolicy.opensAfter + 1; i++) await send();
    works = true;
    expect(await send()).toEqual({ ok: true, provider: 'one' });
  });

  it('gets one message of fifty once its time is over, and the others when that one arrived', async () => {
    let answers = Promise.resolve<SendOutcome>(failure('transient'));
    const asked: string[] = [];
    const vendor = (name: string, answer: () => Promise<SendOutcome>): SmsVendor => ({
      name,
      channels: ['sms'],
      diagnose: async () => [],
      send: () => (asked.push(name), answer()),
    });
    const accepts = async () => ({ ...taken, providerMessageId: newId() }) as SendOutcome;
    const vendors = new Map([
      ['one', vendor('one', () => answers)],
      ['two', vendor('two', accepts)],
    ]);
    const deps = { db, vendors, routeOf: () => ['one', 'two'], log: { warn: () => undefined } };
    const send = () =>
      deliver(deps, {
        ...{ challengeId: null, country: 'UZ', phone: freshPhone(), channel: 'sms' as const },
        ...{ text: 'x', code: null, locale: 'en', ttlSeconds: 300 },
      });
    for (let i = 0; i < breakerPolicy.opensAfter; i++) await send();
    await db.execute(sql`update provider_breakers set open_until = now()`);
    asked.length = 0;
    let up: (outcome: SendOutcome) => void = () => undefined;
    answers = new Promise((resolve) => (up = resolve));
    const fifty = Array.from({ length: 50 }, send);
    await expect.poll(() => asked.length).toBe(50);
    expect(asked.filter((name) => name === 'one')).toHaveLength(1);
    up(await accepts());
    expect((await Promise.all(fifty)).every(({ ok }) => ok)).toBe(true);
    answers = accepts();
    asked.length = 0;
    await send();
    expect(asked).toEqual(['one']);
  });

  it('whose probe never came back is probed again', async () => {
    const { send, names, asked } = vendorsThat({ one: () => failure('transient'), two: () => taken });
    for (let i = 0; i < breakerPolicy.opensAfter; i++) await send();
    const probe = async () => {
      const route = ['one', 'two'];
      return startDelivery(db, { challengeId: null, phone: freshPhone(), channel: 'sms', route, tried: [] });
    };
    await db.execute(sql`update provider_breakers set open_until = now()`);
    expect(await probe()).toMatchObject({ provider: 'one', isProbe: true });
    asked.length = 0;
    await send();
    expect(names()).toEqual(['two']);
    await db.execute(sql`update provider_breakers set open_until = open_until - interval '10 seconds'`);
    expect(await probe()).toMatchObject({ provider: 'one', isProbe: true });
  });

  it('is not waited for longer because fifty were under way when it went down', async () => {
    const { send } = vendorsThat({ one: () => failure('transient') });
    await Promise.all(Array.from({ length: 50 }, () => send()));
    const [row] = await db.execute<{ wait: number }>(
      sql`select round(extract(epoch from open_until - now()))::int as wait from provider_breakers`,
    );
    expect(row!.wait).toBeLessThanOrEqual(breakerPolicy.firstSeconds);
  });

  it('in calls still gets text messages first', async () => {
    const one = vendorsThat({ one: () => failure('configuration'), two: () => taken }, ['sms', 'call']);
    for (let i = 0; i < breakerPolicy.opensAfter; i++) await one.send(freshPhone(), 'call');
    one.asked.length = 0;
    await one.send(freshPhone(), 'call');
    await one.send();
    expect(one.names()).toEqual(['two', 'one', 'two']);
  });

  it('waits twice as long with each probe that fails, up to a longest', async () => {
    const { send } = vendorsThat({ one: () => failure('configuration') });
    const waits: number[] = [];
    for (let i = 0; i < 12; i++) {
      await db.execute(sql`update provider_breakers set open_until = now() where open_until is not null`);
      await send();
      const [row] = await db.execute<{ wait: number | null }>(
        sql`select round(extract(epoch from open_until - last_failed_at))::int as wait from provider_breakers`,
      );
      if (row?.wait) waits.push(row.wait);
    }
    expect(waits).toEqual([30, 60, 120, 240, 480, 600, 600, 600]);
  });

  it('is not one whose numbers are wrong', async () => {
    const { send, names } = vendorsThat({
      one: () => failure('recipient', { anotherMayTry: false }),
      two: () => taken,
    });
    for (let i = 0; i < 10; i++) await send();
    expect(new Set(names())).toEqual(new Set(['one']));
  });
});

describe('channelsOffered', () => {
  const vendors = new Map<string, { channels: Channel[] }>([
    ['texts', { channels: ['sms'] }],
    ['all', { channels: ['whatsapp', 'call', 'sms'] }],
    ['calls', { channels: ['call'] }],
  ]);
  it.each([
    [['texts'], ['sms']],
    [
      ['calls', 'texts'],
      ['sms', 'call'],
    ],
    [
      ['texts', 'all'],
      ['sms', 'call', 'whatsapp'],
    ],
    [['calls'], ['call']],
    [['nobody'], []],
    [[], []],
  ])('of the route %j are %j: whatever any of its vendors can do', (route, channels) => {
    const routeOf = (country: string) => (country === 'UZ' ? route : ['all']);
    expect(channelsOffered({ vendors, routeOf }, 'UZ')).toEqual(channels);
  });
});

describe('recordReceipt', () => {
  async function handedOver() {
    const phone = freshPhone();
    const { send } = vendorsThat({ one: () => taken });
    await send(phone);
    const [row] = await db.execute<{ id: string; delivery: string }>(
      sql`select provider_message_id as id, id as delivery from sms_deliveries where phone = ${phone}`,
    );
    const report = (state: 'pending' | 'delivered' | 'failed', provider = 'one') =>
      recordReceipt(db, provider, { providerMessageId: row!.id, state, errorClass: null, errorCode: null });
    const state = async () =>
      (
        await db.execute<{ s: string }>(sql`
          select case when delivered_at is not null then 'delivered' when failed_at is not null then 'failed' else 'open' end as s
          from sms_deliveries where phone = ${phone}`)
      )[0]?.s;
    return { report, state, id: row!.id, deliveryId: row!.delivery };
  }

  it('finds a message before its vendor has answered, by our name for it or one agreed on, and the answer changes nothing', async () => {
    for (const named of ['ours', 'agreed'] as const) {
      for (const state of ['delivered', 'failed'] as const) {
        const started = (await startDelivery(db, {
          ...{ challengeId: null, phone: freshPhone(), channel: 'sms', route: ['one'], tried: [] },
          ...(named === 'agreed' && { messageIdOf: (provider, id) => `${provider}-${id}` }),
        }))!;
        const providerMessageId = named === 'agreed' ? `one-${started.deliveryId}` : newId();
        const receipt = {
          ...{ providerMessageId, state, errorClass: null, errorCode: null },
          deliveryId: named === 'ours' ? started.deliveryId : null,
        };
        expect(await recordReceipt(db, 'one', receipt)).toBe(true);
        await recordHandover(db, started, { ...taken, providerMessageId });
        await recordFailure(db, started, failure('unknown'));
        expect(await recordReceipt(db, 'one', { ...receipt, state: 'pending' })).toBe(false);
        const [row] = await db.execute(sql`
          select provider_message_id as id, error_class, delivered_at is not null as delivered, failed_at is not null as failed
          from sms_deliveries where id = ${started.deliveryId}`);
        const told = { delivered: state === 'delivered', failed: state === 'failed' };
        expect(row).toEqual({ id: providerMessageId, error_class: null, ...told });
      }
    }
  });

  it('of a message whose vendor gave no answer says that it has it, and then what became of it', async () => {
    const phone = freshPhone();
    const { send } = vendorsThat({ one: () => failure('unknown') });
    await send(phone);
    const [row] = await db.execute<{ id: string }>(sql`select id from sms_deliveries where phone = ${phone}`);
    const report = (state: 'pending' | 'delivered') =>
      recordReceipt(db, 'one', {
        ...{ providerMessageId: `SM-${phone}`, deliveryId: row!.id },
        ...{ state, errorClass: null, errorCode: null },
      });
    expect(await report('pending')).toBe(true);
    expect(await rowsOf(phone)).toMatchObject([{ taken: true }]);
    expect(await report('pending')).toBe(false);
    expect(await report('delivered')).toBe(true);
  });

  it('with our name for one message and the vendor’s for another changes neither', async () => {
    const [first, second] = [await handedOver(), await handedOver()];
    expect(
      await recordReceipt(db, 'one', {
        ...{ providerMessageId: first.id, deliveryId: second.deliveryId },
        ...{ state: 'failed', errorClass: null, errorCode: null },
      }),
    ).toBe(false);
    expect([await first.state(), await second.state()]).toEqual(['open', 'open']);
  });

  it('goes forward once, whatever comes again or late', async () => {
    const { report, state } = await handedOver();
    expect(await report('pending')).toBe(false);
    expect(await report('delivered')).toBe(true);
    expect(await report('delivered')).toBe(false);
    expect(await report('failed')).toBe(false);
    expect(await report('pending')).toBe(false);
    expect(await state()).toBe('delivered');
  });

  it('of another vendor, or of a message nobody sent, changes nothing', async () => {
    const { report, state } = await handedOver();
    expect(await report('delivered', 'two')).toBe(false);
    expect(await state()).toBe('open');
  });

  it('counts once of fifty at the same moment', async () => {
    const { report } = await handedOver();
    const changed = await Promise.all(Array.from({ length: 50 }, (_, i) => report(i % 2 ? 'failed' : 'delivered')));
    expect(changed.filter(Boolean)).toHaveLength(1);
  });
});
