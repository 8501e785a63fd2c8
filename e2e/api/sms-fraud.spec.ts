import { captchaDoor, GOOD_TOKEN } from '../fixtures/captcha';
import { command } from '../fixtures/command';
import { Client } from '../fixtures/http-client';
import { startSeparateApp } from '../fixtures/separate-app';
import { expectProblem, seconds } from '../fixtures/shapes';
import { newestCode, requestCode, verify, wrongCode } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const wait = seconds(1, 86_400);

test('the switch stops all instances with the next request, without a restart, and lets them go on', async ({
  newAddress,
  newPhone,
}) => {
  const one = await startSeparateApp({ SUPPORT_CONTACT: 'help@example.com' });
  const other = await startSeparateApp({ DATABASE_URL: one.databaseUrl });
  const clients = [one, other].map(({ url }) => new Client(url, newAddress()));
  const settings = { DATABASE_URL: one.databaseUrl };
  const sent = await requestCode(clients[0]!, newPhone());
  expect(await command('admin', ['pause-sms', 'somebody', 'pumps'], settings)).toMatchObject({ code: 0 });
  for (const client of clients) {
    expectProblem(await client.post('/api/auth/send-otp', { phone: newPhone() }), 'sms_paused', {
      retry_after_seconds: 300,
    });
  }
  const told = await clients[0]!.post('/api/auth/send-otp', { phone: newPhone() });
  expect(told.json().message).toContain('help@example.com');
  expect(told.text).not.toContain('pumps');
  // What was sent before still works.
  expect((await verify(clients[1]!, sent.phone, sent.code)).status).toBe(200);
  expect((await command('admin', ['resume-sms'], settings)).output).toContain('Messages go again: all.');
  for (const client of clients) await requestCode(client, newPhone());
  expect((await command('admin', ['resume-sms'], settings)).output).toContain('was not switched off');
  clients.forEach((client) => client.close());
  await Promise.all([one.stop(), other.stop()]);
});

test('wrong tries for a number count on over a resend, a second instance and a restart', async ({
  newAddress,
  newPhone,
}) => {
  const phone = newPhone();
  const settings = { OTP_RESEND_SECONDS: '5', OTP_MAX_ATTEMPTS: '5' };
  const one = await startSeparateApp(settings);
  const guessOn = async (url: string, code: string, times: number) => {
    const client = new Client(url, newAddress());
    const said = [];
    for (let tried = 1; tried <= times; tried += 1) {
      said.push((await verify(client, phone, wrongCode(code, tried))).json().code);
    }
    client.close();
    return said;
  };
  const first = new Client(one.url, newAddress());
  const { code } = await requestCode(first, phone);
  expect(await guessOn(one.url, code, 5)).toEqual(Array.from({ length: 5 }, () => 'invalid_code'));
  first.close();
  await one.stop();
  const other = await startSeparateApp({ ...settings, DATABASE_URL: one.databaseUrl });
  const second = new Client(other.url, newAddress());
  // The cool-down is the database's as well.
  await expect
    .poll(async () => (await second.post('/api/auth/send-otp', { phone })).status, { timeout: 10_000 })
    .toBe(200);
  const again = await newestCode(second, phone);
  expect(await guessOn(other.url, again, 5)).toEqual(Array.from({ length: 5 }, () => 'invalid_code'));
  const right = await verify(second, phone, again);
  expectProblem(right, 'too_many_attempts', { retry_after_seconds: seconds(20, 30) });
  second.close();
  await other.stop();
});

test.describe('with a CAPTCHA configured', () => {
  test('it is asked for while a limit is half full, in a field of the answer, and a token of it lets the request through', async ({
    newAddress,
    newPhone,
  }) => {
    const door = await captchaDoor();
    const app = await startSeparateApp({ ...door.settings, CAPTCHA_SCRIPT_URL: '', SMS_BUDGET_PER_HOUR: '4' });
    const client = new Client(app.url, newAddress());
    const send = (more: object = {}) => client.post('/api/auth/send-otp', { phone: newPhone(), ...more });
    expect((await send()).status).toBe(200);
    expect((await send()).status).toBe(200);
    expect(door.asked).toEqual([]);
    const captcha = { provider: 'turnstile', site_key: 'the-site-key' };
    expectProblem(await send(), 'too_many_requests', { retry_after_seconds: wait, captcha });
    expectProblem(await send({ captcha_token: 'made-up' }), 'too_many_requests', {
      retry_after_seconds: wait,
      captcha,
    });
    expect((await send({ captcha_token: GOOD_TOKEN })).status).toBe(200);
    // The provider would take it once more.
    expectProblem(await send({ captcha_token: GOOD_TOKEN }), 'too_many_requests', {
      retry_after_seconds: wait,
      captcha,
    });
    expect(door.asked.map((form) => form.get('response'))).toEqual(['made-up', GOOD_TOKEN]);
    const another = { captcha_token: `${GOOD_TOKEN}-2` };
    door.goDown(true);
    expectProblem(await send(another), 'sms_unavailable', { retry_after_seconds: 10 });
    door.goDown(false);
    expect((await send(another)).status).toBe(200);
    // The budget itself is used up: no CAPTCHA helps.
    expectProblem(await send({ captcha_token: `${GOOD_TOKEN}-3` }), 'sms_paused', { retry_after_seconds: wait });
    expectProblem(await send({ captcha_token: 'x'.repeat(9_000) }), 'invalid_request', {
      errors: [{ path: 'captcha_token', message: expect.any(String) }],
    });
    expect(app.log()).not.toContain('the-captcha-secret');
    expect(client.answers.map(({ text }) => text).join()).not.toContain('the-captcha-secret');
    client.close();
    await app.stop();
    await door.close();
  });

  test('the origins of its widget are let in on the pages that ask for codes, and nowhere else', async ({
    newAddress,
  }) => {
    const door = await captchaDoor();
    const app = await startSeparateApp(door.settings);
    const client = new Client(app.url, newAddress());
    const policyOf = async (path: string) => (await client.get(path)).headers['content-security-policy'];
    expect(await policyOf('/auth')).toContain(`frame-src ${door.url}`);
    expect(await policyOf('/')).not.toContain(door.url);
    client.close();
    await app.stop();
    await door.close();
  });
});

test('without one, no answer speaks of it and no foreign origin stands in the policy', async ({ client, newPhone }) => {
  for (let sent = 0; sent < 10; sent += 1) await client.post('/api/auth/send-otp', { phone: newPhone() });
  const full = await client.post('/api/auth/send-otp', { phone: newPhone(), captcha_token: 'spare' });
  expectProblem(full, 'too_many_requests', { retry_after_seconds: seconds(480, 600) });
  const policy = (await client.get('/auth')).headers['content-security-policy'];
  expect(policy).not.toMatch(/frame-src|cloudflare|hcaptcha/);
});
