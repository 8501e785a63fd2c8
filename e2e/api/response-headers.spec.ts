import fs from 'node:fs';
import path from 'node:path';
import type { Answer, Call, Client } from '../fixtures/http-client';
import { startedOnce } from '../fixtures/own-app';
import { PUBLIC_ORIGIN, type PublicApp, startPublicApp } from '../fixtures/public-app';
import { expectProblem } from '../fixtures/shapes';
import { csrf, nextAuthSignIn, sessionCookieOf } from '../fixtures/sign-in';
import { BUILD_FOLDER } from '../stack/build';
import { expect, test as base } from '../fixtures/test';

// What a browser is told with every kind of answer, seen on a server whose public origin is https.

const CONTACTS = 'mailto:security@latchkey.example, https://latchkey.example/report';

const test = base.extend<{ publicApp: PublicApp; visitor: Client }>({
  publicApp: startedOnce(() => startPublicApp({ SECURITY_CONTACT: CONTACTS })),
  visitor: async ({ publicApp, newAddress }, provide) => {
    const client = publicApp.client(newAddress());
    await provide(client);
    client.close();
  },
});
test.describe.configure({ mode: 'default' });

const form = { 'content-type': 'application/x-www-form-urlencoded' };
const staticFile = (extension: string) =>
  `/_next/static/chunks/${fs.readdirSync(path.join(BUILD_FOLDER, 'static', 'chunks')).find((name) => name.endsWith(extension))}`;

/** A request of each kind that is answered by another part of the server, and the status it gets. */
const classes: Record<string, [method: string, path: string, status: number, call?: Call]> = {
  'a page': ['GET', '/auth', 200],
  'the landing page': ['GET', '/', 200],
  'a page asked for without its body': ['HEAD', '/auth', 200],
  'what the router asks for': ['GET', '/auth?_rsc', 200, { headers: { rsc: '1' } }],
  'a redirect of a page': ['GET', '/dashboard', 307],
  'a redirect of the router': ['GET', '/dashboard', 307, { headers: { rsc: '1' } }],
  'a redirect of Next': ['GET', '//dashboard', 308],
  'a redirect of NextAuth': ['GET', '/api/auth/signin', 302],
  'no page': ['GET', '/no-such-page', 404],
  'a page one may not see': ['GET', '/admin/deliveries', 404],
  'no flag': ['GET', '/flags/XX', 404],
  'no well-known file': ['GET', '/.well-known/nothing', 404],
  'no static file': ['GET', '/_next/static/nothing.js', 404],
  'no image service': ['GET', '/_next/image?url=%2Flogo-512.png&w=256&q=75', 404],
  'a script': ['GET', staticFile('.js'), 200],
  'a style sheet': ['GET', staticFile('.css'), 200],
  'a flag': ['GET', '/flags/IN', 200],
  'the manifest': ['GET', '/manifest.webmanifest', 200],
  'an icon': ['GET', '/icon.svg', 200],
  'the favourite icon': ['GET', '/favicon.ico', 200],
  'a public picture': ['GET', '/logo.svg', 200],
  'a picture not changed since': ['GET', '/logo-512.png', 200],
  'the API': ['GET', '/api/health', 200],
  'the API, refusing': ['GET', '/api/me', 401],
  'the API, asked for what is not there': ['GET', '/api/nothing', 404],
  'the API, asked by a wrong method': ['GET', '/api/auth/send-otp', 405],
  'the API, telling its methods': ['OPTIONS', '/api/me', 204],
  'the keys': ['GET', '/.well-known/jwks.json', 200],
  NextAuth: ['GET', '/api/auth/csrf', 200],
  'a page asked by a wrong method': ['DELETE', '/auth', 405],
  'a method hardly anyone has heard of': ['TRACE', '/auth', 405],
  'a path that can’t be decoded': ['GET', '/%ff', 404],
  'a form of a foreign page': [
    'POST',
    '/auth',
    403,
    { headers: { ...form, origin: 'https://evil.example' }, body: 'a=b' },
  ],
  'a static file asked by a wrong method': ['POST', '/icon.svg', 405],
};

/** May be kept by anybody: the same for all, and holding nothing. */
const shared =
  /^(a script|a style sheet|a flag|the manifest|an icon|the favourite icon|a public picture|a picture|the keys)/;

for (const [name, [method, path_, status, call]] of Object.entries(classes)) {
  test(`${name} comes with every security header`, async ({ visitor }) => {
    const answer = await visitor.call(method, path_, call);
    expect(answer.status).toBe(status);
    expectSecurityHeaders(answer);
    expect(answer.headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
    if (!shared.test(name) && method !== 'OPTIONS') expect(answer.headers['cache-control']).toContain('no-store');
  });
}

function expectSecurityHeaders({ headers }: Answer): void {
  const policy = String(headers['content-security-policy']);
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).toMatch(/default-src '(self|none)'/);
  expect(policy).not.toMatch(/script-src[^;]*unsafe/);
  expect(headers).toMatchObject({
    'x-content-type-options': 'nosniff',
    'x-frame-options': 'DENY',
    'referrer-policy': 'strict-origin-when-cross-origin',
    'cross-origin-opener-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
    'permissions-policy': expect.stringContaining('camera=()'),
  });
  for (const name of ['x-powered-by', 'server', 'access-control-allow-origin']) expect(headers[name]).toBeUndefined();
}

