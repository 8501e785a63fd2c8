import * as hub from '@/lib/dialects/hub';
import { SAMPLE_REFRESH } from '@/lib/dialects/samples';
import { expectRefusal, expectSample, sendSample, slashForms, type Swaps } from '../../fixtures/dialects';
import { bearer, type Client } from '../../fixtures/http-client';
import { newestCode, signIn } from '../../fixtures/sign-in';
import { expect, test } from '../../fixtures/test';

const refused = hub.hubRefusals.body;
type Tokens = { access: string; refresh: string };

async function signInByHub(client: Client, phone: string, more: object = {}): Promise<{ tokens: Tokens }> {
  await client.post(hub.sendOtp.path, { phone });
  const answer = await client.post(hub.verifyOtp.path, { phone, otp: await newestCode(client, phone), ...more });
  expect(answer.status, answer.text).toBe(200);
  return answer.json<{ tokens: Tokens }>();
}

for (const [form, slash] of [
  ['with a slash at the end', 1],
  ['without one', 0],
] as const) {
  test(`every golden request gets its golden answer, ${form}`, async ({ client, newPhone }) => {
    const swaps: Swaps = { '+8801812345678': newPhone('BD') };
    const phone = String(swaps['+8801812345678']);
    const at = (path: string) => slashForms(path)[slash]!;
    expectSample(await sendSample(client, hub.sendOtp, { swaps, path: at(hub.sendOtp.path) }), hub.sendOtp, swaps);
    const verified = await sendSample(client, hub.verifyOtp, {
      swaps: { ...swaps, '123456': await newestCode(client, phone) },
      path: at(hub.verifyOtp.path),
    });
    expectSample(verified, hub.verifyOtp, swaps);
    let { access, refresh } = verified.json<{ tokens: Tokens }>().tokens;
    for (const path of [hub.refresh.path, ...hub.refresh.aliases]) {
      const renewed = await sendSample(client, hub.refresh, { swaps: { [SAMPLE_REFRESH]: refresh }, path: at(path) });
      expectSample(renewed, hub.refresh);
      ({ access, refresh } = renewed.json<Tokens>());
    }
    const headers = bearer(access);
    expectSample(await sendSample(client, hub.profile, { headers, path: at(hub.profile.path) }), hub.profile, swaps);
    const loggedOut = await sendSample(client, hub.logout, {
      headers,
      swaps: { [SAMPLE_REFRESH]: refresh },
      path: at(hub.logout.path),
    });
    expectSample(loggedOut, hub.logout);
  });
}

test('somebody known signs in to the same account, and what is told never overwrites what is known', async ({
  client,
  newPhone,
  clock,
}) => {
  const phone = newPhone('BD');
  const { user } = await signIn(client, phone, { first_name: 'John' });
  await clock.passForPhone(phone, 61);
  const answer = await signInByHub(client, phone, { first_name: 'Mallory', last_name: 'Doe' });
  expect(answer).toMatchObject({
    message: 'Login successful',
    created: false,
    user: { id: user.id, first_name: 'John', last_name: 'Doe' },
  });
});

test('names and e-mail may be left out, empty or null, and fields of somebody else’s are ignored', async ({
  client,
  newPhone,
}) => {
  for (const more of [{}, { first_name: '', last_name: '', email: '' }, { first_name: null, email: null }]) {
    const answer = await signInByHub(client, newPhone('BD'), { ...more, remember_me: true, csrf: 'x' });
    expect(answer).toMatchObject({ created: true, user: { first_name: '', last_name: '', email: '' } });
  }
});

test('ignoring what it does not know makes it no less strict with what it knows', async ({ client, newPhone }) => {
  const phone = newPhone('BD');
  const wrong: [string, object][] = [
    ['phone', { phone: 8801812345678, otp: '123456' }],
    ['otp', { phone, otp: 123456 }],
    ['otp', { phone, otp: '12345' }],
    ['first_name', { phone, otp: '123456', first_name: 'A\u0000' }],
    ['last_name', { phone, otp: '123456', last_name: 'x'.repeat(101) }],
    ['email', { phone, otp: '123456', email: 'nobody' }],
  ];
  for (const [path, body] of wrong) {
    const told = expectRefusal(await client.post(hub.verifyOtp.path, body), refused, 'invalid_request');
    expect(told.errors).toEqual([{ path, message: expect.any(String) }]);
  }
});

