import * as loop from '@/lib/dialects/loop';
import { expectRefusal, expectSample, sendSample, slashForms, type Swaps } from '../../fixtures/dialects';
import { bearer, type Client } from '../../fixtures/http-client';
import { newestCode, signIn, webSession } from '../../fixtures/sign-in';
import { expect, test } from '../../fixtures/test';

const refused = loop.loopRefusals.body;
const numberIn = '+918123456789';

async function signUp(client: Client, phone_number: string): Promise<string> {
  await client.post(loop.signup.path, { phone_number });
  const otp_code = await newestCode(client, phone_number);
  const answer = await client.post(loop.verifyOtp.path, { phone_number, otp_code });
  expect(answer.status, answer.text).toBe(200);
  return answer.json<{ token: string }>().token;
}

for (const [form, slash] of [
  ['without a slash at the end', 0],
  ['with one', 1],
] as const) {
  test(`every golden request gets its golden answer, ${form}`, async ({ client, newPhone, clock, sql }) => {
    const phone = newPhone();
    const swaps: Swaps = { [numberIn]: phone };
    const at = (path: string) => slashForms(path)[slash]!;
    expectSample(await sendSample(client, loop.signup, { swaps, path: at(loop.signup.path) }), loop.signup, swaps);
    const withCode = async () => ({ ...swaps, '123456': await newestCode(client, phone) });
    const signedUp = await sendSample(client, loop.verifyOtp, {
      swaps: await withCode(),
      path: at(loop.verifyOtp.path),
    });
    expectSample(signedUp, loop.verifyOtp, swaps);
    const headers = bearer(signedUp.json<{ token: string }>().token);
    const completed = await sendSample(client, loop.completeProfile, {
      swaps,
      headers,
      path: at(loop.completeProfile.path),
    });
    expectSample(completed, loop.completeProfile, swaps);
    expectSample(await sendSample(client, loop.profile, { headers, path: at(loop.profile.path) }), loop.profile, swaps);
    expectSample(await sendSample(client, loop.logout, { headers, path: at(loop.logout.path) }), loop.logout);

    await clock.passForPhone(phone, 61);
    expectSample(await sendSample(client, loop.login, { swaps, path: at(loop.login.path) }), loop.login, swaps);
    const loggedIn = await sendSample(client, loop.verifyLogin, {
      swaps: await withCode(),
      path: at(loop.verifyLogin.path),
    });
    expectSample(loggedIn, loop.verifyLogin, swaps);
    // Nobody can use a session for longer than its one token.
    const lives = await sql`
      select extract(epoch from s.expires_at - s.created_at)::integer as seconds from sessions s
      join users u on u.id = s.user_id where u.phone = ${phone}`;
    expect([...lives]).toEqual([{ seconds: 900 }, { seconds: 900 }]);
  });
}

test('whose profile is complete is not asked to complete it', async ({ client, newPhone, clock }) => {
  const phone = newPhone();
  const { user } = await signIn(client, phone, { first_name: 'J', last_name: 'Doe', email: 'john@example.com' });
  await clock.passForPhone(phone, 61);
  await client.post(loop.signup.path, { phone_number: phone });
  const otp_code = await newestCode(client, phone);
  const answer = await client.post(loop.verifyOtp.path, { phone_number: phone, otp_code });
  expect(answer.json()).toMatchObject({
    message: 'OTP verified successfully.',
    data: { user_id: user.id, needs_profile_completion: false },
  });
});

test('signup and login answer alike for known, unknown and suspended numbers', async ({
  client,
  newPhone,
  sql,
  clock,
}) => {
  const [known, suspended] = [newPhone(), newPhone()];
  for (const phone of [known, suspended]) await signUp(client, phone);
  await sql`update users set suspended_at = now() where phone = ${suspended}`;
  for (const call of [loop.signup, loop.login]) {
    for (const phone of [known, suspended, newPhone()]) {
      await clock.passForPhone(phone, 61);
      expectSample(await client.post(call.path, { phone_number: phone }), call, { [numberIn]: phone });
    }
  }
});

test('verify-login tells nobody without the code whether there is an account', async ({ client, newPhone, clock }) => {
  const [known, unknown] = [newPhone(), newPhone()];
  await signUp(client, known);
  await clock.passForPhone(known, 61);
  const told = [];
  for (const phone_number of [known, unknown]) {
    const before = await client.post(loop.verifyLogin.path, { phone_number, otp_code: '123456' });
    const { request_id: _before, ...none } = expectRefusal(before, refused, 'code_expired');
    await client.post(loop.login.path, { phone_number });
    const otp_code = (await newestCode(client, phone_number)) === '000000' ? '000001' : '000000';
    const wrong = await client.post(loop.verifyLogin.path, { phone_number, otp_code });
    const { request_id: _wrong, ...one } = expectRefusal(wrong, refused, 'invalid_code');
    told.push({ none, one });
  }
  expect(told[1]).toEqual(told[0]);
  // Who proves a number may have an account for it.
  const otp_code = await newestCode(client, unknown);
  const answer = await client.post(loop.verifyLogin.path, { phone_number: unknown, otp_code });
  expectSample(answer, loop.verifyLogin, { [numberIn]: unknown, 'John Doe': null, 'john@example.com': null });
});

