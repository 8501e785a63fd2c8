import { bearer } from '../fixtures/http-client';
import { withOwnApp } from '../fixtures/own-app';
import { expectProblem, seconds } from '../fixtures/shapes';
import { verify } from '../fixtures/sign-in';
import { expect } from '../fixtures/test';

const [current, past, admin] = ['+15550100001', '+15550100002', '+918123456789'] as const;

const test = withOwnApp({
  TEST_NUMBERS: `${current}=730518@2126-12-31, ${past}=941607@2020-01-01`,
  ADMIN_PHONES: admin,
  ALLOWED_COUNTRIES: 'IN',
});
test.describe.configure({ mode: 'default' });

test('a reviewer signs in with a test number: nothing is sent, the fixed code counts, once a request', async ({
  app,
}) => {
  const sent = await app.post('/api/auth/send-otp', { phone: '+1 (555) 010-0001' });
  expect(sent.json()).toMatchObject({ phone: current, code_length: 6, channel: 'sms' });
  expect(sent.text).not.toContain('730518');
  expect((await app.get('/api/dev/inbox')).json()).toEqual({ messages: [] });
  expectProblem(await verify(app, current, '518027'), 'invalid_code', { attempts_left: 4 });
  const signedIn = await verify(app, current, '730518');
  expect(signedIn.json()).toMatchObject({ created: true, user: { phone: current, role: 'user' } });
  const { access } = signedIn.json<{ tokens: { access: string } }>().tokens;
  expect((await app.get('/api/me', { headers: bearer(access) })).status).toBe(200);
  expectProblem(await verify(app, current, '730518'), 'code_expired');
  expectProblem(await app.post('/api/auth/send-otp', { phone: current }), 'resend_too_soon', {
    retry_after_seconds: seconds(45, 60),
  });
});

test('past its last day a test number is like any other, and here not even a number', async ({ app }) => {
  expectProblem(await app.post('/api/auth/send-otp', { phone: past }), 'invalid_phone');
  expectProblem(await verify(app, past, '941607'), 'invalid_phone');
});

test('neighbours of a test number are sent nothing', async ({ app }) => {
  expectProblem(await app.post('/api/auth/send-otp', { phone: '+15550100003' }), 'invalid_phone');
});
