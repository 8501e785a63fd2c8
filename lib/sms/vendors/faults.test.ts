import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vendorPolicy } from '../../policy';
import type { ErrorClass, SendFailure, SendOutcome } from '../sender';
import {
  type Answering,
  drips,
  type FakeVendor,
  hangs,
  nobodyAt,
  resets,
  says,
  startFakeVendor,
} from '../testing/fake-vendor';
import { outbound } from '../testing/messages';
import { type CallVendor, callVendor } from '../vendor-http';
import { bulksmsbdVendor } from './bulksmsbd';
import { playmobileVendor } from './playmobile';
import { accountSid, authToken, twilioSettings } from './testing/fake-twilio';
import { twilioVendor } from './twilio';
import { twilioVerifyKeeper } from './twilio-verify';

// Every way out of the app against every fault a vendor's HTTP door can have. What is particular to one vendor stands in its
// own test.

let door: FakeVendor;
let closed: string;
beforeAll(async () => {
  [door, closed] = [await startFakeVendor(), await nobodyAt()];
});
afterAll(() => door.close());

const phones = { twilio: '+919876543210', playmobile: '+998912345678', bulksmsbd: '+8801812345678' };
const secrets = { password: 'p@ss-wörd:1', key: 'Zk3q&vN+1xT8' };
const verificationId = `VE${'4e'.repeat(16)}`;

type Way = {
  /** One request to a vendor at `url`, given up after so many milliseconds. A check that was answered counts as accepted. */
  ask(url: string, milliseconds?: number): Promise<SendOutcome>;
  /** How the vendor says that all is well: an HTTP status, and a body. */
  yes: [status: number, body: string];
};

const within =
  (milliseconds?: number): CallVendor =>
  (request) =>
    callVendor(request, milliseconds);
const accepted: SendOutcome = { accepted: true, providerMessageId: 'x', segments: null, price: null };
const byTwilio = (channel: 'sms' | 'call' | 'whatsapp', sid: string): Way => ({
  ask: (url, milliseconds) =>
    twilioVendor(twilioSettings(url), within(milliseconds)).send(outbound(phones.twilio, { channel })),
  yes: [201, JSON.stringify({ sid: `${sid}${'5f'.repeat(16)}`, status: 'queued', num_segments: '1' })],
});

const ways: Record<string, Way> = {
  'Twilio, SMS': byTwilio('sms', 'SM'),
  'Twilio, call': byTwilio('call', 'CA'),
  'Twilio, WhatsApp': byTwilio('whatsapp', 'SM'),
  'Twilio Verify, start': {
    ask: (url, milliseconds) =>
      twilioVerifyKeeper(twilioSettings(url), within(milliseconds)).start(outbound(phones.twilio)),
    yes: [201, JSON.stringify({ sid: verificationId, status: 'pending' })],
  },
  'Twilio Verify, check': {
    async ask(url, milliseconds) {
      const keeper = twilioVerifyKeeper(twilioSettings(url), within(milliseconds));
      const verdict = await keeper.check({ verificationId, phone: phones.twilio, code: '012345' });
      return verdict === 'right' ? accepted : (verdict as SendFailure);
    },
    yes: [200, JSON.stringify({ sid: verificationId, status: 'approved', to: phones.twilio })],
  },
  PlayMobile: {
    ask: (PLAYMOBILE_API_URL, milliseconds) =>
      playmobileVendor(
        {
          PLAYMOBILE_API_URL,
          PLAYMOBILE_USERNAME: 'acme',
          PLAYMOBILE_PASSWORD: secrets.password,
          PLAYMOBILE_ORIGINATOR: '3700',
        },
        milliseconds,
      ).send(outbound(phones.playmobile)),
    yes: [200, 'Request is received'],
  },
  'BulkSMS BD': {
    ask: (BULKSMSBD_API_URL, milliseconds) =>
      bulksmsbdVendor(
        { BULKSMSBD_API_URL, BULKSMSBD_API_KEY: secrets.key, BULKSMSBD_SENDER_ID: '8809617000000' },
        milliseconds,
      ).send(outbound(phones.bulksmsbd)),
    yes: [200, JSON.stringify({ response_code: 202, message_id: 7 })],
  },
};

const late =
  (milliseconds: number, how: Answering): Answering =>
  (response, socket) =>
    void setTimeout(() => how(response, socket), milliseconds);
