import type { Client } from '../fixtures/http-client';
import { expectProblem } from '../fixtures/shapes';
import {
  csrf,
  flowCookieOf,
  newestCode,
  nextAuthSignIn,
  requestCode,
  sessionCookieOf,
  verify,
  wizardStep,
  wrongCode,
} from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const RACERS = 50;
const racers = (newClient: () => Client) => Array.from({ length: RACERS }, newClient);

test('exactly one of fifty simultaneous right answers signs in', async ({ client, newClient, newPhone, sql }) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  const answers = await Promise.all(racers(newClient).map((racer) => verify(racer, phone, code)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  const codes = answers.filter(({ status }) => status !== 200).map((answer) => answer.json().code);
  expect(codes.filter((other) => other !== 'code_expired' && other !== 'too_many_attempts')).toEqual([]);
  const sessions = await sql`select s.id from sessions s join users u on u.id = s.user_id where u.phone = ${phone}`;
  expect(sessions).toHaveLength(1);
});

test('exactly one of fifty right answers signs in when they come by REST and by NextAuth at once', async ({
  client,
  newClient,
  newPhone,
  sql,
}) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  const from = await csrf(client);
  const answers = await Promise.all(
    racers(newClient).map((racer, index) =>
      index % 2 ? verify(racer, phone, code) : nextAuthSignIn(racer, { phone, otp: code }, from),
    ),
  );
  const signedIn = answers.filter((answer, index) =>
    index % 2 ? answer.status === 200 : sessionCookieOf(answer) !== undefined,
  );
  expect(signedIn).toHaveLength(1);
  expect(await sql`select s.id from sessions s join users u on u.id = s.user_id where u.phone = ${phone}`).toHaveLength(
    1,
  );
});

test('of fifty simultaneous wrong guesses by REST, by NextAuth and by every dialect at most five count', async ({
  client,
  newClient,
  newPhone,
  sql,
}) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  const from = await csrf(client);
  const ways = [
    (racer: Client, otp: string) => verify(racer, phone, otp),
    (racer: Client, otp: string) => nextAuthSignIn(racer, { phone, otp }, from),
    (racer: Client, otp: string) => racer.post('/api/users/verify-otp/', { phone, otp }),
    (racer: Client, otp: string) => racer.post('/auth/verify-login', { phone_number: phone, otp_code: otp }),
    (racer: Client, otp: string) => racer.post('/api/verify-otp', { phone_number: phone, otp }),
  ];
  const answers = await Promise.all(
    racers(newClient).map((racer, index) => ways[index % ways.length]!(racer, wrongCode(code, index + 1))),
  );
  const said = answers.map((answer, index) =>
    index % ways.length === 1
      ? new URL(answer.json<{ url: string }>().url).searchParams.get('error')
      : answer.json<{ code: string }>().code,
  );
  expect(said.filter((verdict) => verdict === 'invalid_code')).toHaveLength(5);
  // Who waited behind the fifth may be told either: the code is out of tries, or there is none any more.
  const refused = said.filter((verdict) => verdict === 'too_many_attempts' || verdict === 'code_expired');
  expect(refused).toHaveLength(RACERS - 5);
  const [challenge] = await sql<{ attempts: number }[]>`select attempts from otp_challenges where phone = ${phone}`;
  expect(challenge?.attempts).toBe(5);
  const late = await verify(newClient(), phone, code);
  expect(late.json().code).toBe('too_many_attempts');
});

test('of fifty simultaneous wrong guesses by REST, by NextAuth and by the wizard’s server action at most five count', async ({
  client,
  newClient,
  newPhone,
  sql,
}) => {
  const phone = newPhone();
  const started = await wizardStep(client, '/auth', '', { country: 'IN', phone });
  expect([started.status, started.headers.location], started.text.slice(0, 300)).toEqual([303, '/auth/code']);
  const flow = flowCookieOf(started) ?? '';
  const code = await newestCode(client, phone);
  const from = await csrf(client);
  const answers = await Promise.all(
    racers(newClient).map((racer, index) => {
      const otp = wrongCode(code, index + 1);
      if (index % 3 === 0) return verify(racer, phone, otp);
      if (index % 3 === 1) return nextAuthSignIn(racer, { phone, otp }, from);
      return wizardStep(racer, '/auth/code', flow, { otp });
    }),
  );
  const said = answers.map((answer, index) => {
    if (index % 3 === 0) return answer.json().code;
    if (index % 3 === 1) return new URL(answer.json<{ url: string }>().url).searchParams.get('error');
    return answer.text.includes('That code isn’t right') ? 'invalid_code' : 'refused';
  });
  expect(said.filter((verdict) => verdict === 'invalid_code').length).toBeLessThanOrEqual(5);
  const [challenge] = await sql<{ attempts: number }[]>`select attempts from otp_challenges where phone = ${phone}`;
  expect(challenge?.attempts).toBe(5);
  const [throttle] = await sql<
    { n: number }[]
  >`select consecutive_failures as n from phone_throttles where phone = ${phone}`;
  expect(throttle?.n).toBe(5);
  // The server action was really among those who were judged or refused, and none of them got in.
  expect(answers.filter((_, index) => index % 3 === 2).map(({ status }) => status)).toEqual(
    Array.from({ length: 16 }, () => 200),
  );
  expect(answers.map(sessionCookieOf).filter(Boolean)).toEqual([]);
  expect((await verify(newClient(), phone, code)).json().code).toBe('too_many_attempts');
});

test('the right answer among forty-nine wrong ones signs in or is told that the tries are used up, never both', async ({
  client,
  newClient,
  newPhone,
  sql,
}) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  const answers = await Promise.all(
    racers(newClient).map((racer, index) => verify(racer, phone, wrongCode(code, index))),
  );
  const [right] = answers;
  expect(['200', 'too_many_attempts', 'code_expired']).toContain(right?.status === 200 ? '200' : right?.json().code);
  const sessions = await sql`select s.id from sessions s join users u on u.id = s.user_id where u.phone = ${phone}`;
  expect(sessions).toHaveLength(right?.status === 200 ? 1 : 0);
});

test('a code asked for while the old one is being answered leaves exactly one live code', async ({
  client,
  newClient,
  newPhone,
  clock,
  sql,
}) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  await clock.passForPhone(phone, 61);
  const [verified, sent] = await Promise.all([
    verify(newClient(), phone, code),
    newClient().post('/api/auth/send-otp', { phone }),
  ]);
  expect(sent.status).toBe(200);
  if (verified.status !== 200) expectProblem(verified, 'code_expired');
  const live =
    await sql`select id from otp_challenges where phone = ${phone} and consumed_at is null and superseded_at is null`;
  expect(live).toHaveLength(1);
});

test('simultaneous profile changes all hold', async ({ client, newPhone }) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  const { tokens } = (await verify(client, phone, code)).json<{ tokens: { access: string } }>();
  const headers = { authorization: `Bearer ${tokens.access}` };
  const fields = {
    first_name: 'John',
    last_name: 'Doe',
    email: 'john@example.com',
    bio: 'Hello',
    location: 'Pune',
    locale: 'hi-IN',
  };
  const answers = await Promise.all(
    Object.entries(fields).map(([name, value]) =>
      client.call('PATCH', '/api/me', { headers, json: { [name]: value } }),
    ),
  );
  expect(answers.map(({ status }) => status)).toEqual(Object.keys(fields).map(() => 200));
  expect((await client.get('/api/me', { headers })).json()).toMatchObject({
    ...fields,
    needs_profile_completion: false,
  });
});