test('where the origin is plain http, nothing speaks of https', async ({ client }) => {
  for (const path_ of ['/auth', '/api/health', '/icon.svg', '/nothing']) {
    const answer = await client.get(path_);
    expect(answer.headers['strict-transport-security']).toBeUndefined();
    expect(String(answer.headers['content-security-policy'])).not.toContain('upgrade-insecure-requests');
  }
});

test('a page of a server error has them too, and says nothing of what went wrong', async ({ visitor }) => {
  // A boundary that never comes makes nobody's form; nothing that can be sent makes a page fail.
  const answer = await visitor.call('POST', '/auth', {
    headers: { 'next-action': 'x', 'content-type': 'text/plain' },
    body: '[{"phone":"1"}]',
  });
  expect(answer.status).toBeLessThan(500);
  expectSecurityHeaders(answer);
});

test('every cookie of a sign-in is bound to this host and to https, though the last hop is plain http', async ({
  visitor,
  publicApp,
  newPhone,
}) => {
  const phone = newPhone();
  expect((await visitor.post('/api/auth/send-otp', { phone })).status).toBe(200);
  const token = await csrf(visitor);
  const wrong = await nextAuthSignIn(visitor, { phone, otp: '000000' }, token);
  // Its own pages' origin is the public one, whatever name the hop has.
  expectProblem(wrong, 'origin_not_allowed');
  const body = new URLSearchParams({
    ...{ csrfToken: token.csrfToken, phone, otp: publicApp.twilio.codeTo(phone), json: 'true' },
  }).toString();
  const headers = { ...form, origin: PUBLIC_ORIGIN, cookie: token.cookie };
  const answer = await visitor.call('POST', '/api/auth/callback/otp', { headers, body });
  expect(answer.status, answer.text).toBe(200);
  expect(new URL(answer.json<{ url: string }>().url).origin).toBe(PUBLIC_ORIGIN);
  const cookie = sessionCookieOf(answer) ?? '';
  expect((await visitor.get('/api/me', { headers: { cookie } })).json()).toMatchObject({ phone });
  const change = { headers: { cookie, origin: PUBLIC_ORIGIN }, json: { bio: 'x' } };
  expect((await visitor.call('PATCH', '/api/me', change)).status).toBe(200);
  await visitor.call('POST', '/api/auth/logout', { headers: { cookie, origin: PUBLIC_ORIGIN }, json: {} });
  const lines = visitor.answers.flatMap((each) => each.headers['set-cookie'] ?? []);
  expect(lines.length).toBeGreaterThanOrEqual(4);
  for (const line of lines) {
    expect(line).toMatch(/^__Host-/);
    expect(line).toMatch(/; Path=\/(;|$)/);
    expect(line).toMatch(/; Secure(;|$)/);
    expect(line).toMatch(/; HttpOnly(;|$)/);
    expect(line).toMatch(/; SameSite=Lax(;|$)/i);
    expect(line).not.toMatch(/; Domain=/i);
  }
});

test('the wizard’s form works behind a proxy that puts its own name into Host', async ({
  visitor,
  publicApp,
  newPhone,
}) => {
  const phone = newPhone();
  const page = await visitor.get('/auth');
  const hidden = [...page.text.matchAll(/<input type="hidden" name="([^"]+)"(?: value="([^"]*)")?/g)].map(
    ([, name = '', value = '']) => [name, value.replaceAll('&quot;', '"')] as const,
  );
  const encoded = new Response(formData([...hidden, ['country', 'IN'], ['phone', phone]]));
  const headers = {
    'content-type': encoded.headers.get('content-type') ?? '',
    origin: PUBLIC_ORIGIN,
    host: 'upstream:3000',
  };
  const answer = await visitor.call('POST', '/auth', { headers, body: new Uint8Array(await encoded.arrayBuffer()) });
  expect([answer.status, answer.headers.location]).toEqual([303, '/auth/code']);
  expect(answer.headers['set-cookie']?.[0]).toMatch(/^__Host-latchkey\.flow=.*; Secure/);
  expect(publicApp.twilio.codeTo(phone)).toMatch(/^\d{6}$/);
});

function formData(fields: (readonly [string, string])[]): FormData {
  const data = new FormData();
  for (const [name, value] of fields) data.append(name, value);
  return data;
}

test.describe('security.txt', () => {
  test('names whom to tell of a weakness, until a day less than a year away (RFC 9116)', async ({ visitor }) => {
    const answer = await visitor.get('/.well-known/security.txt');
    expect(answer.status).toBe(200);
    expect(answer.headers['content-type']).toBe('text/plain; charset=utf-8');
    const fields = answer.text
      .trim()
      .split('\n')
      .map((line) => line.split(/: (.*)/));
    const valuesOf = (name: string) => fields.filter(([field]) => field === name).map(([, value = '']) => value);
    expect(valuesOf('Contact')).toEqual(CONTACTS.split(', '));
    expect(valuesOf('Canonical')).toEqual([`${PUBLIC_ORIGIN}/.well-known/security.txt`]);
    const [expires = '', ...more] = valuesOf('Expires');
    expect(more).toEqual([]);
    const days = (Date.parse(expires) - Date.now()) / 86_400_000;
    expect(days).toBeGreaterThan(30);
    expect(days).toBeLessThan(365);
  });

  test('is not there where nobody is named, for a file without a contact is none', async ({ client }) => {
    expectProblem(await client.get('/.well-known/security.txt'), 'not_found');
  });
});
