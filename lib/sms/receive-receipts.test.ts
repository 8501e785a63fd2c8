import { createHash } from 'node:crypto';
import { sql } from 'drizzle-orm';
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { sendCode } from '../otp/send-code';
import { depsOn, freshAddress, freshPhone } from '../otp/testing';
import { receivePlaymobileReceipts, receiveTwilioReceipt } from './receive-receipts';
import type { Channel, SendOutcome, SmsVendor } from './sender';
import { playmobileMessageId } from './vendors/playmobile';

const { db } = await testDatabase();
const authToken = 'a0'.repeat(16);
const secret = '3f9a1c77be20d4e85b16aa0932cf7d41';
const settings = {
  APP_URL: 'https://signin.example.org',
  SMS_PROVIDER: 'twilio',
  TWILIO_ACCOUNT_SID: `AC${'0a'.repeat(16)}`,
  TWILIO_AUTH_TOKEN: authToken,
  TWILIO_PHONE_NUMBER: '+12025550100',
  PLAYMOBILE_WEBHOOK_SECRET: secret,
};
const sids = (serial: number) => `SM${String(serial).padStart(32, '0')}`;
let serial = 0;

function sending(
  name: 'twilio' | 'twilio-verify' | 'playmobile' | 'bulksmsbd',
  more: Record<string, string> = {},
  answer?: (deliveryId: string) => Promise<SendOutcome>,
) {
  const ids: string[] = [];
  const sms: Partial<SmsVendor> & Pick<SmsVendor, 'name' | 'send'> = {
    name,
    channels: ['sms', 'call', 'whatsapp'],
    ...(name === 'playmobile' && { messageIdOf: playmobileMessageId }),
    async send({ deliveryId }) {
      if (answer) return answer(deliveryId);
      serial += 1;
      ids.push(name === 'playmobile' ? playmobileMessageId(deliveryId) : sids(serial));
      return { accepted: true, providerMessageId: ids.at(-1)!, segments: 1, price: null };
    },
  };
  const deps = depsOn(db, sms, { ...settings, ...more });
  const phone = freshPhone();
  return {
    deps,
    ids,
    send: (channel?: Channel) => sendCode(deps, { phone, channel, address: freshAddress() }),
    state: async () => [
      ...(await db.execute<Record<string, unknown>>(
        sql`select delivered_at is not null as delivered, failed_at is not null as failed, error_code from sms_deliveries
          where phone = ${phone} order by created_at`,
      )),
    ],
  };
}

