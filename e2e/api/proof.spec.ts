import { bearer, type Client } from '../fixtures/http-client';
import { expectProblem, seconds, uuid } from '../fixtures/shapes';
import { messagesTo, newestCode, requestCode, signIn, verify, webSession } from '../fixtures/sign-in';
import type { Clock } from '../fixtures/time';
import { expect, test } from '../fixtures/test';

/** Somebody whose last code was eleven minutes ago. */
async function staleSession(client: Client, phone: string, clock: Clock) {
  const signedIn = await signIn(client, phone);
  await clock.passForPhone(phone, 661);
  await clock.passForSessions(signedIn.user.id, 661);
  return { ...signedIn, own: bearer(signedIn.tokens.access) };
}

const ask = (client: Client, headers: Record<string, string>) => client.call('POST', '/api/me/proof', { headers });
/** The same, and the code that came when they asked for one. */
async function askedSession(client: Client, phone: string, clock: Clock) {
  const session = await staleSession(client, phone, clock);
  await ask(client, session.own);
  return { ...session, code: await newestCode(client, phone) };
}
const confirm = (client: Client, headers: Record<string, string>, otp: string) =>
  client.post('/api/me/proof/verify', { otp }, headers);
const signOutEverywhere = (client: Client, headers: Record<string, string>) =>
  client.post('/api/auth/logout', { everywhere: true }, headers);
const wrong = (code: string) => (code === '000000' ? '000001' : '000000');

test('a fresh code gives the session a fresh proof, in exactly the promised shapes', async ({
  client,
  newPhone,
  clock,
}) => {
  const phone = newPhone();
  const { own } = await staleSession(client, phone, clock);
  expectProblem(await signOutEverywhere(client, own), 'fresh_proof_required');
  expect((await ask(client, own)).json()).toEqual({
    success: true,
    message: 'OTP sent successfully',
    phone: expect.stringMatching(/^\+91 •+ \d{4}$/),
    challenge_id: uuid,
    channel: 'sms',
    code_length: 6,
    expires_in_seconds: 300,
    resend_in_seconds: 60,
  });
  const [message] = await messagesTo(client, phone);
  expect(message?.text).toMatch(/confirmation code is: \d{6}\n.*\nIt can change your account: never share it\./);
  expect((await confirm(client, own, await newestCode(client, phone))).json()).toEqual({
    success: true,
    message: 'Confirmed',
    expires_in_seconds: 600,
  });
  expect((await signOutEverywhere(client, own)).status).toBe(200);
});

test('works with the cookie, from our own pages only', async ({ client, newPhone }) => {
  const cookie = await webSession(client, newPhone());
  expectProblem(await ask(client, { cookie }), 'origin_not_allowed');
  expectProblem(await confirm(client, { cookie, origin: 'https://evil.example' }, '123456'), 'origin_not_allowed');
});

test('a code is good for what it was asked for, in the session that asked, once', async ({
  client,
  newClient,
  newPhone,
  clock,
}) => {
  const phone = newPhone();
  const { own, user } = await staleSession(client, phone, clock);
  const other = bearer((await signIn(newClient(), phone)).tokens.access);
  await clock.passForPhone(phone, 661);
  await clock.passForSessions(user.id, 661);
  await ask(client, own);
  const code = await newestCode(client, phone);

  // Not a sign-in code, not for another session of the same person, not for somebody else.
  expectProblem(await verify(client, phone, code), 'code_expired');
  expectProblem(await confirm(client, other, code), 'code_expired');
  const stranger = await signIn(newClient(), newPhone());
  expectProblem(await confirm(client, bearer(stranger.tokens.access), code), 'code_expired');
  expectProblem(await signOutEverywhere(client, other), 'fresh_proof_required');

  expect((await confirm(client, own, code)).status).toBe(200);
  expectProblem(await confirm(client, own, code), 'code_expired');
});

test('a sign-in code confirms nothing', async ({ client, newPhone, clock }) => {
  const phone = newPhone();
  const { own } = await staleSession(client, phone, clock);
  const { code } = await requestCode(client, phone);
  expectProblem(await confirm(client, own, code), 'code_expired');
});

