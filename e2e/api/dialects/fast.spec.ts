import * as fast from '@/lib/dialects/fast';
import { makeAdmin } from '../../fixtures/admin';
import { expectRefusal, expectSample, sendSample, slashForms } from '../../fixtures/dialects';
import { bearer, type Client } from '../../fixtures/http-client';
import { nationalDigits } from '../../fixtures/numbers';
import { newestCode, sessionCookieOf, signIn, wrongCode } from '../../fixtures/sign-in';
import { expect, test } from '../../fixtures/test';
import { LISTED_ORIGIN } from '../../stack/run';

const refused = fast.fastRefusals.body;
const [typedIn, numberIn] = ['9876543210', '+919876543210'];

type SignedIn = { access: string; refresh: string; cookie: string };

async function signInByFast(client: Client, phone_number: string): Promise<SignedIn> {
  await client.post(fast.sendOtp.path, { phone_number });
  const answer = await client.post(fast.verifyOtp.path, { phone_number, otp: await newestCode(client, phone_number) });
  expect(answer.status, answer.text).toBe(200);
  const { tokens } = answer.json<{ tokens: { access: string; refresh: string } }>();
  return { ...tokens, cookie: sessionCookieOf(answer) ?? '' };
}

const userPath = (phone: string) => fast.user.path.replace('{phone_number}', phone);

for (const [form, slash] of [
  ['without a slash at the end', 0],
  ['with one', 1],
] as const) {
  test(`every golden request gets its golden answer, ${form}`, async ({ client, newPhone }) => {
    const phone = newPhone();
    const digits = nationalDigits(phone);
    const swaps = { [typedIn]: digits, [numberIn]: phone };
    const at = (path: string) => slashForms(path)[slash]!;
    expectSample(await sendSample(client, fast.sendOtp, { swaps, path: at(fast.sendOtp.path) }), fast.sendOtp, swaps);
    const verified = await sendSample(client, fast.verifyOtp, {
      swaps: { ...swaps, '123456': await newestCode(client, phone) },
      path: at(fast.verifyOtp.path),
    });
    expectSample(verified, fast.verifyOtp, swaps);
    const headers = bearer(verified.json<{ tokens: { access: string } }>().tokens.access);
    expectSample(
      await sendSample(client, fast.login, { swaps, headers, path: at(fast.login.path) }),
      fast.login,
      swaps,
    );
    for (const asked of [digits, phone, encodeURIComponent(phone), encodeURIComponent(`+91 ${digits}`)]) {
      expectSample(await client.get(at(userPath(asked)), { headers }), fast.user, swaps);
    }
  });
}

test('tokens and cookie of one sign-in are one session: ended by either, both are worth nothing', async ({
  client,
  newPhone,
}) => {
  for (const way of ['cookie', 'token'] as const) {
    const { access, refresh, cookie } = await signInByFast(client, newPhone());
    const bySession = { cookie, origin: client.url };
    const [byToken, sessions] = [bearer(access), '/api/me/sessions'];
    const listed = (await client.get(sessions, { headers: byToken })).json<{ sessions: { id: string }[] }>().sessions;
    expect(listed).toEqual([expect.objectContaining({ current: true })]);
    expect((await client.get(sessions, { headers: bySession })).json()).toEqual({ sessions: listed });
    expect((await client.post('/api/auth/logout', {}, way === 'cookie' ? bySession : byToken)).status).toBe(200);
    for (const headers of [byToken, bySession])
      expect((await client.get('/api/me', { headers })).json()).toMatchObject({ code: 'token_revoked' });
    expect((await client.post('/api/auth/refresh', { refresh })).json()).toMatchObject({ code: 'token_revoked' });
  }
});

test('its cookie is the one of our own pages: no script reads it, and NextAuth knows it', async ({
  client,
  newPhone,
}) => {
  const phone = newPhone();
  await client.post(fast.sendOtp.path, { phone_number: phone });
  const otp = await newestCode(client, phone);
  const answer = await client.post(fast.verifyOtp.path, { phone_number: phone, otp });
  expect(answer.headers['set-cookie']).toEqual([
    expect.stringMatching(/^next-auth\.session-token=[\w.-]+; Path=\/; .*HttpOnly; SameSite=lax$/i),
  ]);
  const cookie = sessionCookieOf(answer)!;
  const session = await client.get('/api/auth/session', { headers: { cookie } });
  expect(session.json()).toMatchObject({ user: { phone } });
  // NextAuth writes the cookie anew: it is still good for the same session.
  const renewed = sessionCookieOf(session) ?? cookie;
  expect((await client.get('/api/me', { headers: { cookie: renewed } })).json()).toMatchObject({ phone });
});

test('the cookie of an app’s session ends with the life of a web session, the tokens with theirs', async ({
  client,
  newPhone,
  sql,
}) => {
  const phone = newPhone();
  const { access, cookie } = await signInByFast(client, phone);
  await sql`
    update sessions set last_seen_at = now() - interval '8 days'
    where user_id = (select id from users where phone = ${phone})`;
  expect((await client.get('/api/me', { headers: { cookie } })).json()).toMatchObject({ code: 'token_revoked' });
  expect((await client.get('/api/me', { headers: bearer(access) })).status).toBe(200);
});