describe('receipts of Twilio', () => {
  const signed = (fields: Record<string, string>, search = '') => ({
    signature: twilio.getExpectedTwilioSignature(
      authToken,
      `https://signin.example.org/api/webhooks/twilio/status${search}`,
      fields,
    ),
    search,
    rawBody: Buffer.from(new URLSearchParams(fields).toString()),
  });

  it('are believed when signed over the public address and its query, and by nothing else', async () => {
    const { deps, ids, send, state } = sending('twilio');
    await send();
    const fields = { MessageSid: ids[0]!, MessageStatus: 'delivered' };
    for (const post of [
      { ...signed(fields), signature: null },
      { ...signed(fields), signature: 'x' },
      { ...signed(fields), search: '?a=1' },
      { ...signed({ ...fields, MessageStatus: 'failed' }), rawBody: signed(fields).rawBody },
    ]) {
      expect(await receiveTwilioReceipt(deps, post)).toMatchObject({ ok: false, code: 'forbidden' });
    }
    expect(await state()).toEqual([{ delivered: false, failed: false, error_code: null }]);
    expect(await receiveTwilioReceipt(deps, signed(fields, '?a=1'))).toEqual({ ok: true });
    expect(await state()).toEqual([{ delivered: true, failed: false, error_code: null }]);
  });

  it('find the message by its name in the address, where Twilio’s answer is still under way or was lost', async () => {
    for (const failure of [null, { errorClass: 'unknown', errorCode: 'timeout' }] as const) {
      const quick = sending('twilio', {}, async (deliveryId) => {
        const fields = { MessageSid: sids(700_000 + (serial += 1)), MessageStatus: 'delivered' };
        expect(await receiveTwilioReceipt(quick.deps, signed(fields, `?delivery=${deliveryId}`))).toEqual({ ok: true });
        return failure
          ? { accepted: false, ...failure, operatorHint: 'a test', anotherMayTry: true }
          : { accepted: true, providerMessageId: fields.MessageSid, segments: 1, price: null };
      });
      expect((await quick.send()).ok).toBe(failure === null);
      expect(await quick.state()).toEqual([{ delivered: true, failed: false, error_code: null }]);
    }
  });

  it.each([
    [
      'a call that was answered',
      'call',
      'CA',
      ['CallSid', 'CallStatus'],
      ['ringing', 'completed', 'completed', 'in-progress', 'no-answer'],
      { delivered: true, failed: false, error_code: null },
    ],
    [
      'a call that nobody took',
      'call',
      'CA',
      ['CallSid', 'CallStatus'],
      ['initiated', 'no-answer', 'no-answer', 'ringing', 'completed'],
      { delivered: false, failed: true, error_code: 'no-answer' },
    ],
    [
      'a message on WhatsApp that was read',
      'whatsapp',
      'SM',
      ['MessageSid', 'MessageStatus'],
      ['sent', 'read', 'delivered', 'read', 'sent', 'undelivered'],
      { delivered: true, failed: false, error_code: null },
    ],
    [
      'a number that is not on WhatsApp',
      'whatsapp',
      'SM',
      ['MessageSid', 'MessageStatus'],
      ['queued', 'undelivered', 'undelivered', 'delivered'],
      { delivered: false, failed: true, error_code: '63024' },
    ],
  ] as const)('of %s change it once, in whatever order and however often they come', async (...given) => {
    const [, channel, kind, [sidField, statusField], steps, end] = given;
    const sid = `${kind}${sids((serial += 1)).slice(2)}`;
    const { deps, send, state } = sending('twilio', {}, async () => {
      return { accepted: true, providerMessageId: sid, segments: null, price: null };
    });
    await send(channel);
    const states: object[] = [];
    for (const status of steps) {
      const fields = {
        [sidField]: sid,
        [statusField]: status,
        ...(status === 'undelivered' && { ErrorCode: '63024' }),
      };
      expect(await receiveTwilioReceipt(deps, signed(fields))).toEqual({ ok: true });
      states.push(...(await state()));
    }
    expect(states).toEqual([{ delivered: false, failed: false, error_code: null }, ...steps.slice(1).map(() => end)]);
  });

  it('say nothing of messages of vendors that send none', async () => {
    for (const name of ['bulksmsbd', 'twilio-verify'] as const) {
      const { deps, ids, send, state } = sending(name);
      await send();
      const fields = { MessageSid: ids[0]!, MessageStatus: 'failed', ErrorCode: '30003' };
      expect(await receiveTwilioReceipt(deps, signed(fields))).toEqual({ ok: true });
      expect(await state()).toEqual([{ delivered: false, failed: false, error_code: null }]);
      expect(await send()).toMatchObject({ code: 'resend_too_soon' });
    }
  });

  it('in JSON are signed by their hash in the query, and read alike', async () => {
    const { deps, ids, send, state } = sending('twilio');
    await send();
    const body = JSON.stringify({ MessageSid: ids[0], MessageStatus: 'undelivered', ErrorCode: 30003, More: [1] });
    const json = (text: string, hashed = text) => {
      const search = `?bodySHA256=${createHash('sha256').update(hashed).digest('hex')}`;
      return { ...signed({}, search), rawBody: Buffer.from(text) };
    };
    expect(await receiveTwilioReceipt(deps, json(body, '{}'))).toMatchObject({ code: 'forbidden' });
    expect(await receiveTwilioReceipt(deps, { ...json(body), search: '' })).toMatchObject({ code: 'forbidden' });
    for (const nothing of ['', '[]', 'null', '{"MessageSid":{}}', '<html>']) {
      expect(await receiveTwilioReceipt(deps, json(nothing)), nothing).toEqual({ ok: true });
    }
    expect(await state()).toEqual([{ delivered: false, failed: false, error_code: null }]);
    expect(await receiveTwilioReceipt(deps, json(body))).toEqual({ ok: true });
    expect(await state()).toEqual([{ delivered: false, failed: true, error_code: '30003' }]);
  });

  it('are taken where they change nothing', async () => {
    const { deps } = sending('twilio');
    const unknown = { MessageSid: sids(999_999), MessageStatus: 'delivered' };
    for (const fields of [unknown, { Nonsense: '1' }, {}] as Record<string, string>[]) {
      expect(await receiveTwilioReceipt(deps, signed(fields))).toEqual({ ok: true });
    }
  });

  it('of failure end the cool-down of the newest code, and of no other', async () => {
    const { deps, ids, send, state } = sending('twilio');
    const failed = (id: string) => signed({ MessageSid: id, MessageStatus: 'undelivered', ErrorCode: '30003' });
    await send();
    expect(await send()).toMatchObject({ code: 'resend_too_soon' });
    await receiveTwilioReceipt(deps, signed({ MessageSid: ids[0]!, MessageStatus: 'sent' }));
    expect(await send()).toMatchObject({ code: 'resend_too_soon' });
    await receiveTwilioReceipt(deps, failed(ids[0]!));
    expect(await state()).toEqual([{ delivered: false, failed: true, error_code: '30003' }]);
    expect(await send()).toMatchObject({ ok: true });
    // Told again, and of a code that was replaced: the new one's cool-down stands.
    await receiveTwilioReceipt(deps, failed(ids[0]!));
    expect(await send()).toMatchObject({ code: 'resend_too_soon' });
  });

  it('are not there without a token to check them by', async () => {
    const { deps } = sending('twilio');
    const without = { ...deps, env: { ...deps.env, TWILIO_AUTH_TOKEN: undefined } };
    expect(await receiveTwilioReceipt(without, signed({}))).toMatchObject({ code: 'forbidden' });
  });
});

