import { expectNothingInternal, expectProblem } from '../fixtures/shapes';
import { csrf, nextAuthSignIn, requestCode, sessionCookieOf, webSession, wrongCode } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

test('its credentials sign-in sets an httpOnly session cookie, and the session has a user', async ({
  client,
  run,
  newPhone,
}) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  const answer = await nextAuthSignIn(client, { phone, otp: code });
  expect(answer.status).toBe(200);
  expect(answer.json()).toEqual({ url: `${run.appUrl}/dashboard` });
  const line = answer.headers['set-cookie']?.find((cookie) => cookie.includes('session-token=')) ?? '';
  expect(line).toMatch(/; Path=\/; Expires=[^;]+; HttpOnly; SameSite=Lax$/);
  const cookie = sessionCookieOf(answer) ?? '';
  const session = await client.get('/api/auth/session', { headers: { cookie } });
  expect(session.json()).toEqual({
    expires: expect.any(String),
    user: { id: expect.any(String), name: null, email: null, image: null, phone, role: 'user' },
  });
  expect((await client.get('/api/me', { headers: { cookie } })).json()).toMatchObject({ phone });
});

test('a sign-in over an older cookie ends the session it replaces; a wrong code ends nothing', async ({
  client,
  newPhone,
}) => {
  const older = await webSession(client, newPhone());
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  const from = await csrf(client);
  const over = { ...from, cookie: `${from.cookie}; ${older}` };
  const mine = async (cookie: string) => (await client.get('/api/me', { headers: { cookie } })).json();
  await nextAuthSignIn(client, { phone, otp: wrongCode(code) }, over);
  expect(await mine(older)).toHaveProperty('phone');
  const newer = sessionCookieOf(await nextAuthSignIn(client, { phone, otp: code }, over)) ?? '';
  expect(await mine(older)).toMatchObject({ code: 'token_revoked' });
  expect(await mine(newer)).toMatchObject({ phone });
});

test('takes the challenge_id, and refuses that of another code', async ({ client, newPhone }) => {
  const [phone, other] = [newPhone(), newPhone()];
  const { challenge_id: foreign } = await requestCode(client, other);
  const { code, challenge_id } = await requestCode(client, phone);
  expect(sessionCookieOf(await nextAuthSignIn(client, { phone, otp: code, challenge_id: foreign }))).toBeUndefined();
  expect(sessionCookieOf(await nextAuthSignIn(client, { phone, otp: code, challenge_id }))).toBeDefined();
});

test('says by our own codes why a sign-in failed', async ({ client, newPhone }) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  const from = await csrf(client);
  const why = async (fields: Record<string, string>) => {
    const answer = await nextAuthSignIn(client, fields, from);
    expect(answer.status).toBe(401);
    expect(sessionCookieOf(answer)).toBeUndefined();
    expectNothingInternal(answer);
    return new URL(answer.json<{ url: string }>().url).searchParams.get('error');
  };
  expect(await why({ phone, otp: wrongCode(code) })).toBe('invalid_code');
  expect(await why({ phone: newPhone(), otp: code })).toBe('code_expired');
  expect(await why({ phone: 'x', otp: code })).toBe('invalid_phone');
  expect(await why({ phone, otp: 'x' })).toBe('invalid_request');
  expect(await why({ phone })).toBe('invalid_request');
  expect(await why({ phone, otp: code, challenge_id: 'x' })).toBe('invalid_request');
});

test('its tries count together with those of the REST route', async ({ client, newPhone }) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  for (const by of [1, 2]) await nextAuthSignIn(client, { phone, otp: wrongCode(code, by) });
  const answer = await client.post('/api/auth/verify-otp', { phone, otp: wrongCode(code, 3) });
  expectProblem(answer, 'invalid_code', { attempts_left: 2 });
});

