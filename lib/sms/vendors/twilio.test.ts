import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { OutboundMessage } from '../sender';
import type { CallVendor } from '../vendor-http';
import {
  accountSid,
  authToken,
  contentSid,
  fakeTwilio,
  impatient,
  json,
  messagingServiceSid,
  twilioError,
  twilioSettings,
} from './testing/fake-twilio';
import { exampleAnswer, requestProblems } from './testing/twilio-description';
import { twilioVendor } from './twilio';
import { twilioCodes } from './twilio-codes';
import type { TwilioSettings } from './twilio-client';

let twilio: Awaited<ReturnType<typeof fakeTwilio>>;
beforeAll(async () => {
  twilio = await fakeTwilio();
});
afterAll(() => twilio.close());

const messagesPath = '/2010-04-01/Accounts/{AccountSid}/Messages.json';
const taken = exampleAnswer(messagesPath, 201, 'createWoService');
const text = 'Your Latchkey verification code is: 012345\nशुभ & “safe” +1 =?\n\n@signin.latchkey.example #012345';

function send(message: Partial<OutboundMessage> = {}, settings: Partial<TwilioSettings> = {}, call?: CallVendor) {
  return twilioVendor(twilioSettings(twilio.url, settings), call).send({
    deliveryId: '0190',
    phone: '+919876543210',
    channel: 'sms',
    text,
    code: '012345',
    locale: 'en',
    ttlSeconds: 300,
    ...message,
  });
}

describe('an SMS by Twilio', () => {
  it('leaves as exactly one signed-in form that Twilio’s description accepts', async () => {
    twilio.answers(json(201, taken));
    expect(await send()).toEqual({ accepted: true, providerMessageId: taken.sid, segments: 1, price: null });
    expect(twilio.requests).toHaveLength(1);
    const [request] = twilio.requests;
    expect(request).toMatchObject({
      method: 'POST',
      path: `/2010-04-01/Accounts/${accountSid}/Messages.json`,
      query: {},
    });
    expect(request!.headers.authorization).toBe(`Basic ${btoa(`${accountSid}:${authToken}`)}`);
    expect(request!.form).toEqual({
      To: '+919876543210',
      From: '+12025550100',
      Body: text,
      ValidityPeriod: '300',
      StatusCallback: 'https://signin.latchkey.example/api/webhooks/twilio/status?delivery=0190',
      RiskCheck: 'enable',
      SmartEncoded: 'false',
    });
    expect(requestProblems(request!)).toEqual([]);
  });

  it('lets a messaging service choose the sender', async () => {
    twilio.answers(json(201, { ...exampleAnswer(messagesPath, 201, 'createWithMessagingService'), num_segments: '0' }));
    expect(await send({}, { TWILIO_MESSAGING_SERVICE_SID: messagingServiceSid })).toMatchObject({ segments: null });
    expect(twilio.requests[0]!.form).toMatchObject({ MessagingServiceSid: messagingServiceSid });
    expect(twilio.requests[0]!.form).not.toHaveProperty('From');
    expect(requestProblems(twilio.requests[0]!)).toEqual([]);
  });

  it.each([
    ['http://localhost:3000'],
    ['https://localhost'],
    ['https://127.0.0.1'],
    ['https://10.0.0.4'],
    ['https://192.168.1.2:8443'],
    ['https://sign_in.example.com'],
    ['https://app.internal'],
    ['https://app'],
    ['http://signin.latchkey.example'],
  ])('asks for no receipt at %s, which Twilio could not reach', async (APP_URL) => {
    twilio.answers(json(201, taken));
    await send({}, { APP_URL });
    expect(twilio.requests[0]!.form).not.toHaveProperty('StatusCallback');
  });

  it.each([
    [0, '1'],
    [90.7, '90'],
    [100_000, '36000'],
  ])('keeps a life of %d s within Twilio’s bounds', async (ttlSeconds, period) => {
    twilio.answers(json(201, taken));
    await send({ ttlSeconds });
    expect(twilio.requests[0]!.form.ValidityPeriod).toBe(period);
    expect(requestProblems(twilio.requests[0]!)).toEqual([]);
  });

  it('tells a price as an amount that is owed', async () => {
    twilio.answers(json(201, { ...taken, num_segments: '3', price: '-0.04950', price_unit: 'usd' }));
    expect(await send()).toMatchObject({ segments: 3, price: { amount: '0.04950', currency: 'USD' } });
  });

  it.each(['create', 'createWoService', 'createWithQueuedStatus', 'createScheduledMessageSms'])(
    'understands the example answer “%s” of the description',
    async (name) => {
      const example = exampleAnswer(messagesPath, 201, name);
      twilio.answers(json(201, example));
      expect(await send()).toMatchObject({ accepted: true, providerMessageId: example.sid });
    },
  );

  it('is refused when Twilio takes it and drops it at once', async () => {
    twilio.answers(json(201, { ...taken, status: 'failed', error_code: 30450 }));
    expect(await send()).toMatchObject({ accepted: false, errorClass: 'blocked', errorCode: '30450' });
  });

  it('never throws, and sends nothing, where nothing is set up', async () => {
    twilio.answers(json(201, taken));
    for (const settings of [
      { TWILIO_ACCOUNT_SID: undefined },
      { TWILIO_AUTH_TOKEN: undefined },
      { TWILIO_PHONE_NUMBER: undefined },
    ]) {
      expect(await send({}, settings)).toMatchObject({
        accepted: false,
        errorClass: 'configuration',
        anotherMayTry: true,
      });
    }
    expect(twilio.requests).toEqual([]);
  });
});

