import { type Answer, bearer, type Client } from '../fixtures/http-client';
import { startedOnce } from '../fixtures/own-app';
import { PUBLIC_ORIGIN, type PublicApp, startPublicApp } from '../fixtures/public-app';
import { expectProblem } from '../fixtures/shapes';
import { csrf, nextAuthSignIn, requestCode, sessionCookieOf, signIn, webSession } from '../fixtures/sign-in';
import { expect, test as base } from '../fixtures/test';

const test = base.extend<{ publicApp: PublicApp; visitor: Client }>({
  publicApp: startedOnce(() => {
    // What other hosts set, and what makes NextAuth believe the Host header.
    const believing = { AUTH_TRUST_HOST: 'true', VERCEL: '1' };
    Object.assign(process.env, believing);
    return startPublicApp().finally(() => {
      for (const name of Object.keys(believing)) delete process.env[name];
    });
  }),
  visitor: async ({ publicApp, newAddress }, provide) => {
    const client = publicApp.client(newAddress());
    await provide(client);
    client.close();
  },
});
test.describe.configure({ mode: 'default' });

const EVIL = 'evil.example';
const misnamed: Record<string, Record<string, string>> = {
  Host: { host: EVIL },
  'Host with a port': { host: `${EVIL}:8443` },
  'X-Forwarded-Host': { 'x-forwarded-host': EVIL },
  'X-Forwarded-Host twice': { 'x-forwarded-host': `${EVIL}, ${EVIL}` },
  'X-Forwarded-Proto and -Port': { 'x-forwarded-proto': EVIL, 'x-forwarded-port': '6666' },
  'X-Forwarded-Prefix': { 'x-forwarded-prefix': `/${EVIL}`, 'x-forwarded-server': EVIL },
  Forwarded: { forwarded: `host=${EVIL};proto=http` },
  'X-Original-URL and X-Rewrite-URL': { 'x-original-url': `/${EVIL}`, 'x-rewrite-url': `/${EVIL}` },
  'X-Host and friends': { 'x-host': EVIL, 'x-http-host-override': EVIL, 'x-original-host': EVIL },
  'all at once': { host: EVIL, 'x-forwarded-host': EVIL, forwarded: `host=${EVIL}`, 'x-forwarded-port': '6666' },
};

for (const [name, headers] of Object.entries(misnamed)) {
  test(`${name} reaches no link, no redirect, no cookie and no message`, async ({ visitor, publicApp, newPhone }) => {
    const paths = [
      ...['/', '/auth', '/dashboard', '/auth/code', '/nothing', '//dashboard', '/auth?_rsc', '/manifest.webmanifest'],
      ...['/api/health', '/api/nothing', '/.well-known/jwks.json', '/api/auth/providers', '/api/auth/csrf'],
      ...['/api/auth/signin', '/api/auth/error', '/api/auth/signout'],
    ];
    for (const path of paths) {
      const answer = await visitor.get(path, { headers: path.endsWith('_rsc') ? { ...headers, rsc: '1' } : headers });
      expectNothingOf(answer, path);
    }
    const phone = newPhone();
    const origin = { ...headers, origin: PUBLIC_ORIGIN };
    const sent = await visitor.post('/api/auth/send-otp', { phone }, origin);
    expect(sent.status, sent.text).toBe(200);
    expectNothingOf(sent, 'send-otp');
    const [message] = publicApp.twilio.requestsTo(phone);
    expect(JSON.stringify(message?.form)).not.toMatch(/evil|6666/);
    expect(message?.form.Body).toContain('latchkey.example');
    expect(message?.form.StatusCallback ?? PUBLIC_ORIGIN).toContain(PUBLIC_ORIGIN);
    const { cookie, csrfToken } = await csrf(visitor);
    const body = new URLSearchParams({
      csrfToken,
      phone,
      otp: publicApp.twilio.codeTo(phone),
      json: 'true',
    }).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    const signedIn = await visitor.call('POST', '/api/auth/callback/otp', {
      headers: { ...origin, ...type, cookie },
      body,
    });
    expect(signedIn.json<{ url: string }>().url).toMatch(/^https:\/\/latchkey\.example(\/|$)/);
    expectNothingOf(signedIn, 'sign-in');
    const session = await visitor.get('/api/me', { headers: { ...headers, cookie: sessionCookieOf(signedIn) } });
    expect(session.json()).toMatchObject({ phone });
    expectNothingOf(session, 'me');
  });
}

