import sharp from 'sharp';
import { routePaths } from '@/lib/openapi/testing/route-files';
import { type Answer, bearer, Client } from '../fixtures/http-client';
import { startSeparateApp } from '../fixtures/separate-app';
import { expectProblem } from '../fixtures/shapes';
import { newestCode, requestCode, signIn, verify, webSession } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';
import { LISTED_ORIGIN } from '../stack/run';

const listed = { origin: LISTED_ORIGIN };
const unlisted = { origin: 'https://evil.example' };
const OURS_ALONE = /^\/(api\/(admin|webhooks|dev)\/|auth\/passkey)/;
const NEXT_AUTH = '/api/auth/{nextauth+}';

const cors = ({ headers }: Answer) =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.startsWith('access-control-')));
const vary = ({ headers }: Answer) => (headers.vary ?? '').toLowerCase().split(/,\s*/);

/** The answer says that a page on the listed origin may read it, and no more than that. */
function expectShared(answer: Answer): void {
  expect(cors(answer)).toEqual({
    'access-control-allow-origin': LISTED_ORIGIN,
    'access-control-expose-headers': 'Retry-After, X-Request-Id',
  });
  expect(vary(answer)).toContain('origin');
  expect(answer.headers['set-cookie']).toBeUndefined();
}

function expectUnshared(answer: Answer): void {
  expect(cors(answer)).toEqual({});
  expect(vary(answer)).toContain('origin');
}

/** Every address of the API, with something in its braces. */
const paths = routePaths()
  // The one is NextAuth's, the other answers no method at all.
  .filter((path) => path !== NEXT_AUTH && path !== '/api/method-not-allowed')
  .map((path) => path.replace('/{path*}', '/nothing').replaceAll(/\{[^}]+\}/g, '01890a5d-ac96-774b-bcce-b302099a8057'));

test('preflights are answered on every address, with and without a slash, as the origin is listed', async ({
  client,
}) => {
  expect(paths.length).toBeGreaterThan(25);
  const asked = { 'access-control-request-method': 'PUT', 'access-control-request-headers': 'authorization, x-other' };
  for (const path of paths.flatMap((path) => [path, `${path}/`])) {
    await test.step(path, async () => {
      const answer = await client.call('OPTIONS', path, { headers: { ...listed, ...asked } });
      const methods = String(answer.headers.allow).replace(', OPTIONS', '');
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect(vary(answer)).toEqual(
        expect.arrayContaining(['origin', 'access-control-request-method', 'access-control-request-headers']),
      );
      const allowed = {
        'access-control-allow-origin': LISTED_ORIGIN,
        'access-control-expose-headers': 'Retry-After, X-Request-Id',
        'access-control-allow-methods': methods,
        'access-control-allow-headers': 'Authorization, Content-Type',
        'access-control-max-age': '7200',
      };
      expect(cors(answer)).toEqual(OURS_ALONE.test(path) ? {} : allowed);
      const stranger = await client.call('OPTIONS', path, { headers: { ...unlisted, ...asked } });
      expect(stranger.status).toBe(204);
      expectUnshared(stranger);
      expect(vary(stranger)).toEqual(vary(answer));
    });
  }
});

test('a listed origin signs in, reads, changes and refreshes with tokens, and gets no cookie', async ({
  client,
  newPhone,
}) => {
  const phone = newPhone();
  const sent = await client.post('/api/auth/send-otp', { phone }, listed);
  expectShared(sent);
  const otp = await newestCode(client, phone);
  const verified = await client.post(
    '/api/auth/verify-otp',
    { phone, otp },
    { ...listed, 'sec-fetch-site': 'cross-site' },
  );
  expect(verified.status).toBe(200);
  expectShared(verified);
  const { tokens } = verified.json<{ tokens: { access: string; refresh: string } }>();
  const headers = { ...listed, ...bearer(tokens.access) };
  expectShared(await client.get('/api/me', { headers }));
  const changed = await client.call('PATCH', '/api/me', { headers, json: { bio: 'Hi' } });
  expect(changed.json()).toMatchObject({ bio: 'Hi' });
  expectShared(changed);
  const refreshed = await client.post('/api/auth/refresh', { refresh: tokens.refresh }, listed);
  expect(refreshed.status).toBe(200);
  expectShared(refreshed);
  const { refresh } = refreshed.json<{ refresh: string }>();
  const left = await client.post('/api/auth/logout', { refresh }, listed);
  expect(left.status).toBe(200);
  expectShared(left);
});

