import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { newId } from '../../random';
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
import { playmobileMessageId, playmobileVendor, readPlaymobileReceipts } from './playmobile';

const phone = '+998912345678';
const password = 'p@ss wörd:1';

let broker: FakeVendor;
beforeAll(async () => {
  broker = await startFakeVendor();
});
afterAll(() => broker.close());

const vendor = (url = broker.url, timeoutMilliseconds?: number) =>
  playmobileVendor(
    {
      PLAYMOBILE_API_URL: url,
      PLAYMOBILE_USERNAME: 'acme',
      PLAYMOBILE_PASSWORD: password,
      PLAYMOBILE_ORIGINATOR: '3700',
    },
    timeoutMilliseconds,
  );

/** What `send` makes of an answer; every outcome is checked for what it must never hold. */
async function sendTo(how: Answering, timeoutMilliseconds?: number) {
  broker.answer(how);
  const outcome = await vendor(undefined, timeoutMilliseconds).send(outbound(phone));
  expect(broker.seen.length).toBeLessThanOrEqual(1);
  expect(JSON.stringify(outcome)).not.toMatch(/998912345678|acme|p@ss|012345/);
  return outcome;
}

describe('playmobile sends', () => {
  it('one request, exactly as the broker describes it', async () => {
    broker.answer(says(200, 'Request is received'));
    const message = outbound(phone, { text: "Latchkey kodi: 012345\no'zbek" });
    expect(await vendor().send(message)).toEqual({
      accepted: true,
      providerMessageId: playmobileMessageId(message.deliveryId),
      segments: 1,
      price: null,
    });
    expect(broker.seen).toHaveLength(1);
    const [request] = broker.seen;
    expect(request).toMatchObject({
      method: 'POST',
      path: '/broker-api/send',
      headers: {
        authorization: `Basic ${Buffer.from(`acme:${password}`).toString('base64')}`,
        'content-type': 'application/json; charset=UTF-8',
      },
    });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      messages: [
        {
          recipient: '998912345678',
          'message-id': playmobileMessageId(message.deliveryId),
          sms: { originator: '3700', ttl: 300, content: { text: "Latchkey kodi: 012345\no'zbek" } },
        },
      ],
    });
  });

  it('to the same address however the base was written', async () => {
    broker.answer(says(200, 'Request is received'));
    for (const path of ['', '/', '/broker-api', '/broker-api/', '/broker-api/send']) {
      await vendor(`${broker.url}${path}`).send(outbound(phone));
    }
    expect(new Set(broker.seen.map(({ path }) => path))).toEqual(new Set(['/broker-api/send']));
  });

  it('counts the parts that the broker does not tell', async () => {
    broker.answer(says(200, 'Request is received'));
    expect(await vendor().send(outbound(phone, { text: 'я'.repeat(71) }))).toMatchObject({ segments: 2 });
  });

  it.each(['Request is received', 'request is received.\n', '"Request is received"', '\r\n REQUEST IS RECEIVED'])(
    'takes %j for success',
    async (text) => {
      expect(await sendTo(says(200, text))).toMatchObject({ accepted: true });
    },
  );

  it.each([
    ['an empty answer', says(200, '')],
    ['a page of HTML', says(200, '<html><body>Request is received</body></html>', { 'content-type': 'text/html' })],
    ['another sentence', says(200, 'Request is not received')],
    ['a list', saysJson(200, ['Request is received'])],
    ['a number', saysJson(200, 202)],
    ['null', saysJson(200, null)],
    ['JSON without a code', saysJson(200, { status: 'ok' })],
    ['a code that is an object', saysJson(200, { error_code: { $gt: 0 } })],
    ['a code that may be a number to call', saysJson(200, { error_code: 998912345678 })],
    ['bytes that are no text', says(200, Buffer.from([0xff, 0xfe, 0, 1]).toString('latin1'))],
  ])('never takes %s in a 200 for success, nor for a sure failure', async (_, how) => {
    expect(await sendTo(how)).toMatchObject({
      accepted: false,
      errorClass: 'unknown',
      errorCode: 'garbage',
      anotherMayTry: true,
    });
  });

  it.each([
    [100, 'transient'],
    [101, 'configuration'],
    [102, 'configuration'],
    [103, 'configuration'],
    [104, 'configuration'],
    [105, 'configuration'],
    [202, 'recipient'],
    [204, 'configuration'],
    [205, 'configuration'],
    [206, 'configuration'],
    [301, 'configuration'],
    [306, 'configuration'],
    [401, 'configuration'],
    [402, 'configuration'],
    [403, 'configuration'],
    [404, 'configuration'],
    [405, 'configuration'],
    [406, 'configuration'],
    [407, 'configuration'],
    [408, 'configuration'],
    [410, 'configuration'],
    [411, 'configuration'],
    [999, 'transient'],
  ])('reads body code %i as %s, in every spelling', async (code, errorClass) => {
    const bodies = [
      { error_code: code, error_description: `bad recipient 998912345678 for acme` },
      { 'error-code': code, 'error-description': 'x' },
      { 'error-code': String(code) },
      { errorCode: code },
    ];
    for (const status of [400, 200]) {
      for (const body of bodies) {
        expect(await sendTo(saysJson(status, body))).toMatchObject({
          accepted: false,
          errorClass,
          errorCode: String(code),
          anotherMayTry: errorClass !== 'recipient',
        });
      }
    }
  });

  it('tells the code of the sender from the status of the credentials', async () => {
    const sender = await sendTo(saysJson(400, { error_code: 401 }));
    expect(sender).toMatchObject({ operatorHint: expect.stringContaining('PLAYMOBILE_ORIGINATOR') });
    const credentials = await sendTo(saysJson(401, { error_code: 401 }));
    expect(credentials).toMatchObject({ errorClass: 'configuration', errorCode: 'http_401', anotherMayTry: true });
    const hint = credentials.accepted ? '' : credentials.operatorHint;
    expect(hint).toMatch(/PLAYMOBILE_USERNAME, PLAYMOBILE_PASSWORD.*balance.*address/);
  });

  it.each([
    [302, 'configuration'],
    [400, 'configuration'],
    [402, 'balance'],
    [403, 'configuration'],
    [404, 'configuration'],
    [429, 'rate'],
    [500, 'transient'],
    [502, 'unknown'],
    [503, 'transient'],
    [504, 'unknown'],
  ])('reads HTTP %i as %s', async (status, errorClass) => {
    const how = says(status, '<html>998912345678</html>', { location: `${broker.url}/login` });
    expect(await sendTo(how)).toMatchObject({
      accepted: false,
      errorClass,
      errorCode: `http_${status}`,
      anotherMayTry: true,
    });
  });

  it.each(lostAnswers)('does not know what became of a message when the broker %s', async (_, how, errorCode) => {
    expect(await sendTo(how, 300)).toMatchObject({
      accepted: false,
      errorClass: 'unknown',
      errorCode,
      anotherMayTry: true,
      operatorHint: expect.stringContaining('may have been taken'),
    });
  });

  it('waits for a slow answer that still comes in time', async () => {
    const slow: Answering = (response) => setTimeout(() => response.end('Request is received'), 150);
    expect(await sendTo(slow, 2_000)).toMatchObject({ accepted: true });
  });

  it('knows that nothing was sent when nobody listens', async () => {
    expect(await vendor(await nobodyAt()).send(outbound(phone))).toMatchObject({
      errorClass: 'transient',
      errorCode: 'unreachable',
      anotherMayTry: true,
    });
  });

  it('hands on numbers of other countries without a call', async () => {
    broker.answer(says(200, 'Request is received'));
    expect(await vendor().send(outbound('+918123456789'))).toMatchObject({
      accepted: false,
      errorClass: 'region',
      anotherMayTry: true,
    });
    expect(broker.seen).toEqual([]);
  });
});

