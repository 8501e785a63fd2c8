import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type Answering,
  type FakeVendor,
  lostAnswers,
  nobodyAt,
  resets,
  says,
  saysJson,
  startFakeVendor,
} from '../testing/fake-vendor';
import { outbound } from '../testing/messages';
import { bulksmsbdVendor } from './bulksmsbd';

const phone = '+8801812345678';
const key = 'Zk3q&vN+1xT8';

let api: FakeVendor;
beforeAll(async () => {
  api = await startFakeVendor();
});
afterAll(() => api.close());

const vendor = (url = `${api.url}/api`, timeoutMilliseconds?: number) =>
  bulksmsbdVendor(
    { BULKSMSBD_API_URL: url, BULKSMSBD_API_KEY: key, BULKSMSBD_SENDER_ID: '8809617000000' },
    timeoutMilliseconds,
  );

/** What `send` makes of an answer; every outcome is checked for what it must never hold. */
async function sendTo(how: Answering, timeoutMilliseconds?: number) {
  api.answer(how);
  const outcome = await vendor(undefined, timeoutMilliseconds).send(outbound(phone));
  expect(api.seen.length).toBeLessThanOrEqual(1);
  expect(JSON.stringify(outcome)).not.toMatch(/8801812345678|Zk3q|012345/);
  return outcome;
}

describe('bulksmsbd sends', () => {
  it('one request, exactly as the API describes it, with the key in the body alone', async () => {
    api.answer(
      saysJson(200, { response_code: 202, message_id: 26_789, success_message: 'SMS Submitted Successfully' }),
    );
    const text = 'Latchkey কোড: 012345 & more+\n@localhost #012345';
    expect(await vendor().send(outbound(phone, { text }))).toEqual({
      accepted: true,
      providerMessageId: '26789',
      segments: 1,
      price: null,
    });
    expect(api.seen).toHaveLength(1);
    const [request] = api.seen;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/api/smsapi',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    });
    expect(Object.fromEntries(new URLSearchParams(request?.body))).toEqual({
      api_key: key,
      type: 'text',
      senderid: '8809617000000',
      number: '8801812345678',
      message: text,
    });
    expect(JSON.stringify(request?.headers)).not.toContain('Zk3q');
  });

  it('to the same address however the base was written', async () => {
    for (const path of ['', '/', '/api', '/api/', '/api/smsapi']) {
      api.answer(saysJson(200, { response_code: 202 }));
      await vendor(`${api.url}${path}`).send(outbound(phone));
      expect(api.seen.map((request) => request.path)).toEqual(['/api/smsapi']);
    }
  });

  it.each([
    [{ response_code: 202, message_id: 'a-1' }, 'a-1'],
    [{ response_code: '202', message_id: '77' }, '77'],
    [{ response_code: ' 202 ', message_id: 77 }, '77'],
    [{ response_code: 202 }, null],
    [{ response_code: 202, message_id: '' }, null],
    [{ response_code: 202, message_id: { a: 1 } }, null],
    [{ response_code: 202, message_id: 'x'.repeat(65) }, null],
  ])('takes %j for success, and its own id where none of use is told', async (body, id) => {
    api.answer(saysJson(200, body));
    const message = outbound(phone);
    expect(await vendor().send(message)).toMatchObject({
      accepted: true,
      providerMessageId: id ?? message.deliveryId,
    });
  });

  it.each([
    [1001, 'recipient', /another number/],
    [1002, 'configuration', /BULKSMSBD_SENDER_ID/],
    [1003, 'configuration', /BULKSMSBD_API_KEY and BULKSMSBD_SENDER_ID/],
    [1005, 'transient', /support/],
    [1006, 'balance', /Recharge/],
    [1007, 'balance', /Recharge/],
    [1011, 'configuration', /BULKSMSBD_API_KEY/],
    [1012, 'configuration', /locale bn.*non-masking/],
    [1013, 'configuration', /BULKSMSBD_SENDER_ID/],
    [1014, 'configuration', /BULKSMSBD_SENDER_ID/],
    [1015, 'configuration', /BULKSMSBD_SENDER_ID/],
    [1016, 'configuration', /price/],
    [1017, 'configuration', /price/],
    [1018, 'configuration', /support/],
    [1019, 'configuration', /price/],
    [1020, 'configuration', /reseller/],
    [1021, 'configuration', /reseller/],
    [1031, 'configuration', /verification/],
    [1032, 'configuration', /whitelist/],
    [1004, 'transient', /description/],
    [9999, 'transient', /description/],
  ])('reads code %i in a 200 as %s and names the remedy', async (code, errorClass, hint) => {
    for (const told of [code, String(code)]) {
      const body = { response_code: told, error_message: 'no such number 8801812345678 for Zk3q&vN+1xT8' };
      expect(await sendTo(saysJson(200, body))).toMatchObject({
        accepted: false,
        errorClass,
        errorCode: String(code),
        operatorHint: expect.stringMatching(hint),
        anotherMayTry: errorClass !== 'recipient',
      });
    }
  });

  it('reads a code beside an HTTP error as well', async () => {
    expect(await sendTo(saysJson(403, { response_code: 1032 }))).toMatchObject({ errorCode: '1032' });
    expect(await sendTo(saysJson(500, { response_code: 1007 }))).toMatchObject({ errorClass: 'balance' });
  });

  it.each([
    ['an empty answer', says(200, '')],
    ['a page of HTML', says(200, '<html>202</html>', { 'content-type': 'text/html' })],
    ['the bare number', says(200, '202')],
    ['a list', saysJson(200, [{ response_code: 202 }])],
    ['null', saysJson(200, null)],
    ['no code', saysJson(200, { success_message: 'SMS Submitted Successfully' })],
    ['a code that is true', saysJson(200, { response_code: true })],
    ['a code in a list', saysJson(200, { response_code: [202] })],
    ['a code with a fraction', saysJson(200, { response_code: 202.5 })],
    ['a code that is null', saysJson(200, { response_code: null })],
    ['half an answer', says(200, '{"response_code":202')],
  ])('never takes %s for success, nor for a sure failure', async (_, how) => {
    expect(await sendTo(how)).toMatchObject({
      accepted: false,
      errorClass: 'unknown',
      errorCode: 'garbage',
      anotherMayTry: true,
    });
  });

  it.each([
    [302, 'configuration'],
    [400, 'configuration'],
    [401, 'configuration'],
    [402, 'balance'],
    [403, 'configuration'],
    [404, 'configuration'],
    [429, 'rate'],
    [500, 'transient'],
    [502, 'unknown'],
    [504, 'unknown'],
  ])('reads HTTP %i without a code as %s', async (status, errorClass) => {
    expect(await sendTo(says(status, '<html>', { location: `${api.url}/login` }))).toMatchObject({
      accepted: false,
      errorClass,
      errorCode: `http_${status}`,
      anotherMayTry: true,
    });
  });

  it('does not take a 202 in the body of an error for success', async () => {
    expect(await sendTo(saysJson(500, { response_code: 202 }))).toMatchObject({ accepted: false });
    expect(await sendTo(saysJson(302, { response_code: 202 }))).toMatchObject({ accepted: false });
  });

  it.each(lostAnswers)('does not know what became of a message when the API %s', async (_, how, errorCode) => {
    expect(await sendTo(how, 300)).toMatchObject({
      errorClass: 'unknown',
      errorCode,
      anotherMayTry: true,
      operatorHint: expect.stringContaining('may have been taken'),
    });
  });

  it('knows that nothing was sent when nobody listens', async () => {
    expect(await vendor(await nobodyAt()).send(outbound(phone))).toMatchObject({
      errorClass: 'transient',
      errorCode: 'unreachable',
    });
  });

  it.each(['+918123456789', '+998912345678', '+12015550123', '+88018123456789'])(
    'hands on %s, which is no mobile number of Bangladesh, without a call',
    async (other) => {
      api.answer(saysJson(200, { response_code: 202 }));
      expect(await vendor().send(outbound(other))).toMatchObject({ errorClass: 'region', anotherMayTry: true });
      expect(api.seen).toEqual([]);
    },
  );
});