test('a listed origin can read every refusal', async ({ client, newPhone }) => {
  const phone = newPhone();
  const { tokens } = await signIn(client, newPhone());
  const post = (path: string, json: unknown) => client.post(path, json, listed);
  await post('/api/auth/send-otp', { phone });
  const refusals = [
    [400, await post('/api/auth/send-otp', { phone: 5 })],
    [400, await post('/api/auth/verify-otp', { phone: newPhone(), otp: '123456' })],
    [401, await client.get('/api/me', { headers: listed })],
    [401, await client.get('/api/me', { headers: { ...listed, ...bearer('nonsense') } })],
    [401, await client.call('DELETE', '/api/me', { headers: { ...listed, ...bearer('a.b.c') } })],
    [404, await client.get('/api/nothing', { headers: listed })],
    [404, await post('/api/nothing/at/all', {})],
    [404, await client.call('DELETE', '/api/me/sessions/x', { headers: { ...listed, ...bearer(tokens.access) } })],
    [405, await client.call('PUT', '/api/auth/send-otp', { headers: listed })],
    [405, await client.call('TRACE', '/api/me', { headers: listed })],
    [413, await post('/api/auth/send-otp', { phone: 'x'.repeat(20_000) })],
    [415, await client.call('POST', '/api/auth/send-otp', { headers: listed, body: 'phone=1' })],
    [429, await post('/api/auth/send-otp', { phone })],
  ] as const;
  for (const [status, answer] of refusals) {
    await test.step(String(status), () => {
      expect(answer.status, answer.text).toBe(status);
      expectShared(answer);
    });
  }
});

test('a listed origin can read that something is not available', async ({ newAddress, newPhone }) => {
  const app = await startSeparateApp({ SMS_BUDGET_PER_HOUR: '1', CORS_ALLOWED_ORIGINS: LISTED_ORIGIN });
  const client = new Client(app.url, newAddress());
  await client.post('/api/auth/send-otp', { phone: newPhone() });
  const paused = await client.post('/api/auth/send-otp', { phone: newPhone() }, listed);
  client.close();
  await app.stop();
  expect(paused.status).toBe(503);
  expectShared(paused);
});

test('an origin that is not listed reads nothing and changes nothing, whatever it bears', async ({
  client,
  newPhone,
}) => {
  const phone = newPhone();
  const { user, tokens } = await signIn(client, phone);
  for (const headers of [unlisted, { origin: 'null' }, { origin: `${LISTED_ORIGIN}.evil.example` }, { origin: '' }]) {
    const withToken = { ...headers, ...bearer(tokens.access) };
    expectUnshared(await client.get('/api/me', { headers: withToken }));
    const refused = [
      await client.call('PATCH', '/api/me', { headers: withToken, json: { bio: 'x' } }),
      await client.call('DELETE', '/api/me', { headers: withToken }),
      await client.post('/api/auth/refresh', { refresh: tokens.refresh }, headers),
      await client.post('/api/auth/send-otp', { phone: newPhone() }, headers),
    ];
    for (const answer of refused) {
      expectProblem(answer, 'origin_not_allowed');
      expectUnshared(answer);
    }
    expectProblem(await client.post('/api/auth/logout', { refresh: tokens.refresh }, headers), 'unauthenticated');
  }
  expect((await client.get('/api/me', { headers: bearer(tokens.access) })).json()).toEqual(user);
  expect((await client.post('/api/auth/refresh', { refresh: tokens.refresh })).status).toBe(200);
});