describe('a code by call', () => {
  const called = exampleAnswer('/2010-04-01/Accounts/{AccountSid}/Calls.json', 201, 'createWithTwiml');

  it('says brand and digits, twice, in the person’s language', async () => {
    twilio.answers(json(201, { ...called, status: 'queued' }));
    expect(await send({ channel: 'call', locale: 'hi' }, { APP_NAME: 'Salt & <Co>' })).toMatchObject({
      accepted: true,
      providerMessageId: called.sid,
    });
    const [request] = twilio.requests;
    expect(request!.path).toBe(`/2010-04-01/Accounts/${accountSid}/Calls.json`);
    expect(request!.form).toMatchObject({
      To: '+919876543210',
      From: '+12025550100',
      StatusCallback: 'https://signin.latchkey.example/api/webhooks/twilio/status?delivery=0190',
      Timeout: '25',
      TimeLimit: '120',
    });
    expect(request!.form.Twiml).toContain('Salt &amp; &lt;Co&gt;');
    expect(requestProblems(request!)).toEqual([]);
  });

  it.each([
    [21214, 'recipient'],
    [21215, 'region'],
    [21219, 'configuration'],
    [13227, 'region'],
  ])('knows error %i', async (code, errorClass) => {
    twilio.answers(twilioError(400, code));
    expect(await send({ channel: 'call' })).toMatchObject({ accepted: false, errorClass, errorCode: String(code) });
  });

  it('needs a number to call from', async () => {
    const settings = twilioSettings(twilio.url, {
      TWILIO_PHONE_NUMBER: undefined,
      TWILIO_MESSAGING_SERVICE_SID: messagingServiceSid,
      TWILIO_WHATSAPP_FROM: undefined,
    });
    expect(twilioVendor(settings).channels).toEqual(['sms']);
    expect(await send({ channel: 'call' }, settings)).toMatchObject({ errorClass: 'configuration' });
  });
});

