import { type Answer, bearer, type Client } from '../fixtures/http-client';
import { expectProblem } from '../fixtures/shapes';
import { type SignIn, signIn, signInAgain, webSession } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';
import type { Clock } from '../fixtures/time';

const DAY = 86_400;

type Person = { client: Client; phone: string; clock: Clock };

/** Something done to an account ends what it is signed in with, in a browser and in an app; the next sign-in works. */
async function expectEndedBy({ client, phone, clock }: Person, change: (userId: string) => Promise<unknown>) {
  const cookie = await webSession(client, phone);
  const { user, tokens } = await signInAgain(client, phone, clock);
  await change(user.id);
  expectProblem(await client.get('/api/me', { headers: { cookie } }), 'token_revoked');
  expectProblem(await client.get('/api/me', { headers: bearer(tokens.access) }), 'token_revoked');
  expectProblem(await client.post('/api/auth/refresh', { refresh: tokens.refresh }), 'token_revoked');
  const again = await signInAgain(client, phone, clock);
  expect((await client.get('/api/me', { headers: bearer(again.tokens.access) })).status).toBe(200);
  return again;
}

test('of eleven sign-ins the oldest ends', async ({ newClient, newPhone, clock, sql }) => {
  const phone = newPhone();
  const signIns: SignIn[] = [];
  for (let count = 0; count < 11; count += 1) {
    signIns.push(await signIn(newClient(), phone));
    await clock.passForPhone(phone, DAY);
  }
  const answers: Answer[] = [];
  for (const { tokens } of signIns) answers.push(await newClient().get('/api/me', { headers: bearer(tokens.access) }));
  expectProblem(answers[0]!, 'token_revoked');
  expect(answers.slice(1).map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200));
  const ended = await sql`
    select revoked_reason from sessions where user_id = ${signIns[0]!.user.id} and revoked_at is not null`;
  expect([...ended]).toEqual([{ revoked_reason: 'session_limit' }]);
});

test('cookie and bearer sessions count together', async ({ newClient, newPhone, clock }) => {
  const phone = newPhone();
  const client = newClient();
  const cookie = await webSession(client, phone);
  for (let count = 0; count < 10; count += 1) {
    await clock.passForPhone(phone, DAY);
    await signIn(newClient(), phone);
  }
  expectProblem(await client.get('/api/me', { headers: { cookie } }), 'token_revoked');
});

test('suspension, and a deleted account, hold on the very next request', async ({ client, newPhone, sql }) => {
  for (const end of [
    (id: string) => sql`update users set suspended_at = now() where id = ${id}`,
    (id: string) => sql`delete from users where id = ${id}`,
  ]) {
    const { user, tokens } = await signIn(client, newPhone());
    expect((await client.get('/api/me', { headers: bearer(tokens.access) })).status).toBe(200);
    await end(user.id);
    expectProblem(await client.get('/api/me', { headers: bearer(tokens.access) }), 'token_revoked');
    const change = await client.call('PATCH', '/api/me', { headers: bearer(tokens.access), json: { bio: 'x' } });
    expectProblem(change, 'token_revoked');
  }
});

test('a suspension ends what was signed in, and lifting it brings nothing back: cookie, access and refresh token alike', async ({
  client,
  newPhone,
  sql,
  clock,
}) => {
  await expectEndedBy({ client, phone: newPhone(), clock }, async (id) => {
    await sql`update users set suspended_at = now() where id = ${id}`;
    await sql`update users set suspended_at = null where id = ${id}`;
  });
});

test('a change of role ends what was signed in under the old one: cookie, access and refresh token alike', async ({
  client,
  newPhone,
  sql,
  clock,
}) => {
  const again = await expectEndedBy(
    { client, phone: newPhone(), clock },
    (id) => sql`update users set role = 'provider' where id = ${id}`,
  );
  expect(again.user.role).toBe('provider');
});

test('a cookie lives seven days unused, and thirty in all', async ({ client, newPhone, sql, clock }) => {
  const phone = newPhone();
  const cookie = await webSession(client, phone);
  const me = () => client.get('/api/me', { headers: { cookie } });
  const [user] = await sql<{ id: string }[]>`select id from users where phone = ${phone}`;
  const id = user!.id;
  for (let day = 0; day < 28; day += 6) {
    await clock.passForSessions(id, 6 * DAY);
    if (day < 24) expect((await me()).status).toBe(200);
    // What the server notes by itself, a moment after its answer.
    await sql`update sessions set last_seen_at = now() where user_id = ${id} and revoked_at is null`;
  }
  expectProblem(await me(), 'token_revoked');
});

test('an unused cookie ends after seven days', async ({ client, newPhone, sql, clock }) => {
  const phone = newPhone();
  const cookie = await webSession(client, phone);
  const [user] = await sql<{ id: string }[]>`select id from users where phone = ${phone}`;
  await clock.passForSessions(user!.id, 7 * DAY + 1);
  expectProblem(await client.get('/api/me', { headers: { cookie } }), 'token_revoked');
});