test('the cookie counts for nothing from another origin, listed or not, on reading calls either', async ({
  client,
  newPhone,
}) => {
  const phone = newPhone();
  const cookie = await webSession(client, phone);
  const { user } = (await client.get('/api/auth/session', { headers: { cookie } })).json<{ user: object }>();
  for (const headers of [listed, unlisted, { origin: 'null' }, { ...listed, 'sec-fetch-site': 'same-site' }]) {
    const sent = { ...headers, cookie };
    for (const path of ['/api/me', '/api/me/sessions', '/api/me/export', '/api/me/activity', '/api/auth/session']) {
      expectProblem(await client.get(path, { headers: sent }), 'origin_not_allowed');
    }
    for (const [method, path] of [
      ['PATCH', '/api/me'],
      ['DELETE', '/api/me/sessions'],
      ['POST', '/api/auth/logout'],
    ] as const) {
      const answer = await client.call(method, path, { headers: sent, json: {} });
      expectProblem(answer, 'origin_not_allowed');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
    // A token that is no good is the whole answer; the cookie neither stands in for it nor is taken away.
    const spoilt = await client.post('/api/auth/logout', {}, { ...sent, ...bearer('a.b.c') });
    expectProblem(spoilt, 'unauthenticated');
    expect(spoilt.headers['set-cookie']).toBeUndefined();
    const page = await client.get('/dashboard', { headers: sent });
    expect(page.headers.location).toMatch(/\/auth$/);
  }
  expect((await client.get('/api/me', { headers: { cookie } })).json()).toMatchObject({ phone });
  expect((await client.get('/api/auth/session', { headers: { cookie } })).json()).toMatchObject({ user });
});

test('a device that the account knows by its cookie is a stranger from another origin', async ({
  client,
  newPhone,
  clock,
  sql,
  run,
}) => {
  const phone = newPhone();
  const cookie = await webSession(client, phone);
  await clock.passForPhone(phone, 61);
  const { code } = await requestCode(client, phone);
  await sql`insert into phone_throttles values (${phone}, 100, now())`;
  const own = { origin: run.appUrl, cookie };
  expectProblem(
    await client.post('/api/auth/verify-otp', { phone, otp: code }, { ...listed, cookie }),
    'too_many_attempts',
    {
      retry_after_seconds: expect.any(Number),
    },
  );
  expect((await client.post('/api/auth/verify-otp', { phone, otp: code }, own)).status).toBe(200);
});

test('NextAuth, administrators’ calls, receipts and the inbox are shared with nobody', async ({ client, newPhone }) => {
  const { tokens } = await signIn(client, newPhone());
  const answers = [
    await client.get('/api/auth/csrf', { headers: listed }),
    await client.get('/api/auth/providers', { headers: listed }),
    await client.post('/api/auth/callback/otp', {}, listed),
    await client.get('/api/admin/deliveries', { headers: { ...listed, ...bearer(tokens.access) } }),
    await client.post('/api/webhooks/twilio/status', {}, listed),
    await client.post('/auth/passkey', {}, listed),
    await client.get('/api/dev/inbox', { headers: listed }),
  ];
  for (const answer of answers) expect(cors(answer)).toEqual({});
});

test('an uploaded picture may be shown by pages elsewhere; nothing else is for them', async ({ client, newPhone }) => {
  const { tokens } = await signIn(client, newPhone());
  const picture = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const headers = { ...bearer(tokens.access), 'content-type': 'image/png' };
  const { avatar_url: address } = (await client.call('PUT', '/api/me/avatar', { headers, body: picture })).json<{
    avatar_url: string;
  }>();
  const policyOf = async (path: string) => (await client.get(path)).headers['cross-origin-resource-policy'];
  expect(await policyOf(address)).toBe('cross-origin');
  expect(await policyOf(`${address}/`)).toBe('cross-origin');
  for (const path of ['/api/me', '/api/health', '/auth', '/api/avatars'])
    expect(await policyOf(path)).toBe('same-origin');
});

test('without the setting no origin is listed', async ({ newAddress, newPhone }) => {
  const app = await startSeparateApp({});
  const client = new Client(app.url, newAddress());
  const phone = newPhone();
  const refused = await client.post('/api/auth/send-otp', { phone }, listed);
  const { code } = await requestCode(client, phone);
  const signedIn = await verify(client, phone, code);
  client.close();
  await app.stop();
  expectProblem(refused, 'origin_not_allowed');
  expectUnshared(refused);
  expect(signedIn.status).toBe(200);
});
