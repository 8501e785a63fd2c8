import type { ServerResponse } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  accountSid,
  authToken,
  fakeTwilio,
  json,
  messagingServiceSid,
  twilioSettings,
  verifySid,
  type TwilioRequest,
} from './testing/fake-twilio';
import { answerProblems, exampleAnswer, requestProblems } from './testing/twilio-description';
import { twilioVendor } from './twilio';
import type { TwilioSettings } from './twilio-client';
import { twilioVerifyKeeper } from './twilio-verify';

let twilio: Awaited<ReturnType<typeof fakeTwilio>>;
beforeAll(async () => {
  twilio = await fakeTwilio();
});
afterAll(() => twilio.close());

type Reply = [status: number, body: unknown];
const root = `/2010-04-01/Accounts/${accountSid}`;
const example = (path: string, name: string, more: object) => ({ ...exampleAnswer(path, 200, name), ...more });

/** Twilio as a healthy team finds it, in the words of its description. */
const healthy: Record<string, Reply> = {
  [`${root}.json`]: [
    200,
    example('/2010-04-01/Accounts/{Sid}.json', 'fetch', { status: 'active', type: 'Full', auth_token: authToken }),
  ],
  [`${root}/Balance.json`]: [
    200,
    example('/2010-04-01/Accounts/{AccountSid}/Balance.json', 'fetch', { balance: '42.10', currency: 'USD' }),
  ],
  [`/v1/Services/${messagingServiceSid}`]: [200, exampleAnswer('/v1/Services/{Sid}', 200, 'fetch')],
  [`/v2/Services/${verifySid}`]: [
    200,
    example('/v2/Services/{Sid}', 'fetchRecord', { code_length: 6, friendly_name: 'Latchkey' }),
  ],
  [`${root}/IncomingPhoneNumbers.json`]: [200, numbers({ sms: true, voice: true })],
};

function numbers(capabilities: object | null) {
  const list = exampleAnswer('/2010-04-01/Accounts/{AccountSid}/IncomingPhoneNumbers.json', 200, 'readFull');
  const [first] = list.incoming_phone_numbers as object[];
  return {
    ...list,
    next_page_uri: null,
    incoming_phone_numbers: capabilities
      ? [{ ...first, capabilities: { mms: false, fax: false, ...capabilities } }]
      : [],
  };
}

async function diagnose(
  replies: Record<string, Reply>,
  settings: Partial<TwilioSettings> = {},
  of: typeof twilioVendor | typeof twilioVerifyKeeper = twilioVendor,
) {
  const seen: TwilioRequest[] = [];
  twilio.answers((response, request) => {
    seen.push(request);
    const [status, body] = { ...healthy, ...replies }[request.path] ?? [404, { code: 20404, status: 404 }];
    json(status, body)(response, request);
  });
  const findings = await of(twilioSettings(twilio.url, settings)).diagnose();
  const told = JSON.stringify(findings);
  expect(told).not.toMatch(new RegExp(`${authToken}|${accountSid}|${messagingServiceSid}|${verifySid}|\\+\\d{5}`));
  for (const { level, remedy } of findings) {
    expect(Boolean(remedy)).toBe(level !== 'ok');
  }
  expect(seen.flatMap(requestProblems)).toEqual([]);
  return { findings, levels: findings.map(({ level }) => level), told, paths: seen.map(({ path }) => path) };
}