describe('a code by WhatsApp', () => {
  it('fills the approved template', async () => {
    twilio.answers(json(201, exampleAnswer(messagesPath, 201, 'createScheduledMessageWhatsapp')));
    expect(await send({ channel: 'whatsapp' })).toMatchObject({ accepted: true });
    expect(twilio.requests[0]!.form).toEqual({
      To: 'whatsapp:+919876543210',
      From: 'whatsapp:+12025550101',
      ContentSid: contentSid,
      ContentVariables: '{"1":"012345"}',
      ValidityPeriod: '300',
      StatusCallback: 'https://signin.latchkey.example/api/webhooks/twilio/status?delivery=0190',
    });
    expect(requestProblems(twilio.requests[0]!)).toEqual([]);
  });

  it.each([
    ['without a template', {}, { TWILIO_WHATSAPP_CONTENT_SID: undefined }],
    ['of a notice', { code: null }, {}],
  ])('is the text %s', async (_name, message, settings) => {
    twilio.answers(json(201, taken));
    await send({ channel: 'whatsapp', ...message }, settings);
    expect(twilio.requests[0]!.form).toMatchObject({ Body: text });
    expect(twilio.requests[0]!.form).not.toHaveProperty('ContentSid');
  });
});

describe('a refusal by Twilio', () => {
  it('means what Twilio’s own error pages say', () => {
    const told = {
      ...{ 20003: 'configuration', 20429: 'rate', 21211: 'recipient', 21408: 'region', 21606: 'configuration' },
      ...{ 21608: 'configuration', 21610: 'blocked', 21612: 'region', 21614: 'recipient', 21635: 'recipient' },
      ...{ 30001: 'rate', 30002: 'configuration', 30003: 'recipient', 30004: 'blocked', 30005: 'recipient' },
      ...{ 30006: 'recipient', 30007: 'configuration', 30008: 'transient' },
    };
    for (const [code, errorClass] of Object.entries(told)) {
      expect([code, twilioCodes[Number(code)]?.[0]]).toEqual([code, errorClass]);
    }
  });

  it.each(
    Object.entries(twilioCodes)
      .filter(([code]) => code !== '60200')
      .map(([code, [errorClass]]) => ({ code: Number(code), errorClass })),
  )('$code is $errorClass, with a hint and no secret', async ({ code, errorClass }) => {
    twilio.answers(twilioError(400, code));
    const outcome = await send();
    expect(outcome).toMatchObject({
      accepted: false,
      errorClass,
      errorCode: String(code),
      anotherMayTry: errorClass !== 'recipient' && errorClass !== 'blocked',
    });
    const { operatorHint } = outcome as { operatorHint: string };
    expect(operatorHint).toMatch(/^[A-Z].{20,}\.$/);
    expect(operatorHint).not.toMatch(new RegExp(`${authToken}|${accountSid}|\\+\\d|012345`));
    expect(twilio.requests).toHaveLength(1);
  });

  it.each([
    [400, 'configuration'],
    [401, 'configuration'],
    [429, 'rate'],
    [500, 'transient'],
  ])('with a code nobody knows yet and status %i is %s', async (status, errorClass) => {
    twilio.answers(twilioError(status, 29_999));
    expect(await send()).toMatchObject({ errorClass, errorCode: '29999', anotherMayTry: true });
  });

  it('is understood in the newer form of RFC 9457 too', async () => {
    twilio.answers(json(400, { type: 'https://twilio.com/x', title: 'Bad', status: 400, code: 21610, detail: 'no' }));
    expect(await send()).toMatchObject({ errorClass: 'blocked', errorCode: '21610', anotherMayTry: false });
  });

  it.each([
    [400, 'configuration', 'http_400'],
    [401, 'configuration', 'http_401'],
    [403, 'configuration', 'http_403'],
    [404, 'configuration', 'http_404'],
    [408, 'transient', 'http_408'],
    [429, 'rate', 'http_429'],
    [500, 'transient', 'http_500'],
    [502, 'unknown', 'http_502'],
    [503, 'transient', 'http_503'],
    [504, 'unknown', 'http_504'],
  ])('with HTTP %i and no code is %s', async (status, errorClass, errorCode) => {
    for (const body of ['', '<html>oh no</html>', '{"code":', 'null', '[]', '7', '"no"', '{"code":null,"message":7}']) {
      twilio.answers((response) => void response.writeHead(status, { 'content-type': 'application/json' }).end(body));
      expect(await send()).toMatchObject({ accepted: false, errorClass, errorCode, anotherMayTry: true });
    }
  });

  it.each([301, 302, 303, 307, 308])('by a redirect (%i) is a wrong address, and is not followed', async (status) => {
    twilio.answers((response) => void response.writeHead(status, { location: `${twilio.url}/elsewhere` }).end());
    expect(await send()).toMatchObject({
      errorClass: 'configuration',
      errorCode: `http_${status}`,
      anotherMayTry: true,
    });
    expect(twilio.requests).toHaveLength(1);
  });
});

