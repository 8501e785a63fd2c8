import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { newSubject, type OwnGoogle, withCrookedGoogle } from '../fixtures/google-app';
import { comeBack, cookiesOf, pathOf, press, type Round, roundOf, startRound } from '../fixtures/google-round';
import type { Client } from '../fixtures/http-client';
import { expectProblem, instant, uuid } from '../fixtures/shapes';
import { expectNoted } from '../fixtures/server-log';
import { csrf, sessionCookieOf, webSession } from '../fixtures/sign-in';
import { expect, test as base } from '../fixtures/test';
import type { Crooked, CrookedGoogle } from '../stack/crooked-google';

const test = base.extend<OwnGoogle<CrookedGoogle>>(withCrookedGoogle());

const FAILED = '/auth?error=google_failed';
const FORM = { 'content-type': 'application/x-www-form-urlencoded' };

/** A whole round; the answer that comes of it. */
async function round(
  client: Client,
  google: CrookedGoogle,
  crooked: Crooked = {},
  how: Parameters<typeof press>[1] = {},
) {
  const started = await startRound(client, how);
  const session = Object.fromEntries([(how?.cookie ?? '').split('=')].filter(([name]) => name));
  const code = google.code(started.nonce, crooked);
  const answer = await comeBack(client, { state: started.state, code }, { ...started.cookies, ...session });
  return { started, code, answer };
}

/** The session cookie of somebody new at Google. */
async function googleSession(client: Client, google: CrookedGoogle, subject = newSubject()): Promise<string> {
  const { answer } = await round(client, google, { claims: { sub: subject } });
  return sessionCookieOf(answer) ?? '';
}

// One worker, so one server.
test.describe.configure({ mode: 'default' });

test('a button leads to the provider with state, nonce and PKCE, and ties them to the browser', async ({
  client,
  google,
  run,
}) => {
  const { url, state, nonce, challenge, cookies } = await startRound(client);
  expect(`${url.origin}${url.pathname}`).toBe(`${google.issuer}/auth`);
  expect(Object.fromEntries(url.searchParams)).toEqual({
    client_id: google.settings.GOOGLE_CLIENT_ID,
    redirect_uri: `${run.appUrl}/api/auth/callback/google`,
    response_type: 'code',
    scope: 'openid email profile',
    prompt: 'select_account',
    state,
    nonce,
    code_challenge: challenge,
    code_challenge_method: 'S256',
  });
  expect(Math.min(state.length, nonce.length, challenge.length)).toBeGreaterThanOrEqual(43);
  expect(Object.keys(cookies).sort()).toEqual([
    'next-auth.callback-url',
    'next-auth.nonce',
    'next-auth.pkce.code_verifier',
    'next-auth.state',
  ]);
  const another = await startRound(client);
  expect(new Set([state, nonce, another.state, another.nonce]).size).toBe(4);
});

test('a right answer signs in, proves the code verifier, and is worth nothing a second time', async ({
  client,
  google,
}) => {
  const { started, code, answer } = await round(client, google, { claims: { sub: newSubject() } });
  expect(pathOf(client, answer)).toBe('/auth/add-phone');
  const session = sessionCookieOf(answer) ?? '';
  expect((await client.get('/api/me', { headers: { cookie: session } })).status).toBe(200);
  const line = answer.headers['set-cookie']?.find((cookie) => cookie.includes('session-token=')) ?? '';
  expect(line).toMatch(/HttpOnly/i);
  expect(line).toMatch(/SameSite=lax/i);
  for (const name of ['state', 'nonce', 'pkce.code_verifier']) {
    expect(
      answer.headers['set-cookie']?.some((cookie) => cookie.startsWith(`next-auth.${name}=;`)),
      name,
    ).toBe(true);
  }
  const posted = google.posted.find((form) => form.get('code') === code);
  const verifier = posted?.get('code_verifier') ?? '';
  expect(createHash('sha256').update(verifier).digest('base64url')).toBe(started.challenge);

  const again = await comeBack(client, { state: started.state, code }, started.cookies);
  expect(pathOf(client, again)).toBe(FAILED);
  expect(sessionCookieOf(again)).toBeUndefined();
});

