import { randomUUID } from 'node:crypto';
import { bearer, type Client } from '../fixtures/http-client';
import { expectProblem, instant, seconds, uuid } from '../fixtures/shapes';
import { requestCode, type SignIn, signIn, signInAgain, verify, webSession } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

type Device = { id: string; kind: string; device: string; address: string; current: boolean };
type Activity = { id: string; event: string; text: string; current: boolean; session_id: string | null };

const IPHONE = 'LatchkeyApp/1.2 (iPhone; iOS 17.5; Scale/3.00)';

const devices = async (client: Client, headers: Record<string, string>) =>
  (await client.get('/api/me/sessions', { headers })).json<{ sessions: Device[] }>().sessions;
const trail = async (client: Client, headers: Record<string, string>) =>
  (await client.get('/api/me/activity', { headers })).json<{ activity: Activity[]; notices: Activity[] }>();
const notices = async (client: Client, headers: Record<string, string>) =>
  (await trail(client, headers)).notices.map(({ text }) => text);
const isLive = async (client: Client, headers: Record<string, string>) =>
  (await client.get('/api/me', { headers })).status === 200;

test('the list names every live session, this one first, in exactly the promised shape', async ({
  client,
  newClient,
  newPhone,
  clock,
}) => {
  const phone = newPhone();
  const tablet = newClient();
  const cookie = await webSession(client, phone);
  await clock.passForPhone(phone, 61);
  const { code } = await requestCode(tablet, phone);
  const answer = await tablet.call('POST', '/api/auth/verify-otp', {
    json: { phone, otp: code },
    headers: { 'user-agent': IPHONE },
  });
  const { tokens } = answer.json<SignIn>();
  const shape = { id: uuid, created_at: instant, last_seen_at: instant };
  const app = { ...shape, kind: 'api', device: 'LatchkeyApp on iPhone', address: tablet.address };
  const web = { ...shape, kind: 'web', device: 'Unknown device', address: client.address };
  expect(await devices(tablet, bearer(tokens.access))).toEqual([
    { ...app, current: true },
    { ...web, current: false },
  ]);
  expect(await devices(client, { cookie })).toEqual([
    { ...web, current: true },
    { ...app, current: false },
  ]);
});

test('a session ended from another device is dead on its very next request: cookie, access and refresh alike', async ({
  client,
  newClient,
  newPhone,
  clock,
}) => {
  const phone = newPhone();
  const cookie = await webSession(newClient(), phone);
  const lost = await signInAgain(newClient(), phone, clock);
  const mine = await signInAgain(client, phone, clock);
  const own = bearer(mine.tokens.access);
  for (const { id } of (await devices(client, own)).filter(({ current }) => !current)) {
    const ended = await client.call('DELETE', `/api/me/sessions/${id}`, { headers: own });
    expect([ended.status, ended.json()]).toEqual([200, { success: true, message: 'Session ended' }]);
    expectProblem(await client.call('DELETE', `/api/me/sessions/${id}`, { headers: own }), 'not_found');
  }
  expectProblem(await client.get('/api/me', { headers: { cookie } }), 'token_revoked');
  expectProblem(await client.get('/api/me', { headers: bearer(lost.tokens.access) }), 'token_revoked');
  expectProblem(await client.post('/api/auth/refresh', { refresh: lost.tokens.refresh }), 'token_revoked');
  expect((await devices(client, own)).map(({ current }) => current)).toEqual([true]);
});

test('another person’s session is as unknown as a random one', async ({ client, newClient, newPhone }) => {
  const [mine, theirs] = [await signIn(client, newPhone()), await signIn(newClient(), newPhone())];
  const [session] = await devices(newClient(), bearer(theirs.tokens.access));
  for (const id of [session!.id, randomUUID(), 'me', '%00', "' or 1=1", session!.id.toUpperCase()]) {
    const answer = await client.call('DELETE', `/api/me/sessions/${encodeURIComponent(id)}`, {
      headers: bearer(mine.tokens.access),
    });
    await test.step(id, () => expectProblem(answer, 'not_found'));
  }
  expect(await isLive(client, bearer(theirs.tokens.access))).toBe(true);
});