describe('the message-id', () => {
  it('is the same for the same delivery, never longer than twenty characters, and never shared', () => {
    const ids = Array.from({ length: 20_000 }, newId);
    const messageIds = new Set(ids.map(playmobileMessageId));
    expect(messageIds.size).toBe(ids.length);
    expect([...messageIds].every((id) => /^[0-9a-z]{20}$/.test(id))).toBe(true);
    expect(playmobileMessageId('0198e6e2-0000-7000-8000-000000000001')).toBe(
      playmobileMessageId('0198e6e2-0000-7000-8000-000000000001'),
    );
  });
});

describe('playmobile’s diagnosis', () => {
  const diagnose = (how: Answering) => {
    broker.answer(how);
    return vendor().diagnose();
  };

  it.each([
    ['an error about the list', saysJson(400, { error_code: 101 })],
    ['a refusal without a code', says(400, 'Bad request')],
    ['a receipt', says(200, 'Request is received')],
  ])('is content with %s, and sends nothing', async (_, how) => {
    const findings = await diagnose(how);
    expect(findings.map(({ level }) => level)).toEqual(['ok', 'ok']);
    expect(broker.seen.map(({ body }) => JSON.parse(body))).toEqual([{ messages: [] }]);
  });

  it.each([
    ['wrong credentials', says(401, ''), /credentials/, /PLAYMOBILE_USERNAME/],
    ['a locked account', saysJson(400, { error_code: 102 }), /locked/, /manager/],
    ['another page', says(200, '<html>'), /without “Request is received”/, /PLAYMOBILE_API_URL/],
    ['a redirect', says(301, '', { location: '/' }), /redirect/, /PLAYMOBILE_API_URL/],
    ['trouble there', says(503, ''), /trouble/, /ask PlayMobile/],
    ['a line that breaks', resets, /broke off/, /PLAYMOBILE_API_URL/],
  ])('names cause and remedy of %s', async (_, how, text, remedy) => {
    const findings = await diagnose(how);
    expect(findings).toEqual([
      { level: 'failed', text: expect.stringMatching(text), remedy: expect.stringMatching(remedy) },
    ]);
    expect(JSON.stringify(findings)).not.toMatch(/p@ss|may have been taken/);
  });
});