const lies: [string, Crooked][] = [
  ['another issuer', { claims: { iss: 'https://accounts.google.com' } }],
  ['another audience', { claims: { aud: 'somebody-elses-client' } }],
  ['several audiences and none who asked', { claims: { aud: ['crooked-client', 'other'] } }],
  ['another nonce', { claims: { nonce: 'x'.repeat(43) } }],
  ['no nonce', { claims: { nonce: undefined } }],
  ['an end in the past', { claims: { exp: Math.floor(Date.now() / 1000) - 60 } }],
  ['no end', { claims: { exp: undefined } }],
  [
    'a beginning in the future',
    { claims: { iat: Math.floor(Date.now() / 1000) + 3600, nbf: Math.floor(Date.now() / 1000) + 3600 } },
  ],
  ['nobody in it', { claims: { sub: undefined } }],
  ['an empty subject', { claims: { sub: '' } }],
  ['a subject that can’t be one', { claims: { sub: 'a\u0000b' } }],
  ['a key that nobody published', { signedBy: 'stranger' }],
  ['the client secret as its key', { signedBy: 'secret' }],
  ['no signature', { signedBy: 'nobody' }],
];
for (const [what, crooked] of lies) {
  test(`an ID token with ${what} signs nobody in`, async ({ client, google, sql }) => {
    const [before] = await sql`select count(*)::int as people from users`;
    const { answer } = await round(client, google, crooked);
    expect(pathOf(client, answer)).toBe(FAILED);
    expect(sessionCookieOf(answer)).toBeUndefined();
    expect(await sql`select count(*)::int as people from users`).toEqual([before]);
  });
}

test('a discovery document that names another issuer signs nobody in', async ({ client, google }) => {
  google.named = 'https://accounts.google.com';
  try {
    const { answer } = await round(client, google, { claims: { iss: google.named, sub: newSubject() } });
    expect(pathOf(client, answer)).toBe(FAILED);
    expect(sessionCookieOf(answer)).toBeUndefined();
  } finally {
    google.named = google.issuer;
  }
});

test('an answer without, or with another browser’s, state, nonce or PKCE signs nobody in', async ({
  client,
  google,
}) => {
  const mine = await startRound(client);
  const theirs = await startRound(client);
  const without = (name: string) =>
    Object.fromEntries(Object.entries(mine.cookies).filter(([cookie]) => cookie !== `next-auth.${name}`));
  const with_ = (name: string, value: string | undefined) => ({ ...mine.cookies, [`next-auth.${name}`]: value ?? '' });
  const wrong: [string, Record<string, string>, Record<string, string>][] = [
    ['no state', {}, mine.cookies],
    ['a forged state', { state: 'x'.repeat(43) }, mine.cookies],
    ['an empty state', { state: '' }, mine.cookies],
    ['another’s state', { state: theirs.state }, mine.cookies],
    ['no cookies', { state: mine.state }, {}],
    ['another’s cookies', { state: mine.state }, theirs.cookies],
    ['no state cookie', { state: mine.state }, without('state')],
    ['no nonce cookie', { state: mine.state }, without('nonce')],
    ['no PKCE cookie', { state: mine.state }, without('pkce.code_verifier')],
    ['another’s nonce cookie', { state: mine.state }, with_('nonce', theirs.cookies['next-auth.nonce'])],
    ['the state cookie as nonce cookie', { state: mine.state }, with_('nonce', mine.cookies['next-auth.state'])],
    ['the nonce cookie as state cookie', { state: mine.state }, with_('state', mine.cookies['next-auth.nonce'])],
    ['a spoilt state cookie', { state: mine.state }, with_('state', `${mine.cookies['next-auth.state']}x`)],
  ];
  for (const [what, query, cookies] of wrong) {
    await test.step(what, async () => {
      const code = google.code(mine.nonce, { claims: { sub: newSubject() } });
      const answer = await comeBack(client, { code, ...query }, cookies);
      expect(pathOf(client, answer)).toBe(FAILED);
      expect(sessionCookieOf(answer)).toBeUndefined();
    });
  }
});

