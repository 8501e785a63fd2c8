import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { parseEnv } from '../env';
import { channelsOffered } from './deliver';
import { type FakeVendor, saysJson, startFakeVendor } from './testing/fake-vendor';
import { outbound } from './testing/messages';
import type { CodeKeeper, SmsVendor } from './sender';
import { createVendors } from './vendors';
import { accountSid, authToken, verifySid } from './vendors/testing/fake-twilio';

const { db } = await testDatabase();
const names = ['twilio', 'verify', 'playmobile', 'bulksmsbd'] as const;
let doors: Record<(typeof names)[number], FakeVendor>;
beforeAll(async () => {
  const [twilio, verify, playmobile, bulksmsbd] = await Promise.all(names.map(startFakeVendor));
  doors = { twilio: twilio!, verify: verify!, playmobile: playmobile!, bulksmsbd: bulksmsbd! };
});
afterAll(() => Promise.all(Object.values(doors).map((door) => door.close())));

const vendorsOf = (settings: Record<string, string>) =>
  createVendors(
    db,
    parseEnv({
      NODE_ENV: 'development',
      TWILIO_ACCOUNT_SID: accountSid,
      TWILIO_AUTH_TOKEN: authToken,
      TWILIO_VERIFY_SID: verifySid,
      TWILIO_API_BASE_URL: doors.twilio.url,
      TWILIO_VERIFY_BASE_URL: doors.verify.url,
      PLAYMOBILE_API_URL: doors.playmobile.url,
      PLAYMOBILE_USERNAME: 'acme',
      PLAYMOBILE_PASSWORD: 'broker-password',
      PLAYMOBILE_ORIGINATOR: '3700',
      BULKSMSBD_API_URL: doors.bulksmsbd.url,
      BULKSMSBD_API_KEY: 'bd-key',
      BULKSMSBD_SENDER_ID: '8809617000000',
      ...settings,
    }),
  );
const number = { TWILIO_PHONE_NUMBER: '+12025550100' };
const basic = (user: string, password: string) => `Basic ${btoa(`${user}:${password}`)}`;

describe('createVendors', () => {
  it('has each vendor that a route names speak at its own address, with its own credentials', async () => {
    const routes = 'UZ=playmobile,twilio;BD=bulksmsbd;*=twilio';
    const { vendors, keepers } = await vendorsOf({ ...number, SMS_ROUTES: routes });
    expect([[...vendors.keys()].sort(), [...keepers.keys()]]).toEqual([['bulksmsbd', 'playmobile', 'twilio'], []]);
    for (const door of Object.values(doors)) door.answer(saysJson(500, {}));
    await vendors.get('twilio')!.send(outbound('+918123456789'));
    await vendors.get('playmobile')!.send(outbound('+998912345678'));
    await vendors.get('bulksmsbd')!.send(outbound('+8801812345678'));
    const [[twilio], [playmobile], [bulksmsbd], verify] = [
      doors.twilio.seen,
      doors.playmobile.seen,
      doors.bulksmsbd.seen,
      doors.verify.seen,
    ];
    expect(twilio?.headers.authorization).toBe(basic(accountSid, authToken));
    expect(playmobile?.headers.authorization).toBe(basic('acme', 'broker-password'));
    expect(bulksmsbd?.body).toContain('api_key=bd-key&');
    expect(bulksmsbd?.body).toContain('senderid=8809617000000');
    expect(verify).toEqual([]);
  });

  it('asks for a country whom its route names, in order, and the others’ vendors elsewhere', async () => {
    const routes = 'UZ=playmobile,twilio;BD=bulksmsbd;*=twilio';
    const { routeOf, askedIn, keeperOf } = await vendorsOf({ ...number, SMS_ROUTES: routes });
    expect(['UZ', 'BD', 'IN'].map(routeOf)).toEqual([['playmobile', 'twilio'], ['bulksmsbd'], ['twilio']]);
    expect(askedIn('UZ')).toEqual(['playmobile', 'twilio']);
    expect(keeperOf('UZ')).toBeNull();
  });

  it('leaves codes to Verify, and notices to Twilio’s other service where that has a sender', async () => {
    const verify = { SMS_ROUTES: 'BD=bulksmsbd;*=twilio-verify' };
    const alone = await vendorsOf(verify);
    expect([[...alone.vendors.keys()], [...alone.keepers.keys()]]).toEqual([['bulksmsbd'], ['twilio-verify']]);
    expect([alone.keeperOf('IN'), alone.keeperOf('BD'), alone.askedIn('IN')]).toEqual([
      'twilio-verify',
      null,
      ['twilio-verify'],
    ]);
    const both = await vendorsOf({ ...verify, ...number });
    expect(both.routeOf('IN').map((name) => both.vendors.get(name)?.name)).toEqual(['twilio']);
  });

  it.each([
    ['twilio', {}, ['sms', 'call']],
    ['twilio', { TWILIO_WHATSAPP_FROM: '+12025550101' }, ['sms', 'call', 'whatsapp']],
    ['twilio-verify', {}, ['sms', 'call']],
    ['twilio-verify', { TWILIO_WHATSAPP_FROM: '+12025550101' }, ['sms', 'call', 'whatsapp']],
    ['playmobile', {}, ['sms']],
    ['bulksmsbd', {}, ['sms']],
  ])('offers with %s and %j, WhatsApp only where it is configured: %j', async (provider, more, channels) => {
    const found = await vendorsOf({ ...number, ...more, SMS_PROVIDER: provider });
    const vendors = new Map<string, SmsVendor | CodeKeeper>([...found.vendors, ...found.keepers]);
    expect(channelsOffered({ vendors, routeOf: found.askedIn }, 'BD')).toEqual(channels);
  });
});
