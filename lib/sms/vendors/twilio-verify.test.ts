import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accountSid,
  authToken,
  fakeTwilio,
  impatient,
  json,
  twilioError,
  twilioSettings,
  verifySid,
} from './testing/fake-twilio';
import { exampleAnswer, requestProblems } from './testing/twilio-description';
import type { TwilioSettings } from './twilio-client';
import { twilioVerifyKeeper } from './twilio-verify';

let twilio: Awaited<ReturnType<typeof fakeTwilio>>;
beforeAll(async () => {
  twilio = await fakeTwilio();
});
afterAll(() => twilio.close());

const startPath = '/v2/Services/{ServiceSid}/Verifications';
const checkPath = '/v2/Services/{ServiceSid}/VerificationCheck';
const started = exampleAnswer(startPath, 201, 'createVerification');
const approved = exampleAnswer(checkPath, 200, 'verificationChecks200');
const phone = String(approved.to);

const keeper = (settings: Partial<TwilioSettings> = {}, call?: typeof impatient) =>
  twilioVerifyKeeper(twilioSettings(twilio.url, settings), call);
const start = (more: { channel?: 'sms' | 'call' | 'whatsapp'; locale?: string } = {}) =>
  keeper().start({ deliveryId: '0190', phone, channel: 'sms', locale: 'hi', ttlSeconds: 300, ...more });
const check = () => keeper().check({ verificationId: String(started.sid), phone, code: '012345' });

describe('starting a verification', () => {
  it.each(['sms', 'call', 'whatsapp'] as const)(
    'by %s leaves as one form that Twilio’s description accepts',
    async (channel) => {
      twilio.answers(json(201, started));
      expect(await start({ channel })).toEqual({
        accepted: true,
        providerMessageId: started.sid,
        segments: null,
        price: null,
      });
      expect(twilio.requests).toHaveLength(1);
      const [request] = twilio.requests;
      expect(request).toMatchObject({ method: 'POST', path: `/v2/Services/${verifySid}/Verifications` });
      expect(request!.headers.authorization).toBe(`Basic ${btoa(`${accountSid}:${authToken}`)}`);
      expect(request!.form).toEqual({ To: phone, Channel: channel, Locale: 'hi', RiskCheck: 'enable' });
      expect(requestProblems(request!)).toEqual([]);
    },
  );

  it('cancels what it replaces, and starts anew whatever becomes of that', async () => {
    const replaced = `VE${'4e'.repeat(16)}`;
    const asked = () =>
      keeper().start({ deliveryId: '0190', phone, channel: 'sms', locale: 'hi', ttlSeconds: 300, replaces: replaced });
    for (const cancelling of [json(200, { ...started, status: 'canceled' }), twilioError(404, 20404)]) {
      twilio.answers((response, request) =>
        (request.path.endsWith(replaced) ? cancelling : json(201, started))(response, request),
      );
      expect(await asked()).toMatchObject({ accepted: true, providerMessageId: started.sid });
      expect(twilio.requests.map(({ path, form }) => [path, form['Status']])).toEqual([
        [`/v2/Services/${verifySid}/Verifications/${replaced}`, 'canceled'],
        [`/v2/Services/${verifySid}/Verifications`, undefined],
      ]);
      expect(twilio.requests.flatMap(requestProblems)).toEqual([]);
    }
  });

  it.each(['bn', 'uz', 'xx', ''])('leaves the language to Twilio where it might not know ours (%s)', async (locale) => {
    twilio.answers(json(201, started));
    await start({ locale });
    expect(twilio.requests[0]!.form).not.toHaveProperty('Locale');
  });

  it.each(['createVerification', 'createVerificationWhatsapp', 'createVerificationWithRateLimits'])(
    'understands the example answer “%s” of the description',
    async (name) => {
      const example = exampleAnswer(startPath, 201, name);
      twilio.answers(json(201, example));
      expect(await start()).toMatchObject({ accepted: true, providerMessageId: example.sid });
    },
  );

  it.each(['failed', 'canceled', 'expired', 'deleted', 'max_attempts_reached', undefined])(
    'takes none for sent that is %s at once',
    async (status) => {
      twilio.answers(json(201, { ...started, status }));
      expect(await start()).toMatchObject({ accepted: false, errorClass: 'transient', anotherMayTry: true });
    },
  );

  it('understands the description’s own refusal', async () => {
    twilio.answers(json(429, exampleAnswer(startPath, 429, 'createVerificationRateLimitExceeded')));
    expect(await start()).toMatchObject({ accepted: false, errorClass: 'rate', anotherMayTry: true });
  });

  it.each([
    [400, 60200, 'Invalid parameter `To`: +91', 'recipient', false],
    [400, 60200, 'Invalid parameter `Channel`: sms', 'configuration', true],
    [429, 60203, '', 'rate', true],
    [403, 60204, '', 'configuration', true],
    [400, 60205, '', 'recipient', false],
    [429, 60207, '', 'rate', true],
    [429, 60212, '', 'rate', true],
    [400, 60223, '', 'configuration', true],
    [403, 60238, '', 'configuration', true],
    [403, 60410, '', 'blocked', false],
    [403, 60605, '', 'region', true],
    [404, 20404, '', 'configuration', true],
    [401, 20003, '', 'configuration', true],
  ])('knows HTTP %i with %i (%s) as %s', async (status, code, message, errorClass, anotherMayTry) => {
    twilio.answers(twilioError(status, code, message));
    expect(await start()).toMatchObject({ accepted: false, errorClass, errorCode: String(code), anotherMayTry });
  });

  it('tells what is missing, and asks nobody', async () => {
    twilio.answers(json(201, started));
    for (const missing of ['TWILIO_ACCOUNT_SID', 'TWILIO_AUTH_TOKEN', 'TWILIO_VERIFY_SID']) {
      const unset = keeper({ [missing]: undefined });
      expect(
        await unset.start({ deliveryId: '0190', phone, channel: 'sms', locale: 'en', ttlSeconds: 300 }),
      ).toMatchObject({ errorClass: 'configuration' });
      expect(await unset.check({ verificationId: 'x', phone, code: '1' })).toMatchObject({
        errorClass: 'configuration',
      });
    }
    expect(twilio.requests).toEqual([]);
  });
});