test('another browser’s PKCE cookie is what goes to the provider, which would refuse it', async ({
  client,
  google,
}) => {
  const [mine, theirs] = [await startRound(client), await startRound(client)];
  const code = google.code(mine.nonce);
  await comeBack(
    client,
    { state: mine.state, code },
    { ...mine.cookies, 'next-auth.pkce.code_verifier': theirs.cookies['next-auth.pkce.code_verifier'] ?? '' },
  );
  const verifier = google.posted.find((form) => form.get('code') === code)?.get('code_verifier') ?? '';
  expect(createHash('sha256').update(verifier).digest('base64url')).not.toBe(mine.challenge);
});

test('state, nonce, PKCE and intent cookies are no sessions', async ({ client, newPhone }) => {
  const session = await webSession(client, newPhone());
  const { cookies } = await startRound(client, { purpose: 'link', cookie: session });
  expect(Object.keys(cookies)).toContain('latchkey.google-link');
  for (const [name, value] of Object.entries(cookies)) {
    const cookie = `next-auth.session-token=${value}`;
    expectProblem(await client.get('/api/me', { headers: { cookie } }), 'unauthenticated');
    expect((await client.get('/api/auth/session', { headers: { cookie } })).json(), name).toEqual({});
  }
});

test('errors that come back are told by our own names, whatever they say', async ({ client }) => {
  const { state, cookies } = await startRound(client);
  for (const [error, name] of [
    ['access_denied', 'google_cancelled'],
    ['server_error', 'google_failed'],
    ['temporarily_unavailable', 'google_failed'],
  ]) {
    const answer = await comeBack(client, { state, error: error ?? '', error_description: 'Call <b>us</b>' }, cookies);
    expect(pathOf(client, answer)).toBe(`/auth?error=${name}`);
  }
});

test('a provider that fails is not our failure', async ({ client, google }) => {
  for (const status of [400, 401, 500, 503]) {
    const { answer } = await round(client, google, { status });
    expect(answer.status).toBe(303);
    expect(pathOf(client, answer)).toBe(FAILED);
  }
});

test('a provider that can’t be reached is told at once, on the page the button stands on', async ({
  client,
  google,
  newPhone,
}) => {
  const cookie = await webSession(client, newPhone());
  const { csrfToken, cookie: csrfCookie } = await csrf(client);
  google.down = true;
  try {
    expect(pathOf(client, await press(client))).toBe('/auth?error=google_unreachable');
    const link = await press(client, { purpose: 'link', cookie });
    expect(pathOf(client, link)).toBe('/dashboard/security?error=google_unreachable');
    const scripted = await client.post('/auth/google', { purpose: 'link' }, { cookie, origin: client.url });
    expectProblem(scripted, 'service_unavailable', { retry_after_seconds: 5 });
    const standard = await client.call('POST', '/api/auth/signin/google', {
      headers: { ...FORM, cookie: csrfCookie, origin: client.url },
      body: new URLSearchParams({ csrfToken }).toString(),
    });
    let page = standard;
    for (let hops = 0; page.headers.location && hops < 4; hops += 1) page = await client.get(pathOf(client, page));
    expect(page.text).toContain('Google can’t be reached just now.');
  } finally {
    google.down = false;
  }
});

test('only a GET comes back from Google', async ({ client }) => {
  for (const method of ['POST', 'PUT', 'DELETE', 'HEAD']) {
    const answer = await client.call(method, '/api/auth/callback/google', { headers: FORM, body: '' });
    expect(answer.status, method).toBe(405);
  }
  expectProblem(await client.get('/api/auth/callback/otp'), 'method_not_allowed');
  expect((await client.get('/api/auth/callback/google/more')).status).toBe(404);
  expect((await client.get('/auth/google')).status).toBe(405);
});

