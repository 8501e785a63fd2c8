import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { recordReceipt } from '../sms/delivery-store';
import { inboxMessagesOf, inboxSender } from '../sms/inbox';
import type { ErrorClass, OutboundMessage, SmsVendor } from '../sms/sender';
import { resendInFlow, runningFlow, startFlow } from './sign-in-flow';
import { depsOn, freshAddress, freshPhone } from './testing';

const { db } = await testDatabase();

/** The inbox, with what a test says of it; `refuses` answers by channel, a class or a class and a code. */
function vendorThat(
  refuses: (message: OutboundMessage) => ErrorClass | readonly [ErrorClass, string] | null,
  more: Partial<SmsVendor> = {},
) {
  const handed: OutboundMessage[] = [];
  const inbox = inboxSender(db);
  const vendor: SmsVendor = {
    ...inbox,
    ...more,
    async send(message) {
      handed.push(message);
      const refusal = refuses(message);
      const [errorClass, errorCode = null] = typeof refusal === 'string' ? [refusal] : (refusal ?? []);
      return errorClass
        ? { accepted: false, errorClass, errorCode, operatorHint: 'a test', anotherMayTry: true }
        : inbox.send(message);
    },
  };
  return { deps: depsOn(db, vendor), handed };
}

const start = (deps: ReturnType<typeof depsOn>, phone: string, locale?: string) =>
  startFlow(deps, { phone, country: 'IN', locale, token: null, address: freshAddress() });
async function started(deps: ReturnType<typeof depsOn>, phone: string, locale?: string): Promise<string> {
  const flow = await start(deps, phone, locale);
  if (!flow.ok) throw new Error(flow.code);
  return flow.token;
}
const resend = (deps: ReturnType<typeof depsOn>, token: string, more: object = {}) =>
  resendInFlow(deps, { token, challengeId: null, address: freshAddress(), ...more });
const coolDownOver = (phone: string) => db.execute(sql`delete from rate_limits where bucket = ${`resend:${phone}`}`);
const receive = async (phone: string, state: 'delivered' | 'failed') => {
  const [row] = await db.execute<{ id: string }>(sql`
    select provider_message_id as id from sms_deliveries where phone = ${phone} order by created_at desc limit 1`);
  return recordReceipt(db, 'inbox', { providerMessageId: row?.id ?? '', state, errorClass: null, errorCode: null });
};

describe('a code asked for again', () => {
  it('goes by the channel and in the language that are named, and is the only one that works', async () => {
    const { deps, handed } = vendorThat(() => null);
    const phone = freshPhone();
    const token = await started(deps, phone, 'hi-IN');
    await coolDownOver(phone);
    expect(await resend(deps, token, { channel: 'call', locale: 'hi-IN' })).toMatchObject({
      ok: true,
      flow: { channel: 'call', channels: ['call'], delivery: 'handed_over', state: 'live', attemptsLeft: 5 },
    });
    expect(handed.map(({ channel, locale }) => [channel, locale])).toEqual([
      ['sms', 'hi-IN'],
      ['call', 'hi-IN'],
    ]);
    const live = await db.execute(
      sql`select channel from otp_challenges where phone = ${phone} and superseded_at is null`,
    );
    expect([...live]).toEqual([{ channel: 'call' }]);
  });

  it('counts for the browser that asked, and for no other number of it', async () => {
    const { deps } = vendorThat(() => null);
    const [phone, other] = [freshPhone(), freshPhone()];
    const token = await started(deps, phone);
    expect((await runningFlow(deps, token, null))?.view.channels).toEqual([]);
    await startFlow(deps, { phone: other, country: 'IN', token, address: freshAddress() });
    expect((await runningFlow(deps, token, null))?.view.channels).toEqual([]);
    await coolDownOver(other);
    await resend(deps, token);
    expect((await runningFlow(deps, token, null))?.view.channels).toEqual(['call']);
  });

  it('waits for the cool-down, by a call as by a message', async () => {
    const { deps } = vendorThat(() => null);
    const token = await started(deps, freshPhone());
    expect(await resend(deps, token, { channel: 'call' })).toMatchObject({ ok: false, code: 'resend_too_soon' });
  });

  it('joins the code that is on its way to the same number, and never one to another', async () => {
    const { deps } = vendorThat(() => null);
    const [phone, elsewhere] = [freshPhone(), freshPhone()];
    const token = await started(deps, phone);
    await started(deps, elsewhere);
    const asked = { country: 'IN', token, address: freshAddress() };
    expect(await startFlow(deps, { ...asked, phone })).toEqual({ ok: true, token });
    expect(await startFlow(deps, { ...asked, phone: elsewhere })).toMatchObject({ code: 'resend_too_soon' });
  });

  it('is refused for a channel that does not reach the number, and the code before it lives', async () => {
    const { deps } = vendorThat(() => null);
    const token = await started(deps, freshPhone());
    expect(await resend(deps, token, { channel: 'whatsapp' })).toMatchObject({
      ok: false,
      code: 'invalid_request',
      errors: [{ path: 'channel' }],
    });
    expect((await runningFlow(deps, token, null))?.view.state).toBe('live');
  });
});