test('one’s own session by its id is a sign-out', async ({ client, newPhone }) => {
  const cookie = await webSession(client, newPhone());
  const [own] = await devices(client, { cookie });
  const answer = await client.call('DELETE', `/api/me/sessions/${own!.id}`, {
    headers: { cookie, origin: client.url },
  });
  expect(answer.headers['set-cookie']?.join()).toMatch(/^next-auth\.session-token=; Path=\/; Max-Age=0/);
  expect(await isLive(client, { cookie })).toBe(false);
});

test('ending all others leaves this one, and takes a code of the last ten minutes', async ({
  client,
  newClient,
  newPhone,
  clock,
}) => {
  const phone = newPhone();
  const stranger = await signIn(newClient(), newPhone());
  const cookie = await webSession(newClient(), phone);
  const phoneApp = await signInAgain(newClient(), phone, clock);
  const mine = await signInAgain(client, phone, clock);
  const end = () => client.call('DELETE', '/api/me/sessions', { headers: bearer(mine.tokens.access) });
  await clock.passForSessions(mine.user.id, 601);
  expectProblem(await end(), 'fresh_proof_required');
  expect(await isLive(client, { cookie })).toBe(true);
  await clock.passForSessions(mine.user.id, -601);
  expect((await end()).json()).toMatchObject({ success: true, ended: 2 });
  expect(await isLive(client, { cookie })).toBe(false);
  expect(await isLive(client, bearer(phoneApp.tokens.access))).toBe(false);
  expect(await isLive(client, bearer(mine.tokens.access))).toBe(true);
  expect(await isLive(client, bearer(stranger.tokens.access))).toBe(true);
});

test.describe('the trail of one’s own account', () => {
  test('tells what happened, newest first, and nothing of others', async ({ client, newClient, newPhone }) => {
    await signIn(newClient(), newPhone());
    const { tokens } = await signIn(client, newPhone());
    const own = bearer(tokens.access);
    await client.call('PATCH', '/api/me', { headers: own, json: { bio: 'x' } });
    const [latest, ...rest] = (await trail(client, own)).activity;
    expect(latest).toEqual({
      id: uuid,
      event: 'user.profile_changed',
      text: 'Profile changed',
      device: 'Unknown device',
      address: client.address,
      created_at: instant,
      current: true,
      session_id: uuid,
    });
    expect(rest.map(({ event }) => event).sort()).toEqual(['session.created', 'user.created']);
  });

  test('a new sign-in is a notice in the other sessions until they have seen it', async ({
    client,
    newClient,
    newPhone,
    clock,
  }) => {
    const phone = newPhone();
    const first = bearer((await signIn(client, phone)).tokens.access);
    expect(await notices(client, first)).toEqual([]);
    const second = bearer((await signInAgain(newClient(), phone, clock)).tokens.access);
    expect(await notices(client, first)).toEqual(['New sign-in']);
    expect(await notices(client, second)).toEqual([]);
    const [shown] = (await trail(client, first)).notices;
    await signInAgain(newClient(), phone, clock);
    const seen = await client.post('/api/me/activity/seen', { up_to: shown!.id }, first);
    expect(seen.json()).toMatchObject({ success: true });
    // What came after the one that was shown has not been seen.
    expect(await notices(client, first)).toEqual(['New sign-in']);
  });

  test('a thief can’t make a notice go away: not by signing out, nor by much harmless activity', async ({
    client,
    newClient,
    newPhone,
    clock,
  }) => {
    const phone = newPhone();
    const owner = bearer((await signIn(client, phone)).tokens.access);
    const thief = bearer((await signInAgain(newClient(), phone, clock)).tokens.access);
    for (let i = 0; i < 40; i += 1) {
      await client.call('PATCH', '/api/me', { headers: thief, json: { bio: String(i) } });
    }
    await client.post('/api/auth/logout', {}, thief);
    expect(await notices(client, owner)).toEqual(['New sign-in']);
  });

  test('a thief can’t bury a notice under others', async ({ client, newClient, newPhone, clock }) => {
    const phone = newPhone();
    const owner = bearer((await signIn(client, phone)).tokens.access);
    const thief = bearer((await signInAgain(newClient(), phone, clock)).tokens.access);
    for (let i = 0; i < 10; i += 1) {
      expect((await client.get('/api/me/export', { headers: thief })).status).toBe(200);
    }
    expectProblem(await client.get('/api/me/export', { headers: thief }), 'too_many_requests', {
      retry_after_seconds: seconds(1, 3600),
    });
    expect((await notices(client, owner)).sort()).toEqual(['Data downloaded', 'New sign-in']);
  });

  test('who was thrown out by a thief is told at the next sign-in', async ({ client, newClient, newPhone, clock }) => {
    const phone = newPhone();
    await signIn(newClient(), phone);
    const thief = bearer((await signInAgain(newClient(), phone, clock)).tokens.access);
    for (const { id } of (await devices(client, thief)).filter(({ current }) => !current)) {
      await client.call('DELETE', `/api/me/sessions/${id}`, { headers: thief });
    }
    const owner = bearer((await signInAgain(client, phone, clock)).tokens.access);
    expect(await notices(client, owner)).toEqual(['Ended a session']);
  });

  test('only events of one’s own can be named as seen', async ({ client, newClient, newPhone }) => {
    const mine = bearer((await signIn(client, newPhone())).tokens.access);
    const theirs = bearer((await signIn(newClient(), newPhone())).tokens.access);
    const [event] = (await trail(client, theirs)).activity;
    for (const id of [event!.id, randomUUID()]) {
      expectProblem(await client.post('/api/me/activity/seen', { up_to: id }, mine), 'not_found');
    }
    expect((await client.post('/api/me/activity/seen', {}, mine)).json()).toMatchObject({ code: 'invalid_request' });
  });
});

