import { limitPolicy } from '@/lib/policy';
import postgres from 'postgres';
import { nationalDigits } from '../fixtures/numbers';
import { withOwnApp } from '../fixtures/own-app';
import { expectProblem, seconds } from '../fixtures/shapes';
import { messagesTo } from '../fixtures/sign-in';
import { expect } from '../fixtures/test';

/** A server whose settings all differ from the defaults, with no proxy in front. */
const test = withOwnApp({
  APP_NAME: 'Open Sesame',
  DEFAULT_COUNTRY: 'BD',
  OTP_LENGTH: '8',
  OTP_TTL_SECONDS: '90',
  OTP_RESEND_SECONDS: '5',
  OTP_MAX_ATTEMPTS: '2',
  ACCESS_TOKEN_TTL_SECONDS: '120',
  REFRESH_TOKEN_TTL_SECONDS: '3600',
  TRUSTED_PROXY_HOPS: '0',
  SMS_RANGE_LIMIT_PER_HOUR: '2',
  DATABASE_POOL_MAX: '3',
});
// In order and in one process: the last test uses up the machine's own address.
test.describe.configure({ mode: 'default' });

test('the settings of codes hold: country, length, life, cool-down, tries, brand', async ({ app, newPhone }) => {
  const phone = newPhone('BD');
  const sent = await app.post('/api/auth/send-otp', { phone: `0${nationalDigits(phone)}` });
  expect(sent.json()).toMatchObject({ phone, code_length: 8, expires_in_seconds: 90, resend_in_seconds: 5 });
  const text = (await messagesTo(app, phone))[0]?.text ?? '';
  expect(text).toMatch(/^Your Open Sesame verification code is: \d{8}\nValid for 90 seconds\./);
  const code = /\d{8}/.exec(text)?.[0] ?? '';
  const wrong = code === '00000000' ? '11111111' : '00000000';
  expectProblem(await app.post('/api/auth/verify-otp', { phone, otp: wrong }), 'invalid_code', { attempts_left: 1 });
  const answer = await app.post('/api/auth/verify-otp', { phone, otp: code });
  expect(answer.json()).toMatchObject({ tokens: { expires_in: 120, refresh_expires_in: 3600 } });
});

test('the tries that the settings allow are all there are', async ({ app, newPhone }) => {
  const phone = newPhone();
  await app.post('/api/auth/send-otp', { phone });
  const code = /\d{8}/.exec((await messagesTo(app, phone))[0]?.text ?? '')?.[0] ?? '';
  for (const left of [1, 0]) {
    const otp = String((Number(code) + 1 + left) % 100_000_000).padStart(8, '0');
    expectProblem(await app.post('/api/auth/verify-otp', { phone, otp }), 'invalid_code', { attempts_left: left });
  }
  expectProblem(await app.post('/api/auth/verify-otp', { phone, otp: code }), 'too_many_attempts', {
    attempts_left: 0,
    retry_after_seconds: seconds(1, 5),
  });
});

test('numbers that share all but their last four digits share a limit', async ({ app, newPhone }) => {
  const range = newPhone('UZ').slice(0, -4);
  for (const last of ['1111', '2222'])
    expect((await app.post('/api/auth/send-otp', { phone: range + last })).status).toBe(200);
  expectProblem(await app.post('/api/auth/send-otp', { phone: `${range}3333` }), 'too_many_requests', {
    retry_after_seconds: seconds(3_500, 3_600),
  });
});

test('with no proxy in front a sent X-Forwarded-For changes nothing: all come from one address', async ({
  app,
  ownApp,
  newPhone,
  newAddress,
}) => {
  const sql = postgres(ownApp.databaseUrl, { max: 1, onnotice: () => undefined });
  const [before] = await sql<{ sent: number }[]>`select count(*)::int as sent from otp_challenges`;
  await sql.end();
  let sent = before?.sent ?? 0;
  const ask = () => app.post('/api/auth/send-otp', { phone: newPhone() }, { 'x-forwarded-for': newAddress() });
  while ((await ask()).status === 200) sent += 1;
  // Those that the tests before had sent count as well: none goes unnoticed, and none is counted twice.
  expect(sent).toBe(limitPolicy.sendsPerAddressShort.places);
  expectProblem(await ask(), 'too_many_requests', { retry_after_seconds: seconds(1, 600) });
});