test('pages of other origins can’t press the button, and the log says who tried', async ({ client, newPhone, run }) => {
  const cookie = await webSession(client, newPhone());
  for (const headers of <Record<string, string>[]>[
    { origin: 'https://evil.example' },
    { origin: 'null' },
    { 'sec-fetch-site': 'cross-site' },
    { 'sec-fetch-site': 'same-site' },
  ]) {
    for (const purpose of [undefined, 'link']) {
      const answer = await press(client, { purpose, cookie, headers });
      expectProblem(answer, 'origin_not_allowed');
      expect(answer.headers['set-cookie']).toBeUndefined();
    }
  }
  // A program that says nothing of itself is no browser on our pages either.
  const foreign = await client.call('POST', '/auth/google', { headers: FORM, body: '' });
  expectProblem(foreign, 'origin_not_allowed');
  await expectNoted(run, foreign, { path: '/auth/google', code: 'origin_not_allowed', address: client.address });
});

test('the button takes nothing but its purpose', async ({ client, google }) => {
  const post = (body: string, type = FORM['content-type']) =>
    client.call('POST', '/auth/google', { headers: { 'content-type': type, origin: client.url }, body });
  expectProblem(await post('purpose=admin'), 'invalid_request', { errors: expect.anything() });
  expectProblem(await post('redirect_uri=https://evil.example'), 'invalid_request', { errors: expect.anything() });
  expectProblem(await post('{', 'application/json'), 'invalid_request', { errors: expect.anything() });
  expectProblem(await post('x', 'text/plain'), 'unsupported_media_type');
  expectProblem(await post('x'.repeat(20_000)), 'payload_too_large');
  const asked = await client.call('POST', '/auth/google?redirect_uri=https://evil.example&scope=x', {
    headers: { ...FORM, origin: client.url },
    body: '',
  });
  expect(new URL(asked.headers.location ?? '').searchParams.get('scope')).toBe('openid email profile');
  expect(new URL(asked.headers.location ?? '').origin).toBe(google.issuer);
});