test('the code is in no answer: there is no debug mode to echo it', async ({ client, newPhone }) => {
  const phone = newPhone('BD');
  const answer = await client.post(`${hub.sendOtp.path}?debug=true`, { phone, debug: true });
  expect(Object.keys(answer.json())).toEqual(['success', 'message', 'phone', 'expires_in_seconds']);
  expect(answer.text + JSON.stringify(answer.headers)).not.toContain(await newestCode(client, phone));
});

test('the life it tells of a code is the real one', async ({ client, newPhone, clock }) => {
  const phone = newPhone('BD');
  const sent = (await client.post(hub.sendOtp.path, { phone })).json<{ expires_in_seconds: number }>();
  const otp = await newestCode(client, phone);
  await clock.passForPhone(phone, sent.expires_in_seconds + 1);
  expectRefusal(await client.post(hub.verifyOtp.path, { phone, otp }), refused, 'code_expired');
});

test('a logout ends the session for good: neither token works again', async ({ client, newPhone }) => {
  const both = (await signInByHub(client, newPhone('BD'))).tokens;
  const byRefresh = (await signInByHub(client, newPhone('BD'))).tokens;
  const byAccess = (await signInByHub(client, newPhone('BD'))).tokens;
  expect((await client.post(hub.logout.path, { refresh: both.refresh }, bearer(both.access))).status).toBe(200);
  // The access token of a client that comes back after an hour has run out.
  expect((await client.post(hub.logout.path, { refresh: byRefresh.refresh }, bearer('run.out.jwt'))).status).toBe(200);
  expect((await client.call('POST', hub.logout.path, { headers: bearer(byAccess.access) })).status).toBe(200);
  for (const { access, refresh } of [both, byRefresh, byAccess]) {
    expectRefusal(await client.get(hub.profile.path, { headers: bearer(access) }), refused, 'token_revoked');
    expectRefusal(await client.post(hub.refresh.path, { refresh }), refused, 'token_revoked');
  }
});

test('a logout with a refresh token of somebody else’s ends nothing of theirs', async ({ client, newPhone }) => {
  const mine = (await signInByHub(client, newPhone('BD'))).tokens;
  const theirs = (await signInByHub(client, newPhone('BD'))).tokens;
  await client.post(hub.logout.path, { refresh: theirs.refresh }, bearer(mine.access));
  expect((await client.get(hub.profile.path, { headers: bearer(theirs.access) })).status).toBe(200);
  expectRefusal(await client.post(hub.logout.path, { refresh: 'unknown' }), refused, 'unauthenticated');
  expectRefusal(await client.post(hub.logout.path, {}), refused, 'unauthenticated');
});

test('a stolen refresh token ends the session for both, here and in the canonical API', async ({
  client,
  newPhone,
}) => {
  const first = (await signInByHub(client, newPhone('BD'))).tokens;
  const second = (await client.post(hub.refresh.path, { refresh: first.refresh })).json<Tokens>();
  const third = (await client.post('/api/auth/refresh', { refresh: second.refresh })).json<Tokens>();
  expectRefusal(await client.post('/token/refresh/', { refresh: first.refresh }), refused, 'refresh_reused');
  expectRefusal(await client.post(hub.refresh.path, { refresh: third.refresh }), refused, 'token_revoked');
});

test('its wrong tries and the canonical API’s are one count', async ({ client, newPhone }) => {
  const phone = newPhone('BD');
  await client.post(hub.sendOtp.path, { phone });
  const otp = (await newestCode(client, phone)) === '000000' ? '000001' : '000000';
  const left = [];
  for (const path of [hub.verifyOtp.path, '/api/auth/verify-otp', hub.verifyOtp.path]) {
    left.push((await client.post(path, { phone, otp })).json().attempts_left);
  }
  expect(left).toEqual([4, 3, 2]);
  const again = await client.post(hub.sendOtp.path, { phone });
  expectRefusal(again, refused, 'resend_too_soon');
});

test('addresses beside its own are nobody’s, and answer as a problem', async ({ client }) => {
  for (const path of ['/api/users', '/api/users/', '/api/users/nothing/', '/api/users/token/', '/api/user']) {
    const answer = await client.get(path);
    expect([answer.status, answer.headers['content-type']]).toEqual([404, 'application/problem+json']);
  }
});