describe('receipts of PlayMobile', () => {
  const post = (body: unknown, more: { secret?: string; peer?: string } = {}) => ({
    secret,
    peer: '198.51.100.7',
    rawBody: async () => Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)),
    ...more,
  });

  it('are believed at the secret path', async () => {
    const { deps, ids, send, state } = sending('playmobile');
    await send();
    const report = { messages: [{ 'message-id': ids[0], status: 'Delivered' }] };
    for (const wrong of ['', `${secret}x`, secret.toUpperCase()]) {
      expect(await receivePlaymobileReceipts(deps, post(report, { secret: wrong }))).toMatchObject({
        code: 'forbidden',
      });
    }
    expect(await state()).toMatchObject([{ delivered: false }]);
    expect(await receivePlaymobileReceipts(deps, post('{'))).toMatchObject({ code: 'invalid_request' });
    expect(await receivePlaymobileReceipts(deps, post(report))).toEqual({ ok: true });
    expect(await state()).toMatchObject([{ delivered: true }]);
    for (const taken of [report, [], null, 5, { messages: [{ 'message-id': 'z'.repeat(20), status: 'Failed' }] }]) {
      expect(await receivePlaymobileReceipts(deps, post(taken))).toEqual({ ok: true });
    }
  });

  it('find a message that the broker never said it took', async () => {
    const { deps, send, state } = sending('playmobile', {}, async (deliveryId) => {
      const report = { 'message-id': playmobileMessageId(deliveryId), status: 'Delivered' };
      expect(await receivePlaymobileReceipts(deps, post(report))).toEqual({ ok: true });
      const timeout = { errorClass: 'unknown', errorCode: 'timeout', anotherMayTry: true } as const;
      return { accepted: false, ...timeout, operatorHint: 'a test' };
    });
    await send();
    expect(await state()).toEqual([{ delivered: true, failed: false, error_code: null }]);
  });

  it('come from the listed addresses only, however those are written', async () => {
    const { deps } = sending('playmobile', { PLAYMOBILE_WEBHOOK_ADDRESSES: '91.204.239.44, 2001:db8::1' });
    const from = async (peer: string) => (await receivePlaymobileReceipts(deps, post([], { peer }))).ok;
    for (const peer of ['91.204.239.44', '2001:db8::1', '2001:0DB8:0:0::0001'])
      expect(await from(peer), peer).toBe(true);
    for (const peer of ['91.204.239.45', '2001:db8::2', 'unknown', '']) expect(await from(peer), peer).toBe(false);
  });

  it('are not there without a secret', async () => {
    const { deps } = sending('playmobile');
    const without = { ...deps, env: { ...deps.env, PLAYMOBILE_WEBHOOK_SECRET: undefined } };
    expect(await receivePlaymobileReceipts(without, post([], { secret: '' }))).toMatchObject({ code: 'forbidden' });
  });
});
