import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Channel, SendFailure, SendOutcome } from '../sender';
import { type Answering, type FakeVendor, says, saysJson, startFakeVendor } from '../testing/fake-vendor';
import { outbound } from '../testing/messages';
import { failureWords } from '../vendor-words';
import { bulksmsbdVendor } from './bulksmsbd';
import { playmobileVendor } from './playmobile';
import { twilioSettings } from './testing/fake-twilio';
import { twilioVendor } from './twilio';
import { twilioVerifyKeeper } from './twilio-verify';

// What an operator reads when a vendor does not send: in the log as it happens, and later in the story of a number and in the
// doctor's test message, where only the vendor's code is left.

let door: FakeVendor;
beforeAll(async () => {
  door = await startFakeVendor();
});
afterAll(() => door.close());

const byTwilio = (channel: Channel) => () =>
  twilioVendor(twilioSettings(door.url)).send(outbound('+919876543210', { channel }));
const senders: Record<string, [provider: string, send: () => Promise<SendOutcome>]> = {
  Twilio: ['twilio', byTwilio('sms')],
  'a call by Twilio': ['twilio', byTwilio('call')],
  'Twilio’s WhatsApp': ['twilio', byTwilio('whatsapp')],
  'Twilio Verify': [
    'twilio-verify',
    () => twilioVerifyKeeper(twilioSettings(door.url)).start(outbound('+919876543210')),
  ],
  PlayMobile: [
    'playmobile',
    () =>
      playmobileVendor({
        PLAYMOBILE_API_URL: door.url,
        PLAYMOBILE_USERNAME: 'acme',
        PLAYMOBILE_PASSWORD: 'p@ss',
        PLAYMOBILE_ORIGINATOR: '3700',
      }).send(outbound('+998912345678')),
  ],
  'BulkSMS BD': [
    'bulksmsbd',
    () =>
      bulksmsbdVendor({
        BULKSMSBD_API_URL: door.url,
        BULKSMSBD_API_KEY: 'k',
        BULKSMSBD_SENDER_ID: '8809617000000',
      }).send(outbound('+8801812345678')),
  ],
};

const twilioSays = (status: number, code: number): Answering => saysJson(status, { status, code, message: 'no' });
const brokerSays = (code: number): Answering => saysJson(400, { error_code: code });
const bdSays = (code: number): Answering => saysJson(200, { response_code: code });
const redirect: Answering = (response) => response.writeHead(301, { location: '/' }).end();