test('nobody completes the profile of another number', async ({ client, newPhone }) => {
  const [mine, theirs] = [newPhone(), newPhone()];
  const [token, theirToken] = [await signUp(client, mine), await signUp(client, theirs)];
  for (const phone_number of [theirs, newPhone(), '1']) {
    const answer = await client.post(loop.completeProfile.path, { phone_number, name: 'Mallory' }, bearer(token));
    expectRefusal(answer, refused, 'forbidden');
  }
  for (const each of [token, theirToken]) {
    const profile = await client.get(loop.profile.path, { headers: bearer(each) });
    expect(profile.json()).toMatchObject({ name: null });
  }
});

test('one’s own number in any writing, or none, completes one’s own profile; blanks change nothing', async ({
  client,
  newPhone,
}) => {
  const phone = newPhone();
  const headers = bearer(await signUp(client, phone));
  const complete = (body: object) => client.post(loop.completeProfile.path, body, headers);
  expect((await complete({ phone_number: phone.slice(3), name: 'John Doe', bio: 'Hi' })).status).toBe(200);
  const blanks = { phone_number: '', email: '', bio: '', location: null, birth_date: '', avatar: null, role: 'admin' };
  expect((await complete({ name: 'John Doe', ...blanks })).status).toBe(200);
  expect((await client.get(loop.profile.path, { headers })).json()).toMatchObject({ name: 'John Doe', bio: 'Hi' });
  expect((await client.get('/api/me', { headers })).json()).toMatchObject({ role: 'user' });
});

test('its fields have the lengths and kinds of Loop', async ({ client, newPhone }) => {
  const headers = bearer(await signUp(client, newPhone()));
  const ok = { name: 'x'.repeat(100), bio: 'x'.repeat(500), location: 'x'.repeat(100) };
  expect((await client.post(loop.completeProfile.path, ok, headers)).status).toBe(200);
  const wrong: [string, object][] = [
    ['name', { name: 'x'.repeat(101) }],
    ['name', {}],
    ['bio', { name: 'J', bio: 'x'.repeat(501) }],
    ['location', { name: 'J', location: 'x'.repeat(101) }],
    ['location', { name: 'J', location: 'A\u0000' }],
    ['phone_number', { name: 'J', phone_number: '+91 81234 567890' }],
    ['birth_date', { name: 'J', birth_date: '1995-02-31' }],
    ['avatar', { name: 'J', avatar: 'javascript:alert(1)' }],
    ['avatar', { name: 'J', avatar: 7 }],
    ['email', { name: 'J', email: 'nobody' }],
  ];
  for (const [path, body] of wrong) {
    const told = expectRefusal(await client.post(loop.completeProfile.path, body, headers), refused, 'invalid_request');
    expect(told.errors).toEqual([{ path, message: expect.any(String) }]);
  }
  const long = await client.post(loop.signup.path, { phone_number: '+91 81234 567890' });
  expectRefusal(long, refused, 'invalid_request');
});

test('a logout ends the session of the token, which was nothing but words before', async ({ client, newPhone }) => {
  const headers = bearer(await signUp(client, newPhone()));
  expect((await client.call('POST', loop.logout.path, { headers })).status).toBe(200);
  for (const path of [loop.profile.path, '/api/me'])
    expect((await client.get(path, { headers })).json()).toMatchObject({ code: 'token_revoked' });
  expectRefusal(await client.call('POST', loop.logout.path, { headers }), refused, 'token_revoked');
  expectRefusal(await client.call('POST', loop.logout.path), refused, 'unauthenticated');
});

test('opened in a browser, signup and login lead to the sign-in page', async ({ client }) => {
  for (const path of [loop.signup.path, loop.login.path].flatMap(slashForms)) {
    for (const method of ['GET', 'HEAD']) {
      const answer = await client.call(method, path, { headers: { accept: 'text/html' } });
      expect([answer.status, answer.headers.location]).toEqual([303, '/auth']);
    }
  }
});

test('beside our own pages its calls are an API all the same: its headers, and nothing of server actions', async ({
  client,
  newPhone,
}) => {
  const paths = [...new Set(loop.loopCalls.map(({ path }) => path)), '/token/refresh'].flatMap(slashForms);
  for (const path of paths) {
    const answer = await client.call('PUT', path, { json: {} });
    expect(answer.headers['content-security-policy'], path).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(answer.json()).toMatchObject({ code: 'method_not_allowed' });
    const multipart = { 'content-type': 'multipart/form-data; boundary=x', 'next-action': 'x' };
    const form = await client.call('POST', path, { headers: multipart, body: '--x--' });
    expect(form.json(), path).toHaveProperty('code', expect.stringMatching(/^(unsupported_media|unauth|method_not)/));
  }
  const called = await client.post(loop.signup.path, { phone_number: newPhone() }, { 'next-action': 'x' });
  expect(called.status).toBe(200);
  for (const page of ['/auth', '/auth/signups', '/auth/profile/x', '/auth/logout-all']) {
    expect((await client.get(page)).headers['content-security-policy'], page).toContain("script-src 'self' 'nonce-");
  }
});

test('a browser signed in with its cookie is not signed out by another site', async ({ client, newPhone }) => {
  const cookie = await webSession(client, newPhone());
  for (const origin of [{ origin: 'https://elsewhere.example' }, { 'sec-fetch-site': 'cross-site' }, {}]) {
    const answer = await client.call('POST', loop.logout.path, { headers: { cookie, ...origin } });
    expectRefusal(answer, refused, 'origin_not_allowed');
  }
  expect((await client.get('/api/me', { headers: { cookie } })).status).toBe(200);
});