describe('readPlaymobileReceipts', () => {
  const id = playmobileMessageId('a');
  const other = playmobileMessageId('b');
  const read = (status: unknown) => readPlaymobileReceipts({ 'message-id': id, status });

  it.each([
    ['Transmitted', 'pending', null],
    ['Delivered', 'delivered', null],
    ['NotDelivered', 'failed', 'recipient'],
    ['Rejected', 'failed', 'blocked'],
    ['Failed', 'failed', 'transient'],
    ['Expired', 'failed', 'recipient'],
    ['Teleported', 'pending', null],
  ])('reads %s in any case as %s', (word, state, errorClass) => {
    for (const spelled of [word, word.toUpperCase(), word.toLowerCase()]) {
      expect(read(spelled)).toEqual([
        { providerMessageId: id, state, errorClass, errorCode: errorClass && word.toLowerCase() },
      ]);
    }
  });

  it('reads NOT_DELIVERED and “not delivered” alike', () => {
    expect(read('NOT_DELIVERED')).toEqual(read('not delivered'));
    expect(read('NOT_DELIVERED')).toEqual(read('NotDelivered'));
  });

  it('reads one report, a list and a list under messages, and every spelling of the id', () => {
    const expected = [
      { providerMessageId: id, state: 'delivered', errorClass: null, errorCode: null },
      { providerMessageId: other, state: 'failed', errorClass: 'transient', errorCode: 'failed' },
    ];
    const first = { 'message-id': id, status: 'Delivered' };
    const second = { messageId: other, status: 'Failed' };
    expect(readPlaymobileReceipts({ message_id: id, status: 'Delivered' })).toEqual(expected.slice(0, 1));
    expect(readPlaymobileReceipts([first, second])).toEqual(expected);
    expect(readPlaymobileReceipts({ messages: [first, second] })).toEqual(expected);
  });

  it.each([null, undefined, 'Delivered', 7, [], {}, { messages: null }, [null, 'x', [[]]], { status: 'Delivered' }])(
    'finds nothing in %j',
    (json) => {
      expect(readPlaymobileReceipts(json)).toEqual([]);
    },
  );

  it('leaves out ids that are none of ours, and never fails on odd words', () => {
    for (const odd of ['', 'a\u0000b', 'X'.repeat(20), 12_345, { $ne: 1 }, 'z'.repeat(5_000)]) {
      expect(readPlaymobileReceipts({ 'message-id': odd, status: 'Delivered' })).toEqual([]);
    }
    for (const odd of ['constructor', '__proto__', 'hasOwnProperty', 5, null, undefined, { a: 1 }]) {
      expect(read(odd)).toMatchObject([{ state: 'pending', errorClass: null, errorCode: null }]);
    }
  });
});