function expectNothingOf(answer: Answer, what: string): void {
  expect(answer.status, what).toBeLessThan(500);
  expect(`${answer.text}\n${JSON.stringify(answer.headers)}`, what).not.toMatch(/evil\.example|:6666/);
  const { location } = answer.headers;
  // A path, or our own origin: never the name the request came under.
  expect(location ?? '/', what).toMatch(/^(\/(?!\/)|https:\/\/latchkey\.example(\/|$))/);
}

/** How parts of Next speak to each other, and what has been a way past a lock in one version or another. */
const ofNext: [string, string][] = [
  ['x-middleware-subrequest', 'proxy:proxy:proxy:proxy:proxy'],
  ['x-middleware-subrequest', 'middleware:middleware:middleware:middleware:middleware'],
  ['x-middleware-subrequest', 'src/middleware:src/middleware:src/middleware:src/middleware:src/middleware'],
  ['x-middleware-subrequest-id', '1'],
  ['x-middleware-rewrite', '/api/health'],
  ['x-middleware-redirect', 'https://evil.example'],
  ['x-middleware-next', '1'],
  ['x-middleware-skip', '1'],
  ['x-middleware-prefetch', '1'],
  ['x-middleware-invoke', '1'],
  ['x-middleware-set-cookie', 'next-auth.session-token=x'],
  ['x-middleware-override-headers', 'cookie,authorization'],
  ['x-middleware-request-authorization', 'Bearer x'],
  ['x-middleware-cache', 'no-cache'],
  ['x-nextjs-data', '1'],
  ['x-nextjs-rewrite', '/dashboard'],
  ['x-nextjs-redirect', 'https://evil.example'],
  ['x-nextjs-postponed', '1'],
  ['x-invoke-path', '/dashboard'],
  ['x-invoke-query', '%7B%7D'],
  ['x-invoke-output', '/dashboard'],
  ['x-invoke-status', '200'],
  ['x-invoke-error', '{}'],
  ['x-matched-path', '/dashboard'],
  ['x-now-route-matches', '1=dashboard'],
  ['x-prerender-revalidate', '1'],
  ['x-prerender-bypass-mode', 'static'],
  ['x-next-cache-tags', 'x'],
  ['x-next-revalidated-tags', 'x'],
  ['x-next-resume-state-length', '1'],
  ['next-resume', '1'],
  ['next-hmr-refresh', '1'],
  ['next-url', '/dashboard'],
  ['next-router-state-tree', 'x'],
  ['next-router-prefetch', '1'],
  ['next-router-segment-prefetch', '/_tree'],
  ['next-action', 'x'],
  ['x-action-forwarded', '1'],
  ['x-nonce', 'evil'],
  ['content-security-policy', "script-src 'nonce-evil'"],
  ['content-security-policy-report-only', "script-src 'nonce-evil'"],
  ['x-http-method-override', 'DELETE'],
  ['x-method-override', 'DELETE'],
  ['x-http-method', 'PATCH'],
  ['x-requested-with', 'XMLHttpRequest'],
  ['cookie', '__prerender_bypass=x; __next_preview_data=x'],
  ['purpose', 'prefetch'],
  ['upgrade', 'websocket'],
  ['range', 'bytes=0-1'],
];

/** An answer without what is new in each: nonces, ids, times. */
const lasting = ({ status, headers, text }: Answer) => ({
  status,
  location: headers.location,
  type: headers['content-type'],
  cache: headers['cache-control'],
  // Next takes its own preview cookies away where they are forged.
  cookies: (headers['set-cookie'] ?? []).filter((line) => !/^__(prerender_bypass|next_preview_data)=;/.test(line)),
  // Fizz streams in pieces, and React names them by the order they came in: what is compared is what a person sees.
  text: headers['content-type']?.includes('html')
    ? text.replace(/<script.*?<\/script>|<[^>]*>/gs, '')
    : text.replace(/[0-9a-f-]{36}/g, 'ID'),
});

test('no header of Next’s own changes who may see what, or what is answered', async ({ client, newPhone }) => {
  const mine = await signIn(client, newPhone());
  const requests: [string, string, Record<string, string>][] = [
    ['GET', '/auth', {}],
    ['GET', '/dashboard', {}],
    ['GET', '/admin/deliveries', {}],
    ['GET', '/nothing', {}],
    ['GET', '/api/me', {}],
    ['GET', '/api/me', bearer(mine.tokens.access)],
    ['GET', '/api/admin/deliveries', bearer(mine.tokens.access)],
    ['GET', '/api/health', {}],
  ];
  for (const [method, path, headers] of requests) {
    const usual = lasting(await client.call(method, path, { headers }));
    for (const [name, value] of ofNext) {
      await test.step(`${path} with ${name}: ${value}`, async () => {
        const answer = await client.call(method, path, { headers: { ...headers, [name]: value } });
        expect(lasting(answer)).toEqual(usual);
        expect(JSON.stringify(answer.headers)).not.toContain('evil');
      });
    }
  }
});