describe('a message that did not go out', () => {
  it('leads to step two all the same where a call may do, and the call can be had at once', async () => {
    const { deps } = vendorThat(({ channel }) => (channel === 'sms' ? 'transient' : null));
    const phone = freshPhone();
    const token = await started(deps, phone);
    expect((await runningFlow(deps, token, null))?.view).toMatchObject({
      delivery: 'failed',
      channels: ['call'],
      resendInSeconds: 0,
    });
    expect(await resend(deps, token, { channel: 'call' })).toMatchObject({
      ok: true,
      flow: { delivery: 'handed_over' },
    });
    expect(await inboxMessagesOf(db, phone)).toHaveLength(1);
  });

  it('stays at step one where nothing else may do', async () => {
    const { deps } = vendorThat(() => 'transient', { channels: ['sms'] });
    expect(await start(deps, freshPhone())).toMatchObject({ ok: false, code: 'sms_unavailable' });
  });

  it('because the number blocks it leads on to the call that reaches it, and else stays at step one', async () => {
    const phone = freshPhone();
    const { deps } = vendorThat(({ channel }) => (channel === 'sms' ? 'blocked' : null));
    const token = await started(deps, phone);
    const blocked = { delivery: 'failed', deliveryText: 'This number blocks our messages', channels: ['call'] };
    expect((await runningFlow(deps, token, null))?.view).toMatchObject(blocked);
    expect(await resend(deps, token)).toMatchObject({ ok: true, flow: blocked });
    expect(await resend(deps, token, { channel: 'call' })).toMatchObject({ ok: true, flow: { channel: 'call' } });
    const texts = vendorThat(() => 'blocked', { channels: ['sms'] });
    expect(await start(texts.deps, freshPhone())).toMatchObject({ ok: false, code: 'recipient_opted_out' });
  });

  it('because it is a landline leads on to the call that reaches it, and else stays at step one', async () => {
    const landline = ['recipient', '21614'] as const;
    const { deps } = vendorThat(({ channel }) => (channel === 'sms' ? landline : null), { name: 'twilio' });
    const token = await started(deps, freshPhone());
    const told = { delivery: 'failed', deliveryText: 'This number can’t receive texts', channels: ['call'] };
    expect((await runningFlow(deps, token, null))?.view).toMatchObject(told);
    expect(await resend(deps, token)).toMatchObject({ ok: true, flow: told });
    expect(await resend(deps, token, { channel: 'call' })).toMatchObject({ ok: true, flow: { channel: 'call' } });
    const texts = vendorThat(() => landline, { name: 'twilio', channels: ['sms'] });
    expect(await start(texts.deps, freshPhone())).toMatchObject({ ok: false, code: 'undeliverable_phone' });
  });

  it.each([
    ['the number itself', 'recipient', 'undeliverable_phone'],
    ['its country', 'region', 'unsupported_country'],
    ['a hold for fraud, which no call gets around,', ['blocked', '60410'], 'recipient_opted_out'],
  ] as const)('stays at step one where %s is the reason', async (_what, refusal, code) => {
    const { deps } = vendorThat(() => refusal, { name: 'twilio' });
    expect(await start(deps, freshPhone())).toMatchObject({ ok: false, code });
  });

  it('when asked for again, is told by the state of the new code also where the number is the reason', async () => {
    let gone = false;
    const { deps } = vendorThat(() => (gone ? 'recipient' : null));
    const phone = freshPhone();
    const token = await started(deps, phone);
    await coolDownOver(phone);
    gone = true;
    expect(await resend(deps, token)).toMatchObject({ ok: true, flow: { delivery: 'failed', channels: [] } });
  });

  it('because it was refused beforehand never leads to the number that this browser asked for before', async () => {
    const { db: quiet } = await testDatabase();
    const demand = { provider: 'turnstile', site_key: 'x' } as const;
    const captcha = { demand, check: async () => 'unavailable' as const };
    const deps = { ...depsOn(quiet, inboxSender(quiet), { SMS_BUDGET_PER_HOUR: '4' }), captcha };
    const [phone, other] = [freshPhone(), freshPhone()];
    const token = await started(deps, phone);
    await quiet.execute(sql`delete from rate_limits where bucket = ${`resend:${phone}`}`);
    expect(await resend(deps, token)).toMatchObject({ ok: true, flow: { channels: ['call'] } });
    const asked = { phone: other, country: 'IN', token, address: freshAddress(), captchaToken: 'x' };
    expect(await startFlow(deps, asked)).toMatchObject({ ok: false, code: 'sms_unavailable' });
  });

  it('or may have gone out, for all the vendor said, is waited for at step two', async () => {
    const { deps } = vendorThat(() => 'unknown', { channels: ['sms'] });
    const token = await started(deps, freshPhone());
    expect((await runningFlow(deps, token, null))?.view).toMatchObject({ delivery: 'unanswered', channels: [] });
  });

  it('when asked for again, is told by the state of the new code', async () => {
    let down = false;
    const { deps } = vendorThat(() => (down ? 'transient' : null));
    const phone = freshPhone();
    const token = await started(deps, phone);
    await coolDownOver(phone);
    down = true;
    expect(await resend(deps, token)).toMatchObject({ ok: true, flow: { delivery: 'failed', resendInSeconds: 0 } });
  });

  it('after a first vendor that did not answer may still be on its way', async () => {
    const { deps } = vendorThat(() => null);
    const phone = freshPhone();
    const token = await started(deps, phone);
    await db.execute(sql`
      update sms_deliveries set unanswered_at = now(), handed_over_at = null where phone = ${phone}`);
    await db.execute(sql`
      insert into sms_deliveries (id, challenge_id, phone, channel, provider, failed_at)
      select gen_random_uuid(), challenge_id, phone, channel, 'two', now() from sms_deliveries where phone = ${phone}`);
    expect((await runningFlow(deps, token, null))?.view.delivery).toBe('unanswered');
  });
});