test('its tries take places in the window of the address', async ({ client, newPhone }) => {
  const from = await csrf(client);
  const errors = [];
  for (let tried = 0; tried < 31; tried += 1) {
    const fields = tried % 2 ? { phone: newPhone(), otp: '123456' } : { phone: 'x', otp: '1' };
    const { url } = (await nextAuthSignIn(client, fields, from)).json<{ url: string }>();
    errors.push(new URL(url).searchParams.get('error'));
  }
  expect(errors.slice(0, 30)).not.toContain('too_many_requests');
  expect(errors[30]).toBe('too_many_requests');
});

test('without its CSRF token nobody signs in, and the code is still good', async ({ client, newPhone }) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  const { cookie } = await csrf(client);
  for (const from of [
    { csrfToken: 'x', cookie },
    { csrfToken: '', cookie: '' },
    { csrfToken: 'x'.repeat(64), cookie: '' },
  ]) {
    expect(sessionCookieOf(await nextAuthSignIn(client, { phone, otp: code }, from))).toBeUndefined();
  }
  expect(sessionCookieOf(await nextAuthSignIn(client, { phone, otp: code }))).toBeDefined();
});

test('pages of other origins can’t post to it', async ({ client, newPhone }) => {
  const { csrfToken, cookie } = await csrf(client);
  const body = new URLSearchParams({ csrfToken, phone: newPhone(), otp: '123456' }).toString();
  for (const headers of [{ origin: 'https://evil.example' }, { origin: 'null' }, { 'sec-fetch-site': 'cross-site' }]) {
    for (const path of ['/api/auth/callback/otp', '/api/auth/signout', '/api/auth/signin/otp']) {
      expectProblem(
        await client.call('POST', path, { headers: { ...FORM, cookie, ...headers }, body }),
        'origin_not_allowed',
      );
    }
  }
});

test('its sign-out revokes the row, and a revoked session is empty', async ({ client, newPhone, sql }) => {
  const phone = newPhone();
  const session = await webSession(client, phone);
  const { csrfToken, cookie } = await csrf(client);
  const answer = await client.call('POST', '/api/auth/signout', {
    headers: { ...FORM, cookie: `${cookie}; ${session}`, origin: client.url },
    body: new URLSearchParams({ csrfToken, json: 'true' }).toString(),
  });
  expect(answer.status).toBe(200);
  expect(answer.headers['clear-site-data']).toContain('"cookies"');
  const [trail] = await sql`select address from audit_events where event = 'session.ended' and phone = ${phone}`;
  expect(trail?.address).toBe(client.address);
  expect((await client.get('/api/auth/session', { headers: { cookie: session } })).json()).toEqual({});
  expectProblem(await client.get('/api/me', { headers: { cookie: session } }), 'token_revoked');
});

test('a session revoked elsewhere is empty at once', async ({ client, newPhone, sql }) => {
  const phone = newPhone();
  const cookie = await webSession(client, phone);
  await sql`update sessions set revoked_at = now() where user_id = (select id from users where phone = ${phone})`;
  expect((await client.get('/api/auth/session', { headers: { cookie } })).json()).toEqual({});
});

test('nobody’s session is empty', async ({ client }) => {
  for (const cookie of ['', 'next-auth.session-token=x', 'next-auth.session-token=x.y.z']) {
    const answer = await client.get('/api/auth/session', { headers: { cookie } });
    expect([answer.status, answer.json()]).toEqual([200, {}]);
  }
});

test('offers its otp provider, and no page of its own', async ({ client, run }) => {
  const providers = (await client.get('/api/auth/providers')).json<Record<string, { id: string; type: string }>>();
  expect(providers.otp).toMatchObject({
    id: 'otp',
    type: 'credentials',
    callbackUrl: `${run.appUrl}/api/auth/callback/otp`,
  });
  const signin = await client.get('/api/auth/signin');
  expect(signin.status).toBe(302);
  expect(new URL(signin.headers.location ?? '', run.appUrl).pathname).toBe('/auth');
});

test('its addresses don’t depend on the Host header', async ({ client, run }) => {
  const headers = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };
  const answer = await client.get('/api/auth/providers', { headers });
  expect(answer.text).not.toContain('evil.example');
  expect(answer.text).toContain(run.appUrl);
});

