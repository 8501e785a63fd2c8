import { sql } from 'drizzle-orm';
import { beforeEach, describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { checkCode } from '../otp/check-code';
import { verifyCode } from '../otp/verify-code';
import { sendCode } from '../otp/send-code';
import { depsOn, freshAddress, freshPhone } from '../otp/testing';
import { newId } from '../random';
import { createKeepers } from './keepers';
import type { CodeKeeper, SendFailure } from './sender';

const { db } = await testDatabase();
beforeEach(() => db.execute(sql`delete from provider_breakers`));

const failure = (errorClass: SendFailure['errorClass']): SendFailure => ({
  accepted: false,
  errorClass,
  errorCode: '1',
  operatorHint: 'a test',
  anotherMayTry: true,
});

/** A vendor that, as Twilio Verify does, names a resend the same and forgets what was approved. */
function verifying(code = '424242') {
  const names = new Map<string, string>();
  const asked: string[] = [];
  let refusal: SendFailure | Error | null = null;
  const keeper: CodeKeeper = {
    name: 'twilio-verify',
    channels: ['sms'],
    diagnose: async () => [],
    async start({ phone, replaces }) {
      if (refusal instanceof Error) throw refusal;
      if (refusal) return refusal;
      if (names.get(phone) === replaces) names.delete(phone);
      if (!names.has(phone)) names.set(phone, `VE${newId()}`);
      return { accepted: true, providerMessageId: names.get(phone)!, segments: null, price: null };
    },
    async check({ verificationId, phone, code: given }) {
      asked.push(verificationId);
      if (refusal instanceof Error) throw refusal;
      if (refusal) return refusal;
      if (names.get(phone) !== verificationId) return 'gone';
      if (given !== code) return 'wrong';
      names.delete(phone);
      return 'right';
    },
  };
  const log = { warn: () => undefined };
  const keepers = createKeepers({ db, keepers: new Map([[keeper.name, keeper]]), keeperOf: () => keeper.name, log });
  const deps = { ...depsOn(db), keepers };
  const phone = freshPhone();
  return {
    phone,
    names,
    asked,
    failsWith: (next: SendFailure | Error | null) => (refusal = next),
    send: () => sendCode(deps, { phone, address: freshAddress() }),
    verify: (given: string, challengeId?: string) =>
      verifyCode(deps, { phone, code: given, challengeId, kind: 'web', address: freshAddress(), userAgent: null }),
    /** What happens up to the moment in which the code would be spent. */
    check: (given: string) => checkCode(deps, { phone, purpose: 'sign_in', code: given, address: freshAddress() }),
    coolDownOver: () => db.execute(sql`delete from rate_limits where bucket = ${`resend:${phone}`}`),
    counted: async () =>
      (
        await db.execute<{ n: number }>(
          sql`select cardinality(hits)::int as n from rate_limits where bucket = ${`send:phone:long:${phone}`}`,
        )
      )[0]?.n,
    rows: async () => [
      ...(await db.execute<Record<string, unknown>>(sql`
        select c.code_hash, c.keeper, c.verification_id, d.provider, d.provider_message_id, d.handed_over_at is not null as sent
        from otp_challenges c join sms_deliveries d on d.challenge_id = c.id where c.phone = ${phone} order by c.created_at`)),
    ],
  };
}

describe('a code that a vendor keeps', () => {
  it('signs in, leaves no hash here, and is spent', async () => {
    const { send, verify, rows, names, phone } = verifying();
    expect(await send()).toMatchObject({ ok: true, codeLength: 6, resendInSeconds: 60 });
    const name = names.get(phone);
    expect(await rows()).toEqual([
      {
        code_hash: null,
        keeper: 'twilio-verify',
        verification_id: name,
        provider: 'twilio-verify',
        provider_message_id: null,
        sent: true,
      },
    ]);
    expect(await verify('000000')).toMatchObject({ ok: false, code: 'invalid_code', attemptsLeft: 4 });
    expect(await verify('424242')).toMatchObject({ ok: true, created: true });
    expect(await verify('424242')).toMatchObject({ ok: false, code: 'code_expired' });
  });

  it('signs in at the second try where the first was killed after the vendor’s yes, and once', async () => {
    const { send, verify, asked, check } = verifying();
    await send();
    expect(await check('424242')).toMatchObject({ ok: true });
    expect(await verify('000000')).toMatchObject({ ok: false, code: 'invalid_code', attemptsLeft: 3 });
    expect(await verify('424242')).toMatchObject({ ok: true });
    expect(asked).toHaveLength(1);
    expect(await verify('424242')).toMatchObject({ ok: false, code: 'code_expired' });
  });

  it('that was approved and is then replaced is worth nothing', async () => {
    const { send, verify, check, coolDownOver } = verifying();
    await send();
    await check('424242');
    await coolDownOver();
    const newer = await send();
    expect(await verify('000000', newer.ok ? newer.challengeId : '')).toMatchObject({ code: 'invalid_code' });
    expect(await verify('000001')).toMatchObject({ code: 'invalid_code', attemptsLeft: 3 });
  });

  it('that somebody guessed wrong is never taken for approved', async () => {
    const { send, verify, names, rows } = verifying();
    await send();
    await verify('000000');
    names.clear();
    expect(await verify('000000')).toMatchObject({ code: 'code_expired' });
    expect(await rows()).toMatchObject([{ code_hash: null }]);
  });

  it('may be named like the one before; the older challenge is never asked about', async () => {
    const { send, verify, coolDownOver, rows, asked } = verifying();
    const first = await send();
    await coolDownOver();
    const second = await send();
    expect(await rows()).toHaveLength(2);
    const [older, newer] = [first, second].map((sent) => (sent.ok ? sent.challengeId : ''));
    expect(await verify('424242', older)).toMatchObject({ ok: false, code: 'code_expired' });
    expect(asked).toEqual([]);
    expect(await verify('424242', newer)).toMatchObject({ ok: true });
  });

  it('is replaced at the vendor, too, once somebody guessed at it', async () => {
    const { send, verify, coolDownOver, rows } = verifying();
    for (const guess of [null, '000000', null]) {
      await send();
      if (guess) await verify(guess);
      await coolDownOver();
    }
    const [first, second, third] = (await rows()).map((row) => row['verification_id']);
    expect(second).toBe(first);
    expect(third).not.toBe(first);
  });

  it('allows our number of tries, whatever the vendor counts', async () => {
    const { send, verify, asked } = verifying();
    await send();
    await Promise.all(Array.from({ length: 20 }, (_, i) => verify(String(100_000 + i))));
    expect(asked).toHaveLength(5);
    expect(await verify('424242')).toMatchObject({ ok: false, code: 'too_many_attempts' });
    expect(asked).toHaveLength(5);
  });

  it('signs in once for fifty right answers at once', async () => {
    const { send, verify, phone } = verifying();
    await send();
    const answers = await Promise.all(Array.from({ length: 50 }, () => verify('424242')));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(1);
    const [row] = await db.execute<{ sessions: number }>(
      sql`select count(*)::int as sessions from sessions where user_id in (select id from users where phone = ${phone})`,
    );
    expect(row?.sessions).toBe(1);
  });

  it('is gone when the vendor has forgotten it', async () => {
    const { send, verify, names } = verifying();
    await send();
    names.clear();
    expect(await verify('424242')).toMatchObject({ ok: false, code: 'code_expired' });
  });

  it('still works after a check that got no answer, which stays counted', async () => {
    const { send, verify, failsWith } = verifying();
    await send();
    failsWith(failure('unknown'));
    expect(await verify('424242')).toMatchObject({ ok: false, code: 'sms_unavailable' });
    failsWith(null);
    expect(await verify('000000')).toMatchObject({ code: 'invalid_code', attemptsLeft: 3 });
    expect(await verify('424242')).toMatchObject({ ok: true });
  });

  it.each([
    ['recipient', 'undeliverable_phone'],
    ['blocked', 'recipient_opted_out'],
    ['region', 'unsupported_country'],
    ['configuration', 'sms_unavailable'],
    ['unknown', 'sms_unavailable'],
  ] as const)('that was refused as %s is told as %s, and may be asked for again at once', async (errorClass, code) => {
    const { send, verify, failsWith } = verifying();
    failsWith(failure(errorClass));
    expect(await send()).toMatchObject({ ok: false, code });
    expect(await verify('424242')).toMatchObject({ ok: false, code: 'code_expired' });
    failsWith(null);
    expect(await send()).toMatchObject({ ok: true });
  });

  it.each([
    ['that was refused counts nothing', failure('recipient'), 0],
    ['that may have been sent without a word counts', failure('unknown'), 1],
    ['whose vendor broke off counts', new Error('the line broke'), 1],
  ] as const)('%s for the number', async (_name, answer, places) => {
    const { send, failsWith, counted } = verifying();
    failsWith(answer);
    await send().catch((error: unknown) => expect(error).toBe(answer));
    expect(await counted()).toBe(places);
  });

  it.each([
    ['that was sent, and could not be noted then, counts', 'handed_over_at is null', null, 1],
    ['that was refused, and could not be noted then, counts nothing', 'failed_at is null', failure('recipient'), 0],
    ['that the vendor was never asked for counts nothing', 'false', null, 0],
  ] as const)('%s for the number', async (_name, notable, answer, places) => {
    const { send, failsWith, counted, names, phone } = verifying();
    failsWith(answer);
    await db.execute(sql.raw(`alter table sms_deliveries add constraint notable check (${notable}) not valid`));
    await expect(send()).rejects.toThrow('sms_deliveries');
    await db.execute(sql`alter table sms_deliveries drop constraint notable`);
    expect([names.has(phone), await counted()]).toEqual([places === 1, places]);
  });
});