const breaksOffInside: Answering = (response, socket) => {
  response.writeHead(200, { 'content-length': '100' });
  response.write('{"sid":"', () => socket.resetAndDestroy());
};
const page = '<!doctype html><title>Welcome to nginx!</title>';
const redirect: Answering = (response) => response.writeHead(307, { location: '/elsewhere' }).end();

type Fault = [what: string, how: Answering, errorClass: ErrorClass, errorCode: RegExp];
const faults: Fault[] = [
  ['HTTP 401', says(401, ''), 'configuration', /^http_401$/],
  ['HTTP 403', says(403, page), 'configuration', /^http_403$/],
  ['HTTP 429', says(429, '', { 'retry-after': '1' }), 'rate', /^http_429$/],
  ['HTTP 500', says(500, page), 'transient', /^http_500$/],
  ['HTTP 503', says(503, ''), 'transient', /^http_503$/],
  ['silence of a gateway', says(504, page), 'unknown', /^http_504$/],
  ['a dead line', resets, 'unknown', /^reset$/],
  ['a line that dies within the answer', breaksOffInside, 'unknown', /^reset$/],
  ['a web page', says(200, page, { 'content-type': 'text/html' }), 'unknown', /^garbage$/],
  ['half an answer', says(200, '{"sid":"SM5'), 'unknown', /^garbage$/],
  ['a redirect', redirect, 'configuration', /^http_307$/],
];

/** What comes of it, looked at for what no outcome may hold. */
async function asked({ ask }: Way, door: FakeVendor, how: Answering, milliseconds?: number): Promise<SendOutcome> {
  door.answer(how);
  const outcome = await ask(door.url, milliseconds);
  expect(door.seen.map(({ path }) => path === '/elsewhere')).toEqual([false]);
  const told = JSON.stringify(outcome);
  for (const secret of [authToken, accountSid, ...Object.values(secrets), ...Object.values(phones), '012345']) {
    expect(told).not.toContain(secret.replace(/^\+/, ''));
  }
  return outcome;
}

const failure = (errorClass: ErrorClass, errorCode: RegExp) => ({
  accepted: false,
  errorClass,
  errorCode: expect.stringMatching(errorCode),
  anotherMayTry: true,
  operatorHint: expect.stringMatching(/^[A-Z].{20,}\.$/),
});

describe.each(Object.entries(ways))('%s', (name, way) => {
  it('owns up that a message may have gone out, where one was asked for', async () => {
    for (const how of [resets, says(504, page)]) {
      const { operatorHint } = (await asked(way, door, how)) as SendFailure;
      expect(/may have (been taken|gone out)\./.test(operatorHint)).toBe(name !== 'Twilio Verify, check');
    }
  });

  it('takes what is well', async () => {
    expect(await asked(way, door, says(...way.yes))).toMatchObject({ accepted: true });
  });

  it('reads no more of an answer than it must, even where that begins as a yes', async () => {
    const [status, yes] = way.yes;
    const huge = says(status, yes + ' '.repeat(vendorPolicy.answerBytes));
    expect(await asked(way, door, huge)).toMatchObject(failure('unknown', /^(too_large|garbage)$/));
  });

  it.each(faults)('knows %s', async (_what, how, errorClass, errorCode) => {
    expect(await asked(way, door, how)).toMatchObject(failure(errorClass, errorCode));
  });

  it('knows that nothing was sent where nobody listens', async () => {
    expect(await way.ask(closed)).toMatchObject(failure('transient', /^unreachable$/));
  });
});

// All ways and all waits at once, each at a door of its own.
describe.concurrent('every way', () => {
  const atOnce = (how: (way: Way) => Answering, milliseconds: number) =>
    Promise.all(
      Object.entries(ways).map(async ([name, way]) => {
        const own = await startFakeVendor();
        const outcome = await asked(way, own, how(way), milliseconds);
        await own.close();
        return [name, outcome];
      }),
    );
  const all = (outcome: object) => Object.keys(ways).map((name) => [name, expect.objectContaining(outcome)]);

  it('waits for a slow answer that comes in time', async () => {
    expect(await atOnce(({ yes }) => late(150, says(...yes)), 5_000)).toEqual(all({ accepted: true }));
  });

  it.each([
    ['silence', () => hangs],
    ['a trickle', () => drips],
    ['a yes that comes too late', ({ yes }: Way) => late(3_000, says(...yes))],
  ])('gives up %s, and does not know what became of it', async (_what, how) => {
    expect(await atOnce(how, 900)).toEqual(all(failure('unknown', /^timeout$/)));
  });
});