describe('an answer that is none', () => {
  it.each(['', 'OK', '<html></html>', '{"sid":', 'null', '{}', '[]', '{"sid":7}', '{"sid":""}'])(
    'in a 201 that says %j leaves it open whether the message went',
    async (body) => {
      twilio.answers((response) => void response.writeHead(201, { 'content-type': 'text/html' }).end(body));
      expect(await send()).toMatchObject({ errorClass: 'unknown', errorCode: 'garbage', anotherMayTry: true });
    },
  );

  it('with Twilio’s words under a wrong content type is Twilio’s all the same', async () => {
    twilio.answers(
      (response) => void response.writeHead(201, { 'content-type': 'text/plain' }).end(JSON.stringify(taken)),
    );
    expect(await send()).toMatchObject({ accepted: true });
  });

  it('of ten megabytes is not read to the end', async () => {
    twilio.answers((response) => void response.writeHead(201).end(Buffer.alloc(10 * 1024 * 1024, 'x')));
    expect(await send()).toMatchObject({ errorClass: 'unknown', errorCode: 'too_large' });
  });

  it.each([
    ['never comes', () => undefined],
    [
      'stops half way',
      (response: { writeHead(n: number): void; write(s: string): void }) => {
        response.writeHead(201);
        response.write('{"sid":');
      },
    ],
  ])('that %s is waited for until the deadline', async (_name, answer) => {
    twilio.answers(answer as never);
    expect(await send({}, {}, impatient)).toMatchObject({
      errorClass: 'unknown',
      errorCode: 'timeout',
      anotherMayTry: true,
    });
    expect(twilio.requests).toHaveLength(1);
  });

  it.each([
    ['after the request', (response: { destroy(): void }) => response.destroy()],
    [
      'within the answer',
      (response: { writeHead(n: number): void; write(s: string, d: () => void): void; destroy(): void }) => {
        response.writeHead(201);
        response.write('{"sid":', () => response.destroy());
      },
    ],
  ])('because the line went dead %s leaves it open', async (_name, answer) => {
    twilio.answers(answer as never);
    expect(await send()).toMatchObject({ errorClass: 'unknown', errorCode: 'reset', anotherMayTry: true });
  });

  it('because the line went dead before the request leaves it open', async () => {
    const deaf = await fakeTwilio();
    deaf.server.on('connection', (socket) => socket.destroy());
    expect(await send({}, { TWILIO_API_BASE_URL: deaf.url })).toMatchObject({
      errorClass: 'unknown',
      errorCode: 'reset',
    });
    await deaf.close();
  });

  it('because nobody listens is a fault that another vendor need not share', async () => {
    const gone = await fakeTwilio();
    await gone.close();
    expect(await send({}, { TWILIO_API_BASE_URL: gone.url })).toMatchObject({
      errorClass: 'transient',
      errorCode: 'unreachable',
      anotherMayTry: true,
    });
  });

  it('never stops the messages beside it', async () => {
    twilio.answers((response, { form }) => {
      if (form.To === '+919876500007') response.destroy();
      else json(201, { ...taken, sid: `SM${form.To!.slice(-4).padStart(32, '0')}` })(response, {} as never);
    });
    const phones = Array.from({ length: 20 }, (_, index) => `+9198765000${String(index).padStart(2, '0')}`);
    const outcomes = await Promise.all(phones.map((phone) => send({ phone })));
    outcomes.forEach((outcome, index) =>
      expect(outcome).toMatchObject(
        index === 7
          ? { accepted: false, errorCode: 'reset' }
          : { accepted: true, providerMessageId: `SM${phones[index]!.slice(-4).padStart(32, '0')}` },
      ),
    );
  });
});