describe('bulksmsbd’s diagnosis', () => {
  const diagnose = (how: Answering) => {
    api.answer(how);
    return vendor().diagnose();
  };

  it('asks for the balance with the key in the body', async () => {
    await diagnose(saysJson(200, { balance: '250.75' }));
    expect(api.seen).toMatchObject([{ method: 'POST', path: '/api/getBalanceApi' }]);
    expect(api.seen[0]?.body).toBe(new URLSearchParams({ api_key: key }).toString());
  });

  it.each([
    ['text', saysJson(200, { balance: '250.75', response_code: 202 })],
    ['a number with a long tail', saysJson(200, { balance: 250.750000000000001 })],
    ['bare text', says(200, '250.75')],
    ['quoted text', says(200, '"250.75"')],
  ])('reads the balance as %s', async (_, how) => {
    const findings = await diagnose(how);
    expect(findings.map(({ level }) => level)).toEqual(['ok', 'ok']);
    expect(findings[0]?.text).toContain('250.75 BDT');
  });

  it.each([
    ['99.99', 'warning'],
    ['100', 'ok'],
  ])('warns before the balance is used up: %s BDT', async (balance, level) => {
    const [finding] = await diagnose(saysJson(200, { balance }));
    expect(finding).toMatchObject({ level, text: expect.stringContaining(`${Number(balance).toFixed(2)} BDT`) });
    expect(Boolean(finding?.remedy)).toBe(level === 'warning');
  });

  it('leaves the balance to the panel rather than put the key into an address', async () => {
    expect(await diagnose(says(405, ''))).toMatchObject([{ level: 'warning', remedy: expect.stringMatching(/panel/) }]);
    expect(api.seen).toHaveLength(1);
  });

  it.each([
    ['an empty account', saysJson(200, { balance: 0 }), /used up/, /Recharge/],
    ['a wrong key', saysJson(200, { response_code: 1011 }), /user of this key/, /BULKSMSBD_API_KEY/],
    ['a wrong key beside a balance', saysJson(200, { response_code: 1011, balance: 5 }), /user of this key/, /API_KEY/],
    ['an unknown server', saysJson(200, { response_code: 1032 }), /address/, /whitelist/],
    ['another page', says(200, '<html>'), /without a response_code/, /BULKSMSBD_API_URL/],
    ['an odd balance', saysJson(200, { balance: {} }), /without a response_code/, /BULKSMSBD_API_URL/],
    ['a wrong address', says(404, ''), /no such address/, /BULKSMSBD_API_URL/],
    ['a line that breaks', resets, /broke off/, /BULKSMSBD_API_URL/],
  ])('names cause and remedy of %s', async (_, how, text, remedy) => {
    const findings = await diagnose(how);
    expect(findings).toEqual([
      { level: 'failed', text: expect.stringMatching(text), remedy: expect.stringMatching(remedy) },
    ]);
    expect(JSON.stringify(findings)).not.toMatch(/Zk3q|may have been taken/);
  });
});
