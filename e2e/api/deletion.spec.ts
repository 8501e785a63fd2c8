import { bearer } from '../fixtures/http-client';
import { changeCode, LOST, verifyChange } from '../fixtures/number-change';
import { expectProblem, instant } from '../fixtures/shapes';
import { messagesTo, signIn, signInAgain, webSession } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const DAY_MS = 86_400_000;

test('asks for a fresh proof', async ({ client, newPhone, clock }) => {
  const { user, tokens } = await signIn(client, newPhone());
  await clock.passForSessions(user.id, 601);
  const answer = await client.call('DELETE', '/api/me', { headers: bearer(tokens.access) });
  expectProblem(answer, 'fresh_proof_required');
  expect((await client.get('/api/me', { headers: bearer(tokens.access) })).status).toBe(200);
});

test('ends every session, says when, tells the number, and is taken back by signing in', async ({
  client,
  newPhone,
  clock,
  sql,
}) => {
  const phone = newPhone();
  const other = await signIn(client, phone);
  const { user, tokens } = await signInAgain(client, phone, clock);
  const headers = bearer(tokens.access);
  const fresh = newPhone();
  await verifyChange(client, headers, fresh, await changeCode(client, headers, fresh, LOST), LOST);
  const answer = await client.call('DELETE', '/api/me', { headers });
  expect(answer.json()).toEqual({ success: true, message: expect.any(String), deleted_at: instant });
  const { deleted_at } = answer.json<{ deleted_at: string }>();
  expect(Math.abs(Date.parse(deleted_at) - Date.now() - 14 * DAY_MS)).toBeLessThan(60_000);
  expect(answer.headers['set-cookie']).toBeUndefined();
  for (const dead of [headers, bearer(other.tokens.access)]) {
    expectProblem(await client.get('/api/me', { headers: dead }), 'token_revoked');
  }
  expectProblem(await client.post('/api/auth/refresh', { refresh: tokens.refresh }), 'token_revoked');
  expect((await messagesTo(client, phone))[0]?.text).toMatch(
    /^Latchkey: your account will be deleted on \d+ \w+ \d{4}\./,
  );
  expect(await sql`select 1 from phone_changes where user_id = ${user.id}`).toHaveLength(0);

  const back = await signInAgain(client, phone, clock);
  expect(back).toMatchObject({ created: false, user: { id: user.id } });
  const [row] = await sql`select deletion_requested_at from users where id = ${user.id}`;
  expect(row).toEqual({ deletion_requested_at: null });
  const { activity } = (await client.get('/api/me/activity', { headers: bearer(back.tokens.access) })).json<{
    activity: { event: string }[];
  }>();
  expect(activity.map(({ event }) => event)).toEqual(
    expect.arrayContaining(['user.deletion_requested', 'user.deletion_cancelled']),
  );
});

test('with the cookie it clears the cookie and whatever the browser keeps', async ({ client, newPhone }) => {
  const cookie = await webSession(client, newPhone());
  const answer = await client.call('DELETE', '/api/me', { headers: { cookie, origin: client.url } });
  expect(answer.status).toBe(200);
  expect(answer.headers['clear-site-data']).toContain('"cookies"');
  expect(answer.headers['set-cookie']?.join()).toMatch(/session-token=; Path=\/; Max-Age=0/);
  expectProblem(await client.get('/api/me', { headers: { cookie } }), 'token_revoked');
});