test('what a browser’s router says changes nothing of the API', async ({ client, newPhone }) => {
  const { tokens } = await signIn(client, newPhone());
  const ours = ['/api/me', '/api/me?_rsc=1', '/api/me?_rsc', '/health', '/.well-known/jwks.json'];
  for (const path of [...ours, '/auth/profile', '/auth/profile/', '/auth/profile?_rsc=1']) {
    const headers = { ...bearer(tokens.access), rsc: '1', 'next-router-prefetch': '1', 'next-url': '/dashboard' };
    const answer = await client.get(path, { headers });
    expect(answer.status, path).toBe(200);
    expect(answer.headers['content-type']).toMatch(/json/);
  }
});

test('pages can be read and posted to, and nothing else', async ({ client }) => {
  for (const path of [
    '/',
    '/auth',
    '/auth/code',
    '/dashboard',
    '/dashboard/security',
    '/admin/deliveries',
    '/nothing',
  ]) {
    for (const method of ['PUT', 'PATCH', 'DELETE', 'OPTIONS']) {
      const answer = await client.call(method, path);
      await test.step(`${method} ${path}`, () => {
        expectProblem(answer, 'method_not_allowed');
        expect(answer.headers.allow).toBe('GET, HEAD, POST');
      });
    }
  }
});

