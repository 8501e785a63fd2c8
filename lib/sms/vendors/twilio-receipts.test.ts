import { createHash, createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { isTwilioSigned, readTwilioReceipt } from './twilio-receipts';

const sid = `SM${'0f'.repeat(16)}`;
const callSid = `CA${'0f'.repeat(16)}`;
const receipt = (fields: Record<string, string>) => readTwilioReceipt(new URLSearchParams(fields));

describe('readTwilioReceipt', () => {
  it.each([
    ['accepted', 'pending'],
    ['scheduled', 'pending'],
    ['queued', 'pending'],
    ['sending', 'pending'],
    ['sent', 'pending'],
    ['partially_delivered', 'pending'],
    ['a_status_of_next_year', 'pending'],
    ['delivered', 'delivered'],
    ['read', 'delivered'],
    ['undelivered', 'failed'],
    ['failed', 'failed'],
    ['canceled', 'failed'],
  ])('reads %s of a message as %s', (MessageStatus, state) => {
    expect(receipt({ MessageSid: sid, MessageStatus, NewField: 'x' })).toMatchObject({ providerMessageId: sid, state });
  });

  it.each([
    ['initiated', 'pending', null],
    ['ringing', 'pending', null],
    ['in-progress', 'pending', null],
    ['completed', 'delivered', null],
    ['busy', 'failed', 'recipient'],
    ['no-answer', 'failed', 'recipient'],
    ['failed', 'failed', 'transient'],
    ['canceled', 'failed', 'transient'],
  ])('reads %s of a call as %s', (CallStatus, state, errorClass) => {
    expect(receipt({ CallSid: callSid, CallStatus })).toMatchObject({ providerMessageId: callSid, state, errorClass });
  });

  it.each([
    ['30003', 'recipient', '30003'],
    ['30007', 'configuration', '30007'],
    ['21610', 'blocked', '21610'],
    ['63016', 'configuration', '63016'],
    ['39999', 'transient', '39999'],
    ['', 'transient', null],
    ['oops', 'transient', null],
    ['400', 'transient', null],
  ])('reads error code “%s” as %s', (ErrorCode, errorClass, errorCode) => {
    expect(receipt({ MessageSid: sid, MessageStatus: 'undelivered', ErrorCode })).toEqual({
      providerMessageId: sid,
      state: 'failed',
      errorClass,
      errorCode,
    });
  });

  it('takes no error code from a message that arrived', () => {
    expect(receipt({ MessageSid: sid, MessageStatus: 'delivered', ErrorCode: '30003' })).toMatchObject({
      errorCode: null,
    });
  });

  it('reads the older names of the fields', () => {
    expect(receipt({ SmsSid: sid, SmsStatus: 'delivered' })).toMatchObject({
      providerMessageId: sid,
      state: 'delivered',
    });
  });

  it.each([
    [{}],
    [{ MessageSid: sid }],
    [{ MessageStatus: 'sent' }],
    [{ MessageSid: '', MessageStatus: 'sent' }],
    [{ MessageSid: `${sid}'--`, MessageStatus: 'sent' }],
    [{ MessageSid: 'x'.repeat(10_000), MessageStatus: 'sent' }],
  ])('finds none in %o', (fields) => {
    expect(receipt(fields as Record<string, string>)).toBeNull();
  });
});

describe('isTwilioSigned', () => {
  // twilio.com/docs/usage/security, "Validating requests are coming from Twilio": the example printed there.
  const printed = {
    authToken: '12345',
    url: 'https://mycompany.com/myapp.php?foo=1&bar=2',
    form: new URLSearchParams({
      CallSid: 'CA1234567890ABCDE',
      Caller: '+14158675309',
      Digits: '1234',
      From: '+14158675309',
      To: '+18005551212',
    }),
    signature: 'RSOYDt4T1cUTdK1PDd93/VVr8B8=',
  };

  const authToken = 'a4f8d2c6e0b19375a4f8d2c6e0b19375';
  const url = 'https://signin.latchkey.example/api/webhooks/twilio/status';
  /** As the documentation words it: the address, then each field by name, name and value without anything between. */
  const sign = (token: string, address: string, form: URLSearchParams) =>
    createHmac('sha1', token)
      .update(
        address +
          [...form]
            .sort(([a], [b]) => (a < b ? -1 : 1))
            .flat()
            .join(''),
        'utf8',
      )
      .digest('base64');
  const form = new URLSearchParams({
    MessageStatus: 'delivered',
    MessageSid: sid,
    To: '+919876543210',
    ErrorCode: '',
    Body: 'é ✓ a+b & c=d',
    RawDlrDoneDate: '2607281200',
    AFieldOfNextYear: '1',
  });
  const signature = sign(authToken, url, form);

  it('is true of the documentation’s own example', () => {
    expect(sign(printed.authToken, printed.url, printed.form)).toBe(printed.signature);
    expect(isTwilioSigned(printed)).toBe(true);
  });

  it('is true of a receipt with fields nobody knows yet, in any order, with the port or without', () => {
    expect(isTwilioSigned({ signature, url, form, authToken })).toBe(true);
    expect(isTwilioSigned({ signature, url, form: new URLSearchParams([...form].reverse()), authToken })).toBe(true);
    const withPort = sign(authToken, url.replace('.example', '.example:443'), form);
    expect(isTwilioSigned({ signature: withPort, url, form, authToken })).toBe(true);
  });

  it('is false of anything else', () => {
    const changed = new URLSearchParams(form);
    changed.set('MessageStatus', 'failed');
    const added = new URLSearchParams(form);
    added.append('Extra', '1');
    const twice = new URLSearchParams(form);
    twice.append('MessageSid', `SM${'00'.repeat(16)}`);
    for (const request of [
      { signature, url, form: changed, authToken },
      { signature, url, form: added, authToken },
      { signature, url, form: twice, authToken },
      { signature, url, form: new URLSearchParams(), authToken },
      { signature, url: `${url}?x=1`, form, authToken },
      { signature, url: url.replace('https', 'http'), form, authToken },
      { signature, url, form, authToken: 'b'.repeat(32) },
      { signature: null, url, form, authToken },
      { signature: '', url, form, authToken },
      { signature: signature.slice(1), url, form, authToken },
      { signature: `${signature} `, url, form, authToken },
      { signature: signature.toLowerCase(), url, form, authToken },
      { signature, url: 'not an address', form, authToken },
    ]) {
      expect(isTwilioSigned(request)).toBe(false);
    }
  });

  it('is false where no token is set, even for who signs with none', () => {
    expect(isTwilioSigned({ signature: sign('', url, form), url, form, authToken: '' })).toBe(false);
    expect(isTwilioSigned({ signature: sign('', url, form), url, form, authToken: undefined })).toBe(false);
  });

  it('is not led astray by fields named like parts of an object', () => {
    const odd = new URLSearchParams({ ...Object.fromEntries(form), __proto__x: '1', constructor: 'y' });
    odd.append('__proto__', 'z');
    expect(isTwilioSigned({ signature: sign(authToken, url, odd), url, form: odd, authToken })).toBe(true);
    expect(isTwilioSigned({ signature, url, form: odd, authToken })).toBe(false);
  });

  it('checks a JSON body by its hash', () => {
    const rawBody = '{"MessageSid":"x", "n":1}';
    const hashed = `${url}?bodySHA256=${createHash('sha256').update(rawBody).digest('hex')}`;
    const signed = { signature: sign(authToken, hashed, new URLSearchParams()), url: hashed, authToken };
    expect(isTwilioSigned({ ...signed, rawBody })).toBe(true);
    expect(isTwilioSigned({ ...signed, rawBody: `${rawBody} ` })).toBe(false);
    expect(isTwilioSigned({ signature: sign(authToken, url, new URLSearchParams()), url, authToken, rawBody })).toBe(
      false,
    );
  });
});