describe('a receipt that a message failed', () => {
  it('lifts the cool-down of its number, once', async () => {
    const { deps } = vendorThat(() => null);
    const phone = freshPhone();
    const token = await started(deps, phone);
    expect(await receive(phone, 'failed')).toBe(true);
    expect((await runningFlow(deps, token, null))?.view.resendInSeconds).toBe(0);
    expect((await resend(deps, token)).ok).toBe(true);
    expect(await resend(deps, token)).toMatchObject({ code: 'resend_too_soon' });
  });

  it('of an older code lifts nothing', async () => {
    const { deps } = vendorThat(() => null);
    const phone = freshPhone();
    const token = await started(deps, phone);
    const [first] = await db.execute<{ id: string }>(
      sql`select provider_message_id as id from sms_deliveries where phone = ${phone}`,
    );
    await coolDownOver(phone);
    await resend(deps, token);
    const report = { providerMessageId: first!.id, state: 'failed' as const, errorClass: null, errorCode: null };
    expect(await recordReceipt(db, 'inbox', report)).toBe(true);
    expect(await resend(deps, token)).toMatchObject({ code: 'resend_too_soon' });
  });

  it('lifts nothing when it says that the message arrived', async () => {
    const { deps } = vendorThat(() => null);
    const phone = freshPhone();
    const token = await started(deps, phone);
    expect(await receive(phone, 'delivered')).toBe(true);
    expect(await resend(deps, token)).toMatchObject({ code: 'resend_too_soon' });
  });
});