test('NextAuth’s own sign-in works as it is documented, and hands nothing of its query on', async ({
  client,
  run,
  google,
}) => {
  expect((await client.get('/api/auth/providers')).json()).toMatchObject({
    google: { id: 'google', type: 'oauth', callbackUrl: `${run.appUrl}/api/auth/callback/google` },
  });
  const { csrfToken, cookie } = await csrf(client);
  const post = (query: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    client.call('POST', `/api/auth/signin/google${query}`, {
      headers: { ...FORM, cookie, origin: client.url, ...headers },
      body: new URLSearchParams({ json: 'true', ...fields }).toString(),
    });
  const answer = await post('?redirect_uri=https%3A%2F%2Fevil.example&prompt=none', {
    csrfToken,
    callbackUrl: '/dashboard/security',
  });
  const started = roundOf(answer, answer.json<{ url: string }>().url);
  expect(started.url.searchParams.get('redirect_uri')).toBe(`${run.appUrl}/api/auth/callback/google`);
  expect(started.url.searchParams.get('prompt')).toBe('select_account');
  const back = await comeBack(
    client,
    { state: started.state, code: google.code(started.nonce, { claims: { sub: newSubject() } }) },
    started.cookies,
  );
  expect(sessionCookieOf(back)).toBeDefined();

  const unproved = (await post('', { csrfToken: 'x' })).json<{ url: string }>().url;
  expect(new URL(unproved).origin).toBe(run.appUrl);
  expectProblem(await post('', { csrfToken }, { origin: 'https://evil.example' }), 'origin_not_allowed');
});

test('a callbackUrl leads only to a page of ours', async ({ client, google, sql, newPhone }) => {
  const subject = newSubject();
  await googleSession(client, google, subject);
  await sql`
    update users set phone = ${newPhone()}, phone_verified_at = now(), phone_proved_at = now(), profile_completed_at = now()
    where id = (select user_id from identities where subject = ${subject})`;
  for (const [callbackUrl, path] of [
    ['/dashboard/profile', '/dashboard/profile'],
    ['https://evil.example', null],
    ['//evil.example', null],
    ['javascript:alert(1)', null],
  ] as const) {
    await test.step(callbackUrl, async () => {
      const started = await startRound(client);
      const cookies = { ...started.cookies, 'next-auth.callback-url': encodeURIComponent(callbackUrl) };
      const code = google.code(started.nonce, { claims: { sub: subject } });
      const answer = await comeBack(client, { state: started.state, code }, cookies);
      if (path) expect(pathOf(client, answer)).toBe(path);
      else expectProblem(answer, 'invalid_request', { errors: expect.anything() });
    });
  }
});

test('rounds to Google are counted for each address', async ({ client }) => {
  const answers = [];
  for (let tried = 0; tried < 61; tried += 1) answers.push(await press(client));
  expect(answers.slice(0, 60).every(({ headers }) => headers.location?.includes('/auth?client_id='))).toBe(true);
  expect(pathOf(client, answers[60]!)).toBe('/auth?error=too_many_requests');
  const scripted = await client.post('/auth/google', {}, { origin: client.url });
  expectProblem(scripted, 'too_many_requests', { retry_after_seconds: expect.any(Number) });
  const back = await comeBack(client, { state: 'x', code: 'y' }, {});
  expect(pathOf(client, back)).toBe('/auth?error=too_many_requests');
});

test.describe('linking', () => {
  test('is told to a script as an address, and asks for a fresh proof', async ({ client, clock, google, newPhone }) => {
    const cookie = await webSession(client, newPhone());
    const link = () => client.post('/auth/google', { purpose: 'link' }, { cookie, origin: client.url });
    const answer = await link();
    expect(answer.status).toBe(200);
    expect(answer.json<{ url: string }>().url).toContain(`${google.issuer}/auth?`);
    const { id } = (await client.get('/api/me', { headers: { cookie } })).json<{ id: string }>();
    await clock.passForSessions(id, 601);
    expectProblem(await link(), 'fresh_proof_required');
    const form = await press(client, { purpose: 'link', cookie });
    expect(pathOf(client, form)).toBe('/dashboard/security?error=fresh_proof_required');
    expect(cookiesOf(form)).toEqual({});
    expectProblem(await press(client, { purpose: 'link' }), 'unauthenticated');
  });

  test('adds Google to the account, and is told; a second one is refused', async ({ client, google, newPhone }) => {
    const cookie = await webSession(client, newPhone());
    const headers = { cookie, origin: client.url };
    const subject = newSubject();
    expect((await client.get('/api/me/identities', { headers })).json()).toEqual({ identities: [] });
    const link = (sub: string) =>
      round(
        client,
        google,
        { claims: { sub, email: `${sub}@gmail.example`, email_verified: true } },
        { purpose: 'link', cookie },
      );
    const { answer } = await link(subject);
    expect(pathOf(client, answer)).toBe('/dashboard/security?linked=google');
    expect(sessionCookieOf(answer)).toBeUndefined();
    expect((await client.get('/api/me/identities', { headers })).json()).toEqual({
      identities: [{ id: uuid, provider: 'google', email: `${subject}@gmail.example`, created_at: instant }],
    });
    expect((await client.get('/api/me', { headers })).json()).toMatchObject({ email: null });
    expect(pathOf(client, (await link(subject)).answer)).toBe('/dashboard/security?linked=google');
    expect(pathOf(client, (await link(newSubject())).answer)).toBe('/dashboard/security?error=google_has_another');
  });

  test('happens in the session that asked for it, in the round it asked with, once', async ({
    newClient,
    google,
    sql,
    newPhone,
  }) => {
    const client = newClient();
    const [mine, theirs] = [await webSession(client, newPhone()), await webSession(client, newPhone())];
    const value = (cookie: string) => ({ 'next-auth.session-token': cookie.split('=')[1] ?? '' });
    const subject = newSubject();
    const finish = (
      started: Round,
      cookies: Record<string, string>,
      code = google.code(started.nonce, { claims: { sub: subject } }),
    ) => comeBack(client, { state: started.state, code }, cookies);

    const planted = await startRound(client, { purpose: 'link', cookie: mine });
    const inTheirs = await finish(planted, { ...planted.cookies, ...value(theirs) });
    expect(pathOf(client, inTheirs)).toBe('/dashboard/security?error=google_link_expired');
    const inNone = await finish(planted, planted.cookies);
    expect(pathOf(client, inNone)).toBe('/auth?error=google_link_expired');
    expect(sessionCookieOf(inNone)).toBeUndefined();
    expect(await sql`select id from identities where subject = ${subject}`).toEqual([]);

    const intent = planted.cookies['latchkey.google-link'] ?? '';
    const signIn = await startRound(client);
    const replayed = await finish(signIn, { ...signIn.cookies, ...value(mine), 'latchkey.google-link': intent });
    expect(pathOf(client, replayed)).toBe('/auth/add-phone');
    expect(sessionCookieOf(replayed)).toBeDefined();

    const again = await startRound(client);
    const forged = { 'latchkey.google-link': again.cookies['next-auth.state'] ?? '' };
    expect(pathOf(client, await finish(again, { ...again.cookies, ...forged }))).toBe('/auth/add-phone');

    const linked = await webSession(client, newPhone());
    const right = await startRound(client, { purpose: 'link', cookie: linked });
    const code = google.code(right.nonce, { claims: { sub: newSubject() } });
    const cookies = { ...right.cookies, ...value(linked) };
    const done = await finish(right, cookies, code);
    expect(pathOf(client, done)).toBe('/dashboard/security?linked=google');
    expect(done.headers['set-cookie']?.some((line) => /^latchkey\.google-link=;/.test(line))).toBe(true);
    expect(pathOf(client, await finish(right, cookies, code))).toBe('/dashboard/security?error=google_failed');
  });

  test('is not begun by an old intent once a plain sign-in is started', async ({ client, newPhone }) => {
    const cookie = await webSession(client, newPhone());
    await startRound(client, { purpose: 'link', cookie });
    const answer = await press(client, { cookie });
    expect(answer.headers['set-cookie']?.find((line) => line.startsWith('latchkey.google-link='))).toMatch(
      /=; Path=\/; Max-Age=0/,
    );
  });

  test('of an identity that two accounts want at once gives it to one', async ({
    newClient,
    google,
    sql,
    newPhone,
  }) => {
    const subject = newSubject();
    const people = await Promise.all(
      [1, 2].map(async () => {
        const client = newClient();
        const cookie = await webSession(client, newPhone());
        return { client, cookie, started: await startRound(client, { purpose: 'link', cookie }) };
      }),
    );
    const ends = await Promise.all(
      people.map(async ({ client, cookie, started }) => {
        const code = google.code(started.nonce, { claims: { sub: subject } });
        const [name = '', value = ''] = cookie.split('=');
        return pathOf(
          client,
          await comeBack(client, { state: started.state, code }, { ...started.cookies, [name]: value }),
        );
      }),
    );
    expect(ends.sort()).toEqual(['/dashboard/security?error=google_taken', '/dashboard/security?linked=google']);
    expect(await sql`select id from identities where subject = ${subject}`).toHaveLength(1);
  });
});

test.describe('unlinking', () => {
  test('asks for a fresh proof, and knows nothing of other people’s', async ({ client, clock, google, newPhone }) => {
    const cookie = await webSession(client, newPhone());
    const headers = { cookie, origin: client.url };
    await round(client, google, { claims: { sub: newSubject() } }, { purpose: 'link', cookie });
    const list = (await client.get('/api/me/identities', { headers })).json<{ identities: { id: string }[] }>();
    const path = `/api/me/identities/${list.identities[0]?.id}`;
    const stranger = { cookie: await webSession(client, newPhone()), origin: client.url };
    for (const target of [path, `/api/me/identities/${crypto.randomUUID()}`, '/api/me/identities/x']) {
      expectProblem(await client.call('DELETE', target, { headers: stranger }), 'not_found');
    }
    expectProblem(await client.call('DELETE', path, { headers: { cookie } }), 'origin_not_allowed');
    const { id } = (await client.get('/api/me', { headers })).json<{ id: string }>();
    await clock.passForSessions(id, 601);
    expectProblem(await client.call('DELETE', path, { headers }), 'fresh_proof_required');
    await clock.passForSessions(id, -601);
    const done = await client.call('DELETE', path, { headers });
    expect([done.status, done.json()]).toEqual([200, { success: true, message: 'Google account unlinked' }]);
    expectProblem(await client.call('DELETE', path, { headers }), 'not_found');
  });

  test('the last way in is refused', async ({ client, google }) => {
    const cookie = await googleSession(client, google);
    const headers = { cookie, origin: client.url };
    const list = (await client.get('/api/me/identities', { headers })).json<{ identities: { id: string }[] }>();
    const answer = await client.call('DELETE', `/api/me/identities/${list.identities[0]?.id}`, { headers });
    expectProblem(answer, 'conflict');
    expect(answer.json<{ message: string }>().message).toContain(
      'Add or confirm a phone number, or add a passkey, first',
    );
    expect((await client.get('/api/me/identities', { headers })).json<typeof list>().identities).toHaveLength(1);
  });

  test('nobody’s identities are told to nobody', async ({ client }) => {
    expectProblem(await client.get('/api/me/identities'), 'unauthenticated');
    expectProblem(await client.call('DELETE', `/api/me/identities/${crypto.randomUUID()}`), 'unauthenticated');
  });
});

test('many first sign-ins of one person at once make one account', async ({ newClient, google, sql }) => {
  const subject = newSubject();
  const rounds = await Promise.all(
    Array.from({ length: 8 }, async () => {
      const client = newClient();
      return { client, started: await startRound(client) };
    }),
  );
  const answers = await Promise.all(
    rounds.map(({ client, started }) =>
      comeBack(
        client,
        { state: started.state, code: google.code(started.nonce, { claims: { sub: subject } }) },
        started.cookies,
      ),
    ),
  );
  expect(answers.every((answer) => sessionCookieOf(answer) !== undefined)).toBe(true);
  const rows =
    await sql`select distinct user_id from sessions where user_id in (select user_id from identities where subject = ${subject})`;
  expect(rows).toHaveLength(1);
  expect(
    await sql`select id from users u where phone is null and not exists (select from identities where user_id = u.id)`,
  ).toEqual([]);
});

test('no state, nonce, code or token stands in the log', async ({ client, google, run }) => {
  const { started, code } = await round(client, google, { claims: { nonce: 'another' } });
  await comeBack(client, { state: 'forged-state', code }, started.cookies);
  const log = readFileSync(run.serverLog, 'utf8');
  expect(log).toContain('nonce mismatch');
  for (const secret of [
    started.state,
    started.nonce,
    'forged-state',
    ...Object.values(started.cookies).filter((value) => value.length > 40),
  ]) {
    expect(log).not.toContain(secret);
  }
  expect(log).not.toContain(google.settings.GOOGLE_CLIENT_SECRET);
});

base('without the settings there is nothing of Google', async ({ client }) => {
  const { csrfToken, cookie } = await csrf(client);
  const body = new URLSearchParams({ csrfToken, json: 'true' }).toString();
  const headers = { ...FORM, cookie, origin: client.url };
  expectProblem(await client.call('POST', '/api/auth/signin/google', { headers, body }), 'not_found');
  expectProblem(await client.get('/api/auth/signin/google'), 'not_found');
  expectProblem(await client.get('/api/auth/callback/google?code=x&state=y'), 'not_found');
  expectProblem(await client.call('POST', '/auth/google', { headers, body: '' }), 'not_found');
  expect((await client.get('/api/auth/providers')).json()).not.toHaveProperty('google');
  expect((await client.get('/auth')).headers['content-security-policy']).toContain("form-action 'self';");
});