const nowhere = [
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'data:text/html,x',
  'https://evil.example',
  '//evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  'http://localhost:1/',
  'http://localhost@evil.example/',
  '%00',
  'ftp://localhost',
  ' javascript:alert(1)',
  'java\tscript:alert(1)',
  'vbscript:x',
  'blob:x',
  'dashboard',
  '?x',
  '',
];
test('a callbackUrl that leads elsewhere is refused or not followed, and never a 500', async ({
  client,
  run,
  newPhone,
}) => {
  for (const callbackUrl of nowhere) {
    await test.step(callbackUrl, async () => {
      for (const path of [
        '/api/auth/signin',
        '/api/auth/signin/otp',
        '/api/auth/callback/otp',
        '/api/auth/signout',
        '/api/auth/error',
        '/api/auth/session',
      ]) {
        const answer = await client.get(`${path}?callbackUrl=${encodeURIComponent(callbackUrl)}`);
        expect(answer.status).toBeLessThan(500);
        expect(new URL(answer.headers.location ?? '/', run.appUrl).origin).toBe(run.appUrl);
        const withCookie = await client.get(path, {
          headers: { cookie: `next-auth.callback-url=${encodeURIComponent(callbackUrl)}` },
        });
        expect(withCookie.status).toBeLessThan(500);
        expect(new URL(withCookie.headers.location ?? '/', run.appUrl).origin).toBe(run.appUrl);
      }
      const posted = await nextAuthSignIn(client, { phone: newPhone(), otp: '123456', callbackUrl });
      expect(posted.status).toBeLessThan(500);
      if (posted.status === 401) expect(new URL(posted.json<{ url: string }>().url).origin).toBe(run.appUrl);
    });
  }
});

test('even a right code leads only to a page of ours', async ({ newClient, run, newPhone }) => {
  for (const callbackUrl of ['https://evil.example', '//evil.example', 'javascript:alert(1)', '/dashboard/profile']) {
    const client = newClient();
    const phone = newPhone();
    const { code } = await requestCode(client, phone);
    const answer = await nextAuthSignIn(client, { phone, otp: code, callbackUrl });
    const url = answer.status === 200 ? answer.json<{ url: string }>().url : run.appUrl;
    expect(new URL(url).origin).toBe(run.appUrl);
    if (callbackUrl.startsWith('/d')) expect(url).toBe(`${run.appUrl}${callbackUrl}`);
  }
});

test('odd requests never fail', async ({ client }) => {
  const odd = [
    '/api/auth/error?error=%ff',
    '/api/auth/error?error=',
    `/api/auth/error?error=${'x'.repeat(200)}`,
    '/api/auth/error?error=<script>',
    '/api/auth/verify-request',
    '/api/auth/callback',
    '/api/auth/callback/otp',
    '/api/auth/callback/google',
    '/api/auth/callback/x/y',
    '/api/auth/signin/x',
    '/api/auth/_log',
    '/api/auth/',
    '/api/auth',
    '/api/auth/csrf/x',
    '/api/auth/constructor',
    '/api/auth/__proto__',
    '/api/auth/toString',
  ];
  for (const path of odd) {
    for (const [method, body] of [
      ['GET', undefined],
      ['POST', ''],
      ['POST', 'csrfToken=x'],
      ['POST', '%'],
      ['POST', 'a[b]=c&__proto__=1'],
    ] as const) {
      const answer = await client.call(method, path, { body, headers: body === undefined ? {} : FORM });
      await test.step(`${method} ${path} ${body ?? ''}`, () => {
        expect(answer.status).toBeLessThan(500);
        expect(answer.text).not.toMatch(/\bat .+:\d+:\d+|node_modules/);
      });
    }
  }
  for (const [body, type] of [
    ['{', 'application/json'],
    ['{}', 'application/json'],
    ['x', 'text/plain'],
    ['x'.repeat(20_000), FORM['content-type']],
    ['null', 'application/json'],
  ] as const) {
    const answer = await client.call('POST', '/api/auth/callback/otp', { body, headers: { 'content-type': type } });
    expect(answer.status).toBeLessThan(500);
  }
});
