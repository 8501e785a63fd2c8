import fc from 'fast-check';
import twilio from 'twilio';
import { describe, expect, it } from 'vitest';
import type { Receipt } from './sender';
import { readPlaymobileReceipts } from './vendors/playmobile';
import { isTwilioSigned, readTwilioReceipt } from './vendors/twilio-receipts';

const word = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    ...[
      'delivered',
      'failed',
      'undelivered',
      'busy',
      'Delivered',
      'NotDelivered',
      'constructor',
      '__proto__',
      'toString',
      '',
      '30003',
      '-1',
      '1e9',
    ],
  ),
);
const expectReceipt = (receipt: Receipt, id: RegExp) => {
  expect(receipt.providerMessageId).toMatch(id);
  expect(['pending', 'delivered', 'failed']).toContain(receipt.state);
  expect(receipt.errorCode === null || typeof receipt.errorCode === 'string').toBe(true);
  if (receipt.state !== 'failed') expect([receipt.errorClass, receipt.errorCode]).toEqual([null, null]);
};

describe('delivery receipts, whatever a vendor posts', () => {
  it('of Twilio are read or left out, and never fail', () => {
    const name = fc.constantFrom(
      'MessageSid',
      'SmsSid',
      'CallSid',
      'MessageStatus',
      'SmsStatus',
      'CallStatus',
      'ErrorCode',
      'To',
      '__proto__',
    );
    const sid = fc.constantFrom(`SM${'0'.repeat(32)}`, `CA${'f'.repeat(32)}`, 'SM', `SM${'0'.repeat(31)}'`);
    fc.assert(
      fc.property(fc.array(fc.tuple(name, fc.oneof(word, sid)), { maxLength: 8 }), (fields) => {
        const receipt = readTwilioReceipt(new URLSearchParams(fields));
        if (receipt) expectReceipt(receipt, /^[A-Z]{2}[0-9a-zA-Z]{32}$/);
      }),
      { numRuns: 3_000 },
    );
  });

  it('of PlayMobile are read or left out, and never fail', () => {
    const id = fc.constantFrom('0123456789abcdefghij', 'x', '0123456789ABCDEFGHIJ');
    const report = fc.dictionary(
      fc.constantFrom('message-id', 'message_id', 'messageId', 'status', 'recipient', 'x'),
      fc.oneof(word, id, fc.jsonValue({ maxDepth: 2 })),
      { maxKeys: 5 },
    );
    const posted = fc.oneof(
      fc.jsonValue({ maxDepth: 4 }),
      report,
      fc.array(report, { maxLength: 5 }),
      fc.record({ messages: fc.oneof(fc.array(report, { maxLength: 5 }), fc.jsonValue()) }),
    );
    fc.assert(
      fc.property(posted, (json) => {
        for (const receipt of readPlaymobileReceipts(json)) expectReceipt(receipt, /^[0-9a-z]{20}$/);
      }),
      { numRuns: 3_000 },
    );
  });

  it('are Twilio’s only by the signature of the account’s token over all of it', () => {
    const authToken = '0123456789abcdef0123456789abcdef';
    const url = 'https://latchkey.example/api/webhooks/twilio/status';
    const fields = fc.dictionary(fc.string({ minLength: 1, maxLength: 8 }), fc.string({ maxLength: 12 }), {
      minKeys: 1,
      maxKeys: 4,
    });
    fc.assert(
      fc.property(
        fields,
        fc.string({ unit: 'binary', maxLength: 60 }),
        fc.string({ minLength: 1, maxLength: 4 }),
        (given, random, more) => {
          const form = new URLSearchParams(given);
          const signature = twilio.getExpectedTwilioSignature(authToken, url, given);
          expect(isTwilioSigned({ signature, url, authToken, form })).toBe(true);
          expect(isTwilioSigned({ signature: random, url, authToken, form })).toBe(false);
          expect(isTwilioSigned({ signature, url: `${url}?${encodeURIComponent(more)}`, authToken, form })).toBe(false);
          expect(isTwilioSigned({ signature, url, authToken: `${authToken}0`, form })).toBe(false);
          const changed = new URLSearchParams(form);
          changed.set('MessageStatus', `${more}-changed`);
          expect(isTwilioSigned({ signature, url, authToken, form: changed })).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});