test('an administrator’s session ends after an hour unused', async ({ client, newPhone, sql, clock }) => {
  const phone = newPhone();
  const { user } = await signIn(client, phone);
  await sql`update users set role = 'admin' where id = ${user.id}`;
  const { tokens } = await signInAgain(client, phone, clock);
  expect((await client.get('/api/me', { headers: bearer(tokens.access) })).status).toBe(200);
  await clock.passForSessions(user.id, 3_601);
  expectProblem(await client.get('/api/me', { headers: bearer(tokens.access) }), 'token_revoked');
});

test('using a session is noted, at most every five minutes', async ({ client, newPhone, sql, clock }) => {
  const { user, tokens } = await signIn(client, newPhone());
  const use = () => client.get('/api/me', { headers: bearer(tokens.access) });
  const unusedSeconds = async () =>
    (
      await sql<
        { s: number }[]
      >`select extract(epoch from now() - last_seen_at)::float8 as s from sessions where user_id = ${user.id}`
    )[0]?.s;
  await clock.passForSessions(user.id, 250);
  await use();
  expect(await unusedSeconds()).toBeGreaterThan(240);
  await clock.passForSessions(user.id, 60);
  await use();
  await expect.poll(unusedSeconds).toBeLessThan(60);
});

test.describe('requests that lean on the cookie', () => {
  const changes: [string, string, object][] = [
    ['PATCH', '/api/me', { bio: 'x' }],
    ['DELETE', '/api/me/avatar', {}],
    ['PUT', '/api/me/avatar', {}],
    ['POST', '/api/auth/logout', {}],
  ];
  const foreign: [string, Record<string, string>][] = [
    ['neither Origin nor Fetch Metadata', {}],
    ['Origin null', { origin: 'null' }],
    ['Origin null, in spite of Fetch Metadata', { origin: 'null', 'sec-fetch-site': 'same-origin' }],
    ['another origin', { origin: 'https://evil.example' }],
    ['our host on another port', { origin: 'http://localhost:1' }],
    ['a cross-site request', { 'sec-fetch-site': 'cross-site' }],
    ['a cross-site request with a forged Origin', { 'sec-fetch-site': 'cross-site', origin: 'OWN' }],
    ['a request of a sister site', { 'sec-fetch-site': 'same-site', origin: 'OWN' }],
    ['a Referer alone', { referer: 'OWN/dashboard' }],
    ['an empty Origin', { origin: '' }],
  ];
  for (const [name, headers] of foreign) {
    test(`change nothing with ${name}`, async ({ client, run, newPhone }) => {
      const cookie = await webSession(client, newPhone());
      const sent = Object.fromEntries(
        Object.entries(headers).map(([key, value]) => [key, value.replace('OWN', run.appUrl)]),
      );
      for (const [method, path, json] of changes) {
        const answer = await client.call(method, path, { headers: { cookie, ...sent }, json });
        await test.step(`${method} ${path}`, () => expectProblem(answer, 'origin_not_allowed'));
      }
      expect((await client.get('/api/me', { headers: { cookie } })).json()).toMatchObject({ bio: null });
    });
  }

  for (const [name, headers] of [
    ['our own Origin', { origin: 'OWN' }],
    ['Fetch Metadata that says same-origin', { 'sec-fetch-site': 'same-origin' }],
    ['Fetch Metadata of a person’s own typing', { 'sec-fetch-site': 'none' }],
  ] as const) {
    test(`change what they should with ${name}`, async ({ client, run, newPhone }) => {
      const cookie = await webSession(client, newPhone());
      const sent = Object.fromEntries(
        Object.entries(headers).map(([key, value]) => [key, value.replace('OWN', run.appUrl)]),
      );
      const answer = await client.call('PATCH', '/api/me', { headers: { cookie, ...sent }, json: { bio: 'x' } });
      expect(answer.json()).toMatchObject({ bio: 'x' });
    });
  }

  test('read without any of it', async ({ client, newPhone }) => {
    const phone = newPhone();
    const cookie = await webSession(client, phone);
    expect((await client.get('/api/me', { headers: { cookie } })).json()).toMatchObject({ phone });
  });
});

test('signed-out requests from foreign pages ask for no code and try none', async ({ client, newPhone }) => {
  const phone = newPhone();
  for (const headers of [
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    expectProblem(await client.post('/api/auth/send-otp', { phone }, headers), 'origin_not_allowed');
    expectProblem(await client.post('/api/auth/verify-otp', { phone, otp: '123456' }, headers), 'origin_not_allowed');
  }
  // No browser at all: a phone's app.
  expect((await client.post('/api/auth/send-otp', { phone })).status).toBe(200);
});