describe('the doctor at Twilio', () => {
  it('speaks the words of Twilio’s description', () => {
    for (const [path, [status, body]] of Object.entries(healthy)) {
      expect(answerProblems({ method: 'GET', path }, status, body)).toEqual([]);
    }
  });

  it('finds nothing wrong where nothing is', async () => {
    const { levels, paths, told } = await diagnose({});
    expect(new Set(levels)).toEqual(new Set(['ok']));
    expect(told).toContain('live ones');
    expect(paths.sort()).toEqual([`${root}.json`, `${root}/Balance.json`, `${root}/IncomingPhoneNumbers.json`].sort());
  });

  it.each([
    ['wrong credentials', { [`${root}.json`]: [401, { code: 20003, status: 401 }] }, 'TWILIO_AUTH_TOKEN'],
    ['test credentials', { [`${root}.json`]: [403, { code: 20008, status: 403 }] }, 'test credentials'],
    ['an account that does not exist', { [`${root}.json`]: [404, { code: 20404, status: 404 }] }, 'TWILIO_ACCOUNT_SID'],
    ['a suspended account', { [`${root}.json`]: [200, { sid: accountSid, status: 'suspended' }] }, 'suspended'],
    ['a closed account', { [`${root}.json`]: [200, { sid: accountSid, status: 'closed' }] }, 'closed'],
    ['a wrong base URL', { [`${root}.json`]: [302, {}] }, 'TWILIO_API_BASE_URL'],
    ['a web page for an API', { [`${root}.json`]: [200, '<html>'] }, 'TWILIO_API_BASE_URL'],
  ] as [string, Record<string, Reply>, string][])('stops at %s', async (_name, replies, words) => {
    const { levels, told, paths } = await diagnose(replies);
    expect(levels).toEqual(['failed']);
    expect(told).toContain(words);
    expect(paths).toHaveLength(1);
  });

  it.each([
    ['a trial account', { [`${root}.json`]: [200, { status: 'active', type: 'Trial' }] }, {}, 'warning', 'trial'],
    [
      'a low balance',
      { [`${root}/Balance.json`]: [200, { balance: '3.5', currency: 'USD' }] },
      {},
      'warning',
      '3.5 USD',
    ],
    [
      'an empty balance',
      { [`${root}/Balance.json`]: [200, { balance: '-0.01', currency: 'USD' }] },
      {},
      'failed',
      '-0.01',
    ],
    ['no balance', { [`${root}/Balance.json`]: [200, { currency: 'USD' }] }, {}, 'warning', 'subaccount'],
    ['a balance it may not see', { [`${root}/Balance.json`]: [403, { code: 20003 }] }, {}, 'warning', 'balance'],
    [
      'a number of somebody else',
      { [`${root}/IncomingPhoneNumbers.json`]: [200, numbers(null)] },
      {},
      'failed',
      'not a number of this account',
    ],
    [
      'a number without SMS',
      { [`${root}/IncomingPhoneNumbers.json`]: [200, numbers({ sms: false, voice: true })] },
      {},
      'failed',
      'SMS',
    ],
    [
      'a number without voice',
      { [`${root}/IncomingPhoneNumbers.json`]: [200, numbers({ sms: true, voice: false })] },
      {},
      'warning',
      'call',
    ],
    ['numbers it may not see', { [`${root}/IncomingPhoneNumbers.json`]: [500, {}] }, {}, 'warning', 'http_500'],
    ['the test number', {}, { TWILIO_PHONE_NUMBER: '+15005550006' }, 'failed', 'test number'],
    ['no sender at all', {}, { TWILIO_PHONE_NUMBER: undefined }, 'failed', 'Nothing to send from'],
    [
      'a messaging service that is gone',
      {},
      { TWILIO_MESSAGING_SERVICE_SID: `MG${'9'.repeat(32)}` },
      'failed',
      'messaging service',
    ],
    ['the WhatsApp sandbox', {}, { TWILIO_WHATSAPP_FROM: '+14155238886' }, 'warning', 'sandbox'],
    ['WhatsApp without a template', {}, { TWILIO_WHATSAPP_CONTENT_SID: undefined }, 'warning', '63016'],
    ['an app Twilio can’t reach', {}, { APP_URL: 'http://localhost:3000' }, 'warning', 'APP_URL'],
  ] as [string, Record<string, Reply>, Partial<TwilioSettings>, string, string][])(
    'sees %s, and only that',
    async (_name, replies, settings, level, words) => {
      const { findings } = await diagnose(replies, settings);
      const wrong = findings.filter((finding) => finding.level !== 'ok');
      expect(wrong).toHaveLength(1);
      expect(wrong[0]!.level).toBe(level);
      expect(JSON.stringify(wrong)).toContain(words);
    },
  );

  it('needs no SMS of the number where a messaging service sends', async () => {
    const { levels, paths } = await diagnose(
      { [`${root}/IncomingPhoneNumbers.json`]: [200, numbers({ sms: false, voice: true })] },
      { TWILIO_MESSAGING_SERVICE_SID: messagingServiceSid },
    );
    expect(new Set(levels)).toEqual(new Set(['ok']));
    expect(paths).toContain(`/v1/Services/${messagingServiceSid}`);
  });

  it('tells what is missing without asking anybody', async () => {
    const { levels, paths } = await diagnose({}, { TWILIO_AUTH_TOKEN: undefined });
    expect(levels).toEqual(['failed']);
    expect(paths).toEqual([]);
  });

  it.each([
    ['a dead line', (response: ServerResponse) => void response.destroy()],
    ['a gateway that waited in vain', json(504, {})],
  ])('says of %s what to look at, and nothing of a message, for none was sent', async (_what, how) => {
    twilio.answers(how as ReturnType<typeof json>);
    const findings = await twilioVendor(twilioSettings(twilio.url)).diagnose();
    expect(findings).toEqual([
      expect.objectContaining({ level: 'failed', remedy: expect.stringContaining('status.twilio.com') }),
    ]);
    expect(JSON.stringify(findings)).not.toMatch(/gone out/);
  });

  it('says so when Twilio can’t be reached', async () => {
    const gone = await fakeTwilio();
    await gone.close();
    const { levels, told } = await diagnose({}, { TWILIO_API_BASE_URL: gone.url });
    expect(levels).toEqual(['failed']);
    expect(told).toContain('firewall');
  });
});

describe('the doctor at Twilio Verify', () => {
  it.each([
    ['nothing', {}, {}, null, ''],
    [
      'a service that is gone',
      { [`/v2/Services/${verifySid}`]: [404, { code: 20404 }] },
      {},
      'failed',
      'TWILIO_VERIFY_SID',
    ],
    ['no service', {}, { TWILIO_VERIFY_SID: undefined }, 'failed', 'TWILIO_VERIFY_SID'],
    ['codes of another length', {}, { OTP_LENGTH: 8 }, 'failed', 'OTP_LENGTH'],
    ['another brand', {}, { APP_NAME: 'Salt & Co' }, 'warning', 'APP_NAME'],
    ['a service it may not see', { [`/v2/Services/${verifySid}`]: [503, {}] }, {}, 'warning', 'http_503'],
  ] as [string, Record<string, Reply>, Partial<TwilioSettings>, string | null, string][])(
    'sees %s, and only that',
    async (_name, replies, settings, level, words) => {
      const { findings } = await diagnose(replies, settings, twilioVerifyKeeper);
      const wrong = findings.filter((finding) => finding.level !== 'ok');
      expect(wrong.map((finding) => finding.level)).toEqual(level ? [level] : []);
      expect(JSON.stringify(wrong)).toContain(words);
    },
  );
});