describe('checking a code', () => {
  it('asks about this verification, as Twilio’s description wants it', async () => {
    twilio.answers(json(200, approved));
    expect(await check()).toBe('right');
    expect(twilio.requests).toHaveLength(1);
    const [request] = twilio.requests;
    expect(request!.path).toBe(`/v2/Services/${verifySid}/VerificationCheck`);
    expect(request!.form).toEqual({ VerificationSid: started.sid, Code: '012345' });
    expect(requestProblems(request!)).toEqual([]);
  });

  it.each([
    ['approved', 'right'],
    ['pending', 'wrong'],
    ['canceled', 'gone'],
    ['max_attempts_reached', 'gone'],
    ['deleted', 'gone'],
    ['failed', 'gone'],
    ['expired', 'gone'],
    ['a_status_of_next_year', 'gone'],
  ])('knows status %s as %s', async (status, answer) => {
    twilio.answers(json(201, { ...approved, status, valid: status === 'approved' }));
    expect(await check()).toBe(answer);
  });

  it('never takes the proof of another number', async () => {
    twilio.answers(json(200, { ...approved, to: '+15017122669' }));
    expect(await check()).toBe('gone');
  });

  it.each([
    [404, 20404],
    [429, 60202],
  ])('knows HTTP %i with %i as gone', async (status, code) => {
    twilio.answers(twilioError(status, code));
    expect(await check()).toBe('gone');
  });

  it.each(['', '{}', '[]', 'null', '{"status":', '<html>'])('never takes %j for a right code', async (body) => {
    twilio.answers((response) => void response.writeHead(200).end(body));
    expect(await check()).not.toBe('right');
  });

  it('fails where Twilio does', async () => {
    twilio.answers(twilioError(401, 20003));
    expect(await check()).toMatchObject({ accepted: false, errorClass: 'configuration' });
    twilio.answers(() => undefined);
    expect(
      await keeper({}, impatient).check({ verificationId: String(started.sid), phone, code: '012345' }),
    ).toMatchObject({ errorClass: 'unknown', errorCode: 'timeout' });
  });
});
