import { sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { depsOn, freshPhone } from '../otp/testing';
import { inboxMessagesOf, inboxSender } from '../sms/inbox';
import { EVERYTHING, pauseSms, resumeSms } from '../sms/pause-store';
import type { SmsSender } from '../sms/sender';
import { sweep } from '../sweep';
import type { NoticeKind } from './notice-texts';
import { sendNotice } from './send-notice';

const { db } = await testDatabase();
const deliveries = () =>
  db.execute<Record<string, unknown>>(sql`
    select provider, challenge_id, handed_over_at is not null as handed_over, failed_at is not null as failed, error_class
    from sms_deliveries order by created_at desc limit 1`);
const placesTaken = async () =>
  (
    await db.execute<{ n: number }>(
      sql`select coalesce(sum(c), 0)::int as n from rate_limits, unnest(counts) c where bucket = 'budget:day'`,
    )
  )[0]?.n;

describe('a notice', () => {
  it('arrives, leaves a delivery without a code, and counts in the budget and in no window of the number’s codes', async () => {
    const phone = freshPhone();
    expect(await sendNotice(depsOn(db), { phone, kind: 'passkeyAdded', text: 'Latchkey: hello.' })).toBe(true);
    expect((await inboxMessagesOf(db, phone)).map(({ text }) => text)).toEqual(['Latchkey: hello.']);
    expect([...(await deliveries())]).toEqual([
      { provider: 'inbox', challenge_id: null, handed_over: true, failed: false, error_class: null },
    ]);
    expect(await placesTaken()).toBe(1);
    const windows = await db.execute(sql`select bucket from rate_limits where bucket like ${`%${phone}`}`);
    expect([...windows]).toEqual([{ bucket: `notice:passkeyAdded:${phone}` }]);
  });

  it('that a vendor does not take is written down, given back to the budget, and nobody’s failure', async () => {
    const before = await placesTaken();
    const refusing: SmsSender = {
      name: 'refusing',
      send: async () => ({
        accepted: false,
        errorClass: 'balance',
        errorCode: '7',
        operatorHint: 'Top up.',
        anotherMayTry: true,
      }),
    };
    const warn = vi.fn();
    const told = await sendNotice(depsOn(db, refusing, {}, { warn }), {
      phone: freshPhone(),
      kind: 'passkeyAdded',
      text: 'x',
    });
    expect(told).toBe(false);
    expect([...(await deliveries())]).toEqual([
      { provider: 'refusing', challenge_id: null, handed_over: false, failed: true, error_class: 'balance' },
    ]);
    expect(await placesTaken()).toBe(before);
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ errorClass: 'balance' }), 'Top up.');
  });

  it('of a kind is sent to a number five times a day; one of another kind still gets there', async () => {
    const phone = freshPhone();
    const send = (kind: NoticeKind) => sendNotice(depsOn(db), { phone, kind, text: `Latchkey: ${kind}.` });
    const all = await Promise.all(Array.from({ length: 12 }, () => send('recoveryCodesMade')));
    expect(all.filter(Boolean)).toHaveLength(5);
    expect(await send('passkeyAdded')).toBe(true);
    expect(await inboxMessagesOf(db, phone)).toHaveLength(6);
  });

  it('counts for a test number as for any other, though nothing is sent', async () => {
    const phone = freshPhone();
    const deps = depsOn(db, undefined, { TEST_NUMBERS: `${phone}=918275@2099-12-31` });
    const told = [];
    for (let i = 0; i < 6; i++) told.push(await sendNotice(deps, { phone, kind: 'passkeyAdded', text: 'x' }));
    expect(told).toEqual([true, true, true, true, true, false]);
    expect(await inboxMessagesOf(db, phone)).toEqual([]);
  });

  it('goes where codes are stopped, which somebody could provoke to silence it, and nowhere once the operator switched sending off', async () => {
    const phone = freshPhone();
    const deps = depsOn(db, inboxSender(db), { BLOCKED_RANGES: phone.slice(0, -4), ALLOWED_COUNTRIES: 'US' });
    const stop = (scope: string) => pauseSms(db, { scope, reason: 'a test', by: 'conversion', forSeconds: 60 });
    await stop(`send:range:${phone.slice(0, -4)}`);
    await stop('send:country:IN');
    expect(await sendNotice(deps, { phone, kind: 'passkeyAdded', text: 'x' })).toBe(true);
    await stop(EVERYTHING);
    expect(await sendNotice(deps, { phone, kind: 'passkeyAdded', text: 'x' })).toBe(false);
    await resumeSms(db, { scope: null, by: 'a test' });
    expect(await inboxMessagesOf(db, phone)).toHaveLength(1);
  });

  it('that may have been sent all the same stays counted', async () => {
    const before = await placesTaken();
    const phone = freshPhone();
    const silent: SmsSender = {
      name: 'silent',
      send: async () => ({
        accepted: false,
        errorClass: 'unknown',
        errorCode: 'timeout',
        operatorHint: 'Wait.',
        anotherMayTry: false,
      }),
    };
    const deps = depsOn(db, silent);
    expect(await sendNotice(deps, { phone, kind: 'phoneChangeWaits', text: 'x' })).toBe(false);
    expect(await placesTaken()).toBe((before ?? 0) + 1);
    const left = sql`select cardinality(hits) as n from rate_limits where bucket = ${`notice:phoneChangeWaits:${phone}`}`;
    expect([...(await db.execute(left))]).toEqual([{ n: 1 }]);
  });

  it('stays counted where an error hid what its vendor did with it, and is not where none was asked', async () => {
    const lost: SmsSender = { name: 'lost', send: () => Promise.reject(new Error('the line broke')) };
    for (const [sms, notable, places] of [
      [lost, 'true', 1],
      [inboxSender(db), 'false', 0],
    ] as const) {
      const before = (await placesTaken()) ?? 0;
      const phone = freshPhone();
      await db.execute(sql.raw(`alter table sms_deliveries add constraint notable check (${notable}) not valid`));
      expect(await sendNotice(depsOn(db, sms), { phone, kind: 'passkeyAdded', text: 'x' })).toBe(false);
      await db.execute(sql`alter table sms_deliveries drop constraint notable`);
      expect(await placesTaken()).toBe(before + places);
    }
  });

  it('never throws, whatever the vendor or the database do', async () => {
    const warn = vi.fn();
    const throwing: SmsSender = { name: 'throwing', send: () => Promise.reject(new Error('no route')) };
    await sendNotice(
      { ...depsOn(db, throwing), log: { warn } },
      { phone: freshPhone(), kind: 'passkeyAdded', text: 'x' },
    );
    const gone = { execute: () => Promise.reject(new Error('gone')) } as unknown as typeof db;
    await sendNotice({ ...depsOn(gone), log: { warn } }, { phone: freshPhone(), kind: 'passkeyAdded', text: 'x' });
    expect(warn).toHaveBeenCalledTimes(2);
  });

  it('is left out, and the log told, when the budget for messages is used up', async () => {
    const deps = depsOn(db, inboxSender(db), { SMS_BUDGET_PER_HOUR: '1' });
    const warn = vi.fn();
    const phone = freshPhone();
    await sendNotice({ ...deps, log: { warn } }, { phone, kind: 'passkeyAdded', text: 'x' });
    expect(await inboxMessagesOf(db, phone)).toEqual([]);
    expect(warn).toHaveBeenCalledWith({ bucket: 'budget:hour' }, expect.stringContaining('budget'));
  });

  it('is forgotten after a month', async () => {
    await sweep(db);
    const [{ n } = { n: 0 }] = await db.execute<{ n: number }>(sql`select count(*)::int as n from sms_deliveries`);
    await db.execute(sql`update sms_deliveries set created_at = now() - interval '31 days'`);
    expect(n).toBeGreaterThan(0);
    expect(await sweep(db)).toBe(n);
  });
});