type Trouble = [what: string, sender: keyof typeof senders, how: Answering, cause: RegExp, remedy: RegExp];
const troubles: Trouble[] = [
  ['bad credentials', 'Twilio', twilioSays(401, 20003), /credentials/, /TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN/],
  ['bad credentials', 'Twilio', says(401, ''), /credentials/, /TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN/],
  ['bad credentials', 'a call by Twilio', twilioSays(401, 20003), /credentials/, /TWILIO_AUTH_TOKEN/],
  ['bad credentials', 'Twilio Verify', twilioSays(401, 20003), /credentials/, /TWILIO_AUTH_TOKEN/],
  ['bad credentials', 'PlayMobile', says(401, ''), /credentials/, /PLAYMOBILE_USERNAME, PLAYMOBILE_PASSWORD/],
  ['bad credentials', 'BulkSMS BD', bdSays(1011), /user of this key/, /BULKSMSBD_API_KEY/],
  ['bad credentials', 'BulkSMS BD', says(401, ''), /let this server in/, /BULKSMSBD_API_KEY/],
  ['test credentials', 'Twilio', twilioSays(403, 20008), /test credentials/, /live ones, or TWILIO_TEST_MODE/],
  // A wrong token and one of the test credentials look alike to some of Twilio's calls.
  ['test credentials told as wrong ones', 'Twilio', twilioSays(401, 20003), /credentials/, /live/],
  ['a trial account', 'Twilio', twilioSays(400, 21608), /trial account/, /Verified Caller IDs.*upgrade/],
  ['a trial account', 'a call by Twilio', twilioSays(400, 21219), /trial account/, /Verified Caller IDs.*upgrade/],
  ['an empty balance', 'Twilio', twilioSays(401, 20003), /credentials/, /balance/],
  ['an empty balance', 'PlayMobile', says(401, ''), /empty balance/, /top up/],
  ['an empty balance', 'PlayMobile', says(402, ''), /payment/, /Top up/],
  ['an empty balance', 'BulkSMS BD', bdSays(1007), /balance is insufficient/, /Recharge/],
  ['a balance past its day', 'BulkSMS BD', bdSays(1006), /validity/, /Recharge/],
  ['a foreign sender', 'Twilio', twilioSays(400, 21606), /sender/, /TWILIO_PHONE_NUMBER/],
  ['an empty messaging service', 'Twilio', twilioSays(400, 21703), /no sender/, /TWILIO_MESSAGING_SERVICE_SID/],
  ['a foreign sender', 'Twilio’s WhatsApp', twilioSays(400, 63007), /WhatsApp sender/, /TWILIO_WHATSAPP_FROM/],
  ['a foreign sender', 'PlayMobile', brokerSays(401), /originator/, /PLAYMOBILE_ORIGINATOR/],
  ['a foreign sender', 'BulkSMS BD', bdSays(1002), /sender id/, /BULKSMSBD_SENDER_ID/],
  ['a server it does not know', 'PlayMobile', says(403, ''), /server it doesn’t know/, /allow this server’s address/],
  ['a server it does not know', 'BulkSMS BD', bdSays(1032), /server’s address/, /whitelist/],
  ['a server it does not know', 'BulkSMS BD', says(403, ''), /let this server in/, /allow this server’s address/],
  ['a wrong address', 'Twilio', twilioSays(404, 20404), /no such account/, /base URLs/],
  ['a wrong address', 'Twilio', says(404, '<html>'), /no such account/, /base URLs/],
  ['a redirect', 'Twilio', redirect, /redirect/, /TWILIO_API_BASE_URL/],
  ['a redirect', 'PlayMobile', redirect, /redirect/, /PLAYMOBILE_API_URL/],
  ['a wrong address', 'PlayMobile', says(404, ''), /no such address/, /PLAYMOBILE_API_URL/],
  ['another edition of the API', 'PlayMobile', brokerSays(101), /form/, /edition of the API/],
  ['another edition of the API', 'PlayMobile', says(400, '?'), /without a code/, /edition of the API/],
  ['a wrong address', 'BulkSMS BD', says(404, ''), /no such address/, /BULKSMSBD_API_URL/],
  ['a country that is not enabled', 'Twilio', twilioSays(400, 21408), /not enabled/, /Geo Permissions/],
  ['a country that is not enabled', 'a call by Twilio', twilioSays(400, 21215), /not enabled/, /Geo Permissions/],
  ['a country that is not enabled', 'Twilio Verify', twilioSays(403, 60605), /not enabled/, /Geo Permissions/],
  ['silence behind a gateway', 'Twilio', says(504, ''), /gateway/, /status\.twilio\.com.*may have gone out/],
  [
    'silence behind a gateway',
    'PlayMobile',
    says(502, ''),
    /gateway/,
    /may have.*ask PlayMobile|ask PlayMobile.*may have/,
  ],
  ['a suspended account', 'Twilio', twilioSays(403, 20005), /suspended/, /settle the bill/],
  ['a locked account', 'PlayMobile', brokerSays(102), /locked/, /manager/],
  ['a disabled account', 'BulkSMS BD', bdSays(1018), /disabled/, /support/],
];

describe('the operator reads cause and remedy', () => {
  it.each(troubles)('of %s at %s', async (_what, sender, how, cause, remedy) => {
    door.answer(how);
    const [provider, send] = senders[sender]!;
    const { operatorHint, errorClass, errorCode } = (await send()) as SendFailure;
    for (const words of [operatorHint, failureWords(provider, errorClass, errorCode)]) {
      expect(words).toMatch(cause);
      expect(words).toMatch(remedy);
    }
  });
});