test('a sign-in over an older cookie ends the session it replaces; a wrong code, or a page elsewhere, ends nothing', async ({
  client,
  newPhone,
  clock,
}) => {
  const older = await signInByFast(client, newPhone());
  const [phone, cookie] = [newPhone(), { cookie: older.cookie }];
  const verify = (otp: string, headers: object) =>
    client.post(fast.verifyOtp.path, { phone_number: phone, otp }, { ...cookie, ...headers });
  const stateOf = async ({ access }: SignedIn) =>
    (await client.get('/api/me', { headers: bearer(access) })).json().code;

  await client.post(fast.sendOtp.path, { phone_number: phone });
  expect((await verify(wrongCode(await newestCode(client, phone)), {})).status).toBe(400);
  expect((await verify(await newestCode(client, phone), { origin: LISTED_ORIGIN })).status).toBe(200);
  expect(await stateOf(older)).toBeUndefined();

  await clock.passForPhone(phone, 61);
  await client.post(fast.sendOtp.path, { phone_number: phone });
  const newer = await verify(await newestCode(client, phone), {});
  expect(newer.status).toBe(200);
  expect(await stateOf(older)).toBe('token_revoked');
  expect((await client.post('/api/auth/refresh', { refresh: older.refresh })).json().code).toBe('token_revoked');
  const now = sessionCookieOf(newer) ?? '';
  expect((await client.get('/api/me', { headers: { cookie: now } })).json()).toMatchObject({ phone });
});

test('a device that the account knows by its cookie gets in while strangers have locked the number', async ({
  client,
  newPhone,
  clock,
  sql,
}) => {
  const phone = newPhone();
  const { cookie } = await signInByFast(client, phone);
  await clock.passForPhone(phone, 61);
  await client.post(fast.sendOtp.path, { phone_number: phone });
  await sql`insert into phone_throttles values (${phone}, 100, now())`;
  const body = { phone_number: phone, otp: await newestCode(client, phone) };
  expectRefusal(await client.post(fast.verifyOtp.path, body), refused, 'too_many_attempts');
  expect((await client.post(fast.verifyOtp.path, body, { cookie })).status).toBe(200);
});

test('to know a number is not enough to log in', async ({ client, newPhone }) => {
  const [mine, theirs] = [newPhone(), newPhone()];
  const { access, cookie } = await signInByFast(client, mine);
  await signIn(client, theirs);
  const answers = [];
  for (const phone_number of [mine, theirs, newPhone()])
    answers.push(await client.post(fast.login.path, { phone_number }));
  for (const headers of [bearer(access), { cookie }]) {
    for (const phone_number of [theirs, newPhone(), '1']) {
      answers.push(await client.post(fast.login.path, { phone_number }, headers));
    }
  }
  for (const answer of answers) expectRefusal(answer, refused, 'unauthenticated');
});

test('an app that keeps nothing but its cookies logs in; another site’s page does not', async ({
  client,
  newPhone,
}) => {
  const phone = newPhone();
  const { cookie } = await signInByFast(client, phone);
  const body = { phone_number: nationalDigits(phone) };
  expect((await client.post(fast.login.path, body, { cookie })).json()).toMatchObject({ message: 'Login successful' });
  for (const from of [
    { origin: 'https://elsewhere.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
  ]) {
    const answer = await client.post(fast.login.path, body, { cookie, ...from });
    expectRefusal(answer, refused, 'origin_not_allowed');
  }
});

test('who is not the owner learns nothing of a number, not even whether it has an account', async ({
  client,
  newPhone,
}) => {
  const [mine, theirs] = [newPhone(), newPhone()];
  const { access } = await signInByFast(client, mine);
  await signIn(client, theirs);
  const told = [];
  for (const asked of [theirs, newPhone(), nationalDigits(theirs), '1', '%25', '%2525zz', '%00']) {
    const out = await client.get(userPath(asked));
    const other = await client.get(userPath(asked), { headers: bearer(access) });
    const [signedOut, signedIn] = [
      expectRefusal(out, refused, 'unauthenticated'),
      expectRefusal(other, refused, 'forbidden'),
    ];
    told.push([signedOut, signedIn].map(({ request_id: _own, ...rest }) => rest));
  }
  for (const each of told) expect(each).toEqual(told[0]);
});

test('an administrator reads any account, and the trail says so', async ({ client, newPhone, sql }) => {
  const [admin, theirs, nobody] = [newPhone(), newPhone(), newPhone()];
  const { access, cookie } = await signInByFast(client, admin);
  const { user } = await signIn(client, theirs);
  await makeAdmin(sql, admin);
  const headers = bearer(access);
  const found = await client.get(userPath(nationalDigits(theirs)), { headers });
  expectSample(found, fast.user, { [numberIn]: theirs });
  expect(found.json()).toMatchObject({ id: user.id });
  expectRefusal(await client.get(userPath(nobody), { headers }), refused, 'not_found');
  expectRefusal(await client.get(userPath('1'), { headers }), refused, 'invalid_phone');
  // Nor by a link on somebody else's page: it would be written down as theirs, and take of the places they have.
  for (const site of ['cross-site', 'same-site']) {
    const linked = await client.get(userPath(theirs), { headers: { cookie, 'sec-fetch-site': site } });
    expectRefusal(linked, refused, 'origin_not_allowed');
  }
  const looks = await sql`
    select e.phone from audit_events e join users u on u.id::text = e.detail ->> 'by'
    where e.event = 'user.looked_up' and u.phone = ${admin} order by e.created_at`;
  expect(looks.map(({ phone }) => phone)).toEqual([theirs, nobody]);
});

test('a short life of a code is told in minutes that it really has', () => {
  const told = (expiresInSeconds: number) =>
    fast.otpSent({
      phone: numberIn,
      challengeId: '',
      channel: 'sms',
      codeLength: 6,
      expiresInSeconds,
      resendInSeconds: 60,
    }).expires_in_minutes;
  expect([300, 600, 100, 30].map(told)).toEqual([5, 10, 1.6, 0.5]);
});
