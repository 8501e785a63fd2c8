import { twilioError } from '@/lib/sms/vendors/testing/fake-twilio';
import { curlFrom } from '../clients/curl';
import { fastApp, withNativeCookies } from '../clients/fast';
import { HubError, hubFrontEnd } from '../clients/hub';
import { loopLogin, loopQuickStart } from '../clients/loop';
import { portSendOtp } from '../clients/port';
import { nationalDigits } from '../fixtures/numbers';
import { newestCode, wrongCode } from '../fixtures/sign-in';
import { expect, test as base } from '../fixtures/test';
import { claimsOf, signedAsServer } from '../fixtures/tokens';
import { startTwilioApp } from '../fixtures/twilio-app';

/** Clients as they were written for the reference systems, pointed at this app with nothing changed but the base URL. */
type Wire = { fetch: typeof fetch; asked: string[]; machine: Record<string, string> };

const test = base.extend<{ wire: Wire }>({
  wire: async ({ newAddress }, provide) => {
    const asked: string[] = [];
    const machine = { 'X-Forwarded-For': newAddress() };
    await provide({
      asked,
      machine,
      fetch: (url, init) => {
        asked.push(`${init?.method} ${new URL(String(url)).pathname}`);
        return fetch(url, { ...init, headers: { ...Object.fromEntries(new Headers(init?.headers)), ...machine } });
      },
    });
  },
});

test('Hub’s front end signs in, renews its access unseen when that runs out, and logs out for good', async ({
  client,
  newPhone,
  run,
  wire,
}) => {
  const phone = newPhone('BD');
  const localStorage = new Map<string, string>();
  const hub = hubFrontEnd(run.appUrl, localStorage, wire.fetch);
  expect(await hub.sendOtp(phone)).toMatchObject({ success: true, expires_in_seconds: 300 });
  const otp = await newestCode(client, phone);
  const refused = await hub.verifyOtp(phone, wrongCode(otp), {}).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(HubError);
  expect(refused).toMatchObject({ status: 400, message: expect.stringContaining('Invalid OTP') });
  const { created, user } = await hub.verifyOtp(phone, otp, { first_name: 'John', last_name: '', email: '' });
  expect([created, user.first_name, user.phone]).toEqual([true, 'John', phone]);

  const access = localStorage.get('access_token')!;
  const expired = await signedAsServer(run.secret, access, { exp: Number(claimsOf(access).iat) - 1 });
  localStorage.set('access_token', expired);
  wire.asked.length = 0;
  expect(await hub.profile()).toEqual(user);
  expect(wire.asked).toEqual(['GET /api/users/profile/', 'POST /api/users/token/refresh/', 'GET /api/users/profile/']);

  const kept = new Map(localStorage);
  expect(await hub.logout()).toMatchObject({ success: true });
  const thief = hubFrontEnd(run.appUrl, kept, wire.fetch);
  await expect(thief.profile()).rejects.toMatchObject({ status: 401 });
  expect(kept.size).toBe(0);
});

test('Loop’s quick start works line by line with curl, and its logout now means it', async ({
  client,
  newPhone,
  run,
  wire,
}) => {
  const phone = newPhone();
  const curl = curlFrom(wire.machine);
  const readSms = (to: string) => newestCode(client, to);
  const steps = await loopQuickStart(curl, run.appUrl, phone, readSms);
  expect(Object.values(steps).map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
  expect(steps.verified.body).toMatchObject({ success: true, data: { needs_profile_completion: true } });
  expect(steps.completed.body).toMatchObject({ message: 'Profile completed successfully' });
  expect(steps.profile.body).toMatchObject({ name: 'John Doe', phone_number: phone, birth_date: '1995-01-01' });
  const token = String(steps.verified.body.token);
  expect(await curl('GET', `${run.appUrl}/auth/profile`, { token })).toMatchObject({ status: 401 });
});

test('Loop’s login works line by line with curl', async ({ client, newPhone, run, wire, clock }) => {
  const phone = newPhone();
  const curl = curlFrom(wire.machine);
  const readSms = (to: string) => newestCode(client, to);
  await loopQuickStart(curl, run.appUrl, phone, readSms);
  await clock.passForPhone(phone, 61);
  const { login, verified, profile } = await loopLogin(curl, run.appUrl, phone, readSms);
  expect(login).toMatchObject({ status: 200, body: { success: true, data: { phone_number: phone } } });
  expect(verified.body).toMatchObject({ message: 'Login successful', data: { name: 'John Doe' } });
  expect(profile.body).toMatchObject({ id: (verified.body.data as { user_id: string }).user_id, is_active: true });
});

test('Port’s form sends a code, and a vendor’s 401 never looks like its own', async ({ newPhone, run, wire }) => {
  const curl = curlFrom(wire.machine);
  expect(await portSendOtp(curl, run.appUrl, newPhone('UZ'))).toEqual({ ok: true, shown: 'OTP sent successfully' });
  const app = await startTwilioApp();
  app.twilio.answersAll(twilioError(401, 20003));
  const refused = await portSendOtp(curl, app.url, newPhone('UZ'));
  expect(refused).toEqual({ ok: false, shown: expect.stringContaining('couldn’t send the message') });
  await app.stop();
});

for (const [kind, secureStore] of [
  ['of before, which keeps nothing but its system’s cookies,', null],
  ['of today, which keeps the tokens,', new Map<string, string>()],
] as const) {
  test(`Fast’s app ${kind} signs in and reads its user, and nobody else’s`, async ({ client, newPhone, run, wire }) => {
    const digits = nationalDigits(newPhone());
    const app = fastApp(run.appUrl, secureStore ? wire.fetch : withNativeCookies(wire.fetch), secureStore);
    await expect(app.login(digits)).rejects.toThrow('401: Please verify your number first.');
    expect(await app.sendOtp(digits)).toEqual({ message: 'OTP sent successfully', expires_in_minutes: 5 });
    const { user_id } = await app.verifyOtp(digits, await newestCode(client, `+91${digits}`));
    const user = await app.login(digits);
    expect(user).toMatchObject({ id: user_id, phone_number: `+91${digits}`, is_verified: true });
    expect(await app.user(digits)).toEqual(user);
    await expect(app.user(nationalDigits(newPhone()))).rejects.toThrow('403: ');
  });
}