test('a call of a server action from a foreign page is refused before anything is decoded', async ({ client, run }) => {
  const call = { 'next-action': '40'.repeat(21), 'content-type': 'text/plain;charset=UTF-8' };
  const foreign: Record<string, string>[] = [
    { origin: 'https://evil.example' },
    { origin: 'https://evil.example', 'x-forwarded-host': EVIL },
    { origin: 'https://evil.example', host: EVIL },
    { origin: 'null' },
    { origin: run.appUrl.replace('http:', 'https:') },
    { 'sec-fetch-site': 'cross-site', origin: run.appUrl },
    { 'sec-fetch-site': 'same-site' },
    // What no browser sends: Next fails at an Origin that is not of the host that was asked.
    { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
    { 'sec-fetch-site': 'none', origin: 'garbage' },
    { 'sec-fetch-site': 'same-origin', origin: '' },
  ];
  for (const headers of foreign) {
    for (const type of [call, { 'content-type': 'multipart/form-data; boundary=x' }]) {
      const answer = await client.call('POST', '/auth', { headers: { ...type, ...headers }, body: '[{}]' });
      await test.step(JSON.stringify(headers), () => expectProblem(answer, 'origin_not_allowed'));
    }
  }
});

/** Addresses that a cache in front takes for a file, and a lenient server for the page or the call before it. */
const disguised = (path: string) =>
  [
    '/x.css',
    '.css',
    ';x.css',
    '%2fx.css',
    '%3bx.css',
    '%3fx.css',
    '%23x.css',
    '%00.css',
    '%0a.css',
    '/..%2fx.css',
    '\\x.css',
    '/%2e%2e/x.css',
  ].map((end) => `${path}${end}`);

test('nothing of a person is answered at an address that looks like a file', async ({ client, newPhone }) => {
  const phone = newPhone();
  const cookie = await webSession(client, phone);
  const profile = { first_name: 'Canary-Givenname', last_name: 'Canary-Surname', email: 'canary@example.com' };
  await client.call('PATCH', '/api/me', { headers: { cookie, origin: client.url }, json: profile });
  const paths = [
    ...[
      '/dashboard',
      '/dashboard/profile',
      '/dashboard/security',
      '/api/me',
      '/api/me/sessions',
      '/api/me/export',
    ].flatMap(disguised),
    ...disguised('/api/auth/session'),
    '/_next/static/..%2f..%2fdashboard',
    '/flags/..%2fdashboard',
    '/flags/IN/..%2f..%2fdashboard',
    '/logo.svg/..%2fdashboard',
    '/logo.svg%2f..%2fdashboard',
    '/_next/static/../../dashboard/x.css',
    '/DASHBOARD',
    '/API/ME',
  ];
  for (const path of paths) {
    const answer = await client.get(path, { headers: { cookie } });
    await test.step(path, () => {
      expect([307, 308, 400, 404, 405]).toContain(answer.status);
      expect(answer.text).not.toContain('Canary');
      expect(answer.text).not.toContain(phone.slice(3));
      expect(answer.headers['cache-control'] ?? '').toContain('no-store');
    });
  }
  // And where it is answered, nobody may keep it.
  for (const path of [
    '/dashboard',
    '/dashboard/',
    '/x/../dashboard',
    '/logo.svg/../dashboard',
    '/api/./me',
    '/api/me/',
  ]) {
    const answer = await client.get(path, { headers: { cookie } });
    expect([path, answer.status, answer.headers['cache-control']]).toEqual([path, 200, 'no-store']);
    expect(answer.text).toContain('Canary');
  }
});

const nowhere = [
  'https://evil.example',
  'https://evil.example/dashboard',
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '/\\/evil.example',
  '\\/evil.example',
  '/%09/evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '/\r\nlocation:https://evil.example',
  '/%0d%0aset-cookie:a=b',
  '/%2f%2fevil.example',
  '/%5cevil.example',
  '/.//evil.example',
  '/..//evil.example',
  '/./\\evil.example',
  '/dashboard/..//evil.example',
  'http:evil.example',
  'https:/evil.example',
  'https:evil.example',
  'https:\\\\evil.example',
  'HtTpS://evil.example',
  'https://localhost.evil.example',
  'https://localhost@evil.example',
  'https://localhost:x@evil.example',
  'https://evil.example#localhost',
  'https://evil.example?localhost',
  'https://evil。example',
  'https://еvil.example',
  'javascript:alert(1)//evil.example',
  'data:text/html,evil.example',
  '/@evil.example',
  '@evil.example',
  '.evil.example',
  ':@evil.example',
  ' https://evil.example',
  '\u0000https://evil.example',
  '\u00a0//evil.example',
  '\ufeff//evil.example',
  '⁄⁄evil.example',
  '／／evil.example',
  `/${'a'.repeat(3_000)}//evil.example`,
];
test('no callbackUrl leads off this site: not asked for, not posted, not from a cookie', async ({
  client,
  run,
  newPhone,
}) => {
  const origin = run.appUrl;
  const phone = newPhone();
  const token = await csrf(client);
  const home = (answer: Answer, target: string | undefined) => {
    expect(answer.status).toBeLessThan(500);
    // Resolved as a browser does it.
    if (target !== undefined) expect(new URL(target, origin).origin).toBe(origin);
    expect(JSON.stringify(answer.headers['set-cookie'] ?? [])).not.toMatch(/a=b|=https?%3A%2F%2Fevil/i);
  };
  for (const callbackUrl of nowhere) {
    await test.step(JSON.stringify(callbackUrl), async () => {
      const query = encodeURIComponent(callbackUrl);
      for (const path of ['/api/auth/signin', '/api/auth/signout', '/api/auth/error', '/auth', '/dashboard']) {
        const answer = await client.get(`${path}?callbackUrl=${query}`);
        home(answer, answer.headers.location);
      }
      const cookie = `next-auth.callback-url=${query}`;
      const kept = await client.get('/api/auth/signin', { headers: { cookie } });
      home(kept, kept.headers.location);
      const posted = await nextAuthSignIn(client, { phone, otp: '123456', callbackUrl }, token);
      home(
        posted,
        posted.headers['content-type'] === 'application/json' ? posted.json<{ url?: string }>().url : undefined,
      );
      const out = await client.call('POST', '/api/auth/signout', {
        headers: { 'content-type': 'application/x-www-form-urlencoded', origin, cookie: token.cookie },
        body: new URLSearchParams({ csrfToken: token.csrfToken, callbackUrl }).toString(),
      });
      home(out, out.headers.location);
    });
  }
});

test('NextAuth takes no post without its own token, however a page came by the rest', async ({ client, newPhone }) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  const { csrfToken, cookie } = await csrf(client);
  const [name = '', value = ''] = cookie.split('; ')[0]?.split('=') ?? [];
  const forged = [
    { csrfToken: '', cookie },
    { csrfToken, cookie: '' },
    { csrfToken: 'x'.repeat(64), cookie },
    { csrfToken, cookie: `${name}=${'x'.repeat(64)}%7C${'y'.repeat(64)}` },
    { csrfToken: 'x'.repeat(64), cookie: `${name}=${'x'.repeat(64)}%7C${'x'.repeat(64)}` },
    { csrfToken, cookie: `${name}=${value.split('%7C')[0]}` },
    { csrfToken, cookie: `__Host-${name}=${value}` },
  ];
  for (const pair of forged) {
    const answer = await nextAuthSignIn(client, { phone, otp: code }, pair);
    expect(answer.status).toBeLessThan(500);
    expect(sessionCookieOf(answer)).toBeUndefined();
  }
  // None of it cost a try.
  expect(sessionCookieOf(await nextAuthSignIn(client, { phone, otp: code }))).toBeDefined();
});