test('wrong codes count as everywhere: five for a code, and for the number over all its codes', async ({
  client,
  newPhone,
  clock,
  sql,
}) => {
  const phone = newPhone();
  const { own, code } = await askedSession(client, phone, clock);
  for (let left = 4; left >= 0; left -= 1) {
    expectProblem(await confirm(client, own, wrong(code)), 'invalid_code', { attempts_left: left });
  }
  expectProblem(await confirm(client, own, code), 'too_many_attempts', {
    attempts_left: 0,
    retry_after_seconds: seconds(1, 60),
  });
  const [throttle] = await sql`select consecutive_failures as failures from phone_throttles where phone = ${phone}`;
  expect(throttle).toEqual({ failures: 5 });
});

test('fifty simultaneous right answers confirm once', async ({ newClient, newPhone, clock, sql }) => {
  const phone = newPhone();
  const { own, user, code } = await askedSession(newClient(), phone, clock);
  const answers = await Promise.all(Array.from({ length: 50 }, () => confirm(newClient(), own, code)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const [row] = await sql`
    select count(*)::int as confirmed from audit_events where event = 'session.confirmed' and user_id = ${user.id}`;
  expect(row).toEqual({ confirmed: 1 });
});

test('the wait between two codes, and the limits of the number, are the same as for signing in', async ({
  client,
  newPhone,
  clock,
}) => {
  const phone = newPhone();
  const { own } = await staleSession(client, phone, clock);
  await ask(client, own);
  expectProblem(await client.post('/api/auth/send-otp', { phone }), 'resend_too_soon', {
    retry_after_seconds: seconds(1, 60),
  });
});

test('bad bodies are told apart', async ({ client, newPhone }) => {
  const { tokens } = await signIn(client, newPhone());
  const own = bearer(tokens.access);
  for (const body of [{}, { otp: 123456 }, { otp: '12345' }, { otp: 'abcdef' }, { otp: '123456', more: 1 }]) {
    expect((await client.post('/api/me/proof/verify', body, own)).json()).toMatchObject({ code: 'invalid_request' });
  }
  expectProblem(await client.post('/api/me/proof/verify', { otp: '123456' }), 'unauthenticated');
  expectProblem(await client.get('/api/me/proof', { headers: own }), 'method_not_allowed');
});

test('a session that ends while its code is checked stays ended', async ({ client, newPhone, clock }) => {
  const phone = newPhone();
  const { own, code } = await askedSession(client, phone, clock);
  const [answers] = await Promise.all([
    Promise.all([confirm(client, own, code), confirm(client, own, code)]),
    client.post('/api/auth/logout', {}, own),
  ]);
  expect(answers.every(({ status }) => status < 500)).toBe(true);
  expectProblem(await client.get('/api/me', { headers: own }), 'token_revoked');
});

test('asked for twice, the code that is on its way is told of again; one for signing in is not', async ({
  client,
  newPhone,
  clock,
}) => {
  const phone = newPhone();
  const { own } = await staleSession(client, phone, clock);
  await requestCode(client, phone);
  expectProblem(await ask(client, own), 'resend_too_soon', { retry_after_seconds: seconds(1, 60) });
  await clock.passForPhone(phone, 61);
  await ask(client, own);
  await clock.passForPhone(phone, 20);
  expect((await ask(client, own)).json()).toMatchObject({
    success: true,
    expires_in_seconds: seconds(270, 280),
    resend_in_seconds: seconds(35, 40),
  });
  expect((await messagesTo(client, phone)).filter(({ text }) => text.includes('confirmation'))).toHaveLength(1);
});

test('malformed tries count for the client’s address', async ({ client, newPhone }) => {
  const { tokens } = await signIn(client, newPhone());
  const own = bearer(tokens.access);
  const answers = [];
  for (let i = 0; i < 31; i += 1) answers.push(await client.post('/api/me/proof/verify', { otp: 'x' }, own));
  expect(answers.at(-1)?.json()).toMatchObject({ code: 'too_many_requests' });
});