test.describe('a refresh token at sign-out', () => {
  test('signs out by itself, when the access token has run out', async ({ client, newPhone }) => {
    const { tokens } = await signIn(client, newPhone());
    const answer = await client.post('/api/auth/logout', { refresh: tokens.refresh });
    expect([answer.status, answer.json()]).toEqual([200, { success: true, message: 'Logged out successfully' }]);
    expect(await isLive(client, bearer(tokens.access))).toBe(false);
    expectProblem(await client.post('/api/auth/refresh', { refresh: tokens.refresh }), 'token_revoked');
  });

  test('ends another session of the same person along with this one, and never somebody else’s', async ({
    client,
    newClient,
    newPhone,
    clock,
  }) => {
    const phone = newPhone();
    const stranger = await signIn(newClient(), newPhone());
    const [tablet, phoneApp] = [await signIn(newClient(), phone), await signInAgain(client, phone, clock)];
    const own = bearer(phoneApp.tokens.access);
    await client.post('/api/auth/logout', { refresh: tablet.tokens.refresh }, own);
    expect(await isLive(client, own)).toBe(false);
    expect(await isLive(client, bearer(tablet.tokens.access))).toBe(false);
    const next = await signInAgain(client, phone, clock);
    await client.post('/api/auth/logout', { refresh: stranger.tokens.refresh }, bearer(next.tokens.access));
    expect(await isLive(client, bearer(stranger.tokens.access))).toBe(true);
  });

  test('that was spent long ago is a copy somebody kept: the session ends, and says why', async ({
    client,
    newPhone,
    sql,
  }) => {
    const { tokens, user } = await signIn(client, newPhone());
    const next = (await client.post('/api/auth/refresh', { refresh: tokens.refresh })).json<{ access: string }>();
    await sql`
      update refresh_tokens set used_at = used_at - interval '31 seconds'
      where used_at is not null and session_id in (select id from sessions where user_id = ${user.id})`;
    await client.post('/api/auth/logout', { refresh: tokens.refresh });
    expect(await isLive(client, bearer(next.access))).toBe(false);
    const [row] = await sql`select revoked_reason from sessions where user_id = ${user.id}`;
    expect(row).toEqual({ revoked_reason: 'refresh_reused' });
  });

  test('that is not ours, or asks for everything, changes nothing', async ({ client, newPhone }) => {
    const { tokens } = await signIn(client, newPhone());
    expectProblem(await client.post('/api/auth/logout', { refresh: 'x' }), 'unauthenticated');
    expectProblem(
      await client.post('/api/auth/logout', { refresh: tokens.refresh, everywhere: true }),
      'unauthenticated',
    );
    expect(await isLive(client, bearer(tokens.access))).toBe(true);
  });
});

test('a right code of another flow can’t name the session it signs in', async ({ client, newPhone }) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  const answer = await verify(client, phone, code, { session_id: randomUUID() });
  expectProblem(answer, 'invalid_request', { errors: [{ path: 'session_id', message: expect.any(String) }] });
});
