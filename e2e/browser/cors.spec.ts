import type { Page } from '@playwright/test';
import sharp from 'sharp';
import type { createLatchkeyClient, TokenPair } from '@/lib/client/latchkey-client';
import { expect, test as base } from '../fixtures/browser-test';
import { clientScript, foreignSite } from '../fixtures/foreign-site';
import { bearer, Client } from '../fixtures/http-client';
import { startedOnce } from '../fixtures/own-app';
import { startSeparateApp } from '../fixtures/separate-app';
import { messagesTo, newestCode, signIn, webSession } from '../fixtures/sign-in';
import { signedAsServer } from '../fixtures/tokens';

type World = Awaited<ReturnType<typeof startWorld>>;
type Asked = { status: number; body: unknown; headers: Record<string, string> } | { failed: string };
type Front = Window & { createLatchkeyClient: typeof createLatchkeyClient };

async function startWorld() {
  const script = `${clientScript()}; Object.assign(window, { createLatchkeyClient });`;
  const [listed, unlisted] = [await foreignSite(script), await foreignSite(script)];
  const app = await startSeparateApp({ CORS_ALLOWED_ORIGINS: listed.origin });
  const stop = () => Promise.all([app.stop(), listed.close(), unlisted.close()]);
  return { app, listed, unlisted, stop };
}

const test = base.extend<{ world: World; api: Client }>({
  world: startedOnce(startWorld),
  // A header that the browser itself would not send makes another call of a call from elsewhere.
  extraHTTPHeaders: async ({}, provide) => provide({}),
  api: async ({ world, newAddress }, provide) => {
    const api = new Client(world.app.url, newAddress());
    await provide(api);
    api.close();
  },
});

/** What a page's own fetch gets to see. */
const ask = (page: Page, url: string, init: RequestInit = {}): Promise<Asked> =>
  page.evaluate(
    async ([url, init]) => {
      try {
        const response = await fetch(url, init);
        const body = await response.json().catch(() => null);
        return { status: response.status, body, headers: Object.fromEntries(response.headers) };
      } catch (error) {
        return { failed: (error as Error).name };
      }
    },
    [url, init] as [string, object],
  );
const json = (method: string, body: object, headers: object = {}): RequestInit => ({
  method,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
const UNREADABLE = { failed: 'TypeError' };

/** The browser says of each call that it kept from a page; of nothing else may it complain. */
function expectKeptFromPage(complaints: string[]): void {
  expect(complaints.length).toBeGreaterThan(0);
  for (const complaint of complaints.splice(0)) {
    expect(complaint).toMatch(/CORS policy|net::ERR_FAILED|ERR_BLOCKED_BY_RESPONSE/);
  }
}

// One worker, so one server.
test.describe.configure({ mode: 'default' });

test('our client signs in, refreshes unseen, changes and signs out on a listed origin', async ({
  page,
  context,
  api,
  world: { app, listed },
  run,
  newPhone,
}) => {
  const phone = newPhone();
  await page.goto(listed.origin);
  const start = (tokens?: TokenPair) =>
    page.evaluate(
      ([baseUrl, tokens]) => {
        const told: unknown[] = [];
        const [onTokens, onSignedOut] = [(pair: unknown) => told.push(pair), (code: unknown) => told.push(code)];
        const { createLatchkeyClient } = window as unknown as Front;
        const app = createLatchkeyClient({ baseUrl, tokens, onTokens, onSignedOut } as never);
        Object.assign(window, { app, told });
      },
      [app.url, tokens] as const,
    );
  await start();
  await page.evaluate((phone) => window.app.sendCode({ phone }), phone);
  const otp = await newestCode(api, phone);
  const { user, tokens } = await page.evaluate((input) => window.app.verifyCode(input), { phone, otp });
  expect(user.phone).toBe(phone);
  const expired = { ...tokens, access: await signedAsServer(run.secret, tokens.access, { exp: 1 }) };
  await start(expired);
  const changed = await page.evaluate(async () => {
    const init = { method: 'PATCH', headers: { 'content-type': 'application/json' }, body: '{"bio":"Elsewhere"}' };
    return (await window.app.fetch('/api/me', init)).json();
  });
  expect(changed).toMatchObject({ id: user.id, bio: 'Elsewhere' });
  expect(await page.evaluate(() => window.told.length)).toBe(1);
  const ended = await page.evaluate(async () =>
    (await window.app.fetch('/api/me/sessions', { method: 'DELETE' })).json(),
  );
  expect(ended).toMatchObject({ success: true });
  await page.evaluate(() => window.app.logout());
  expect(await page.evaluate(() => window.told.at(-1))).toBe('signed_out');
  expect(await context.cookies()).toEqual([]);
});

test('a page on a listed origin reads refusals, how long to wait and the id to ask support with', async ({
  page,
  world: { app, listed },
  newPhone,
}) => {
  await page.goto(listed.origin);
  const phone = newPhone();
  for (const path of ['/api/auth/send-otp', '/api/auth/send-otp/']) {
    const asked = await ask(page, app.url + path, json('POST', { phone }));
    if (path.endsWith('/')) {
      expect(asked).toMatchObject({ status: 429, body: { code: 'resend_too_soon' } });
      expect('headers' in asked && asked.headers).toMatchObject({
        'retry-after': expect.stringMatching(/^\d+$/),
        'x-request-id': expect.any(String),
      });
    } else {
      expect(asked).toMatchObject({ status: 200, body: { phone } });
    }
  }
  expect(await ask(page, `${app.url}/api/me`)).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
  expect(await ask(page, `${app.url}/api/nothing`, json('PUT', {}))).toMatchObject({
    status: 404,
    body: { code: 'not_found' },
  });
});

test('a page on an origin that is not listed reads nothing and changes nothing', async ({
  page,
  api,
  world: { app, unlisted },
  newPhone,
  complaints,
}) => {
  const { user, tokens } = await signIn(api, newPhone());
  const stranger = newPhone();
  await page.goto(unlisted.origin);
  const withToken = bearer(tokens.access);
  const calls: [string, RequestInit][] = [
    ['/api/health', {}],
    ['/api/me', { headers: withToken }],
    ['/api/me', json('PATCH', { bio: 'x' }, withToken)],
    ['/api/me', { method: 'DELETE', headers: withToken }],
    ['/api/auth/send-otp', json('POST', { phone: stranger })],
    ['/api/auth/refresh', json('POST', { refresh: tokens.refresh })],
    // Needs no preflight, so it does reach the server.
    ['/api/auth/send-otp', { method: 'POST', body: JSON.stringify({ phone: stranger }) }],
  ];
  for (const [path, init] of calls) expect(await ask(page, app.url + path, init)).toEqual(UNREADABLE);
  expectKeptFromPage(complaints);
  expect(await messagesTo(api, stranger)).toEqual([]);
  expect((await api.get('/api/me', { headers: withToken })).json()).toEqual(user);
  expect((await api.post('/api/auth/refresh', { refresh: tokens.refresh })).status).toBe(200);
});

for (const which of ['listed', 'unlisted'] as const) {
  test(`the cookie that a browser sends from a page elsewhere (${which}) reads nothing, changes nothing, and stays`, async ({
    page,
    context,
    api,
    database,
    world,
    newPhone,
    complaints,
  }) => {
    const { app } = world;
    const phone = newPhone();
    const cookie = await webSession(api, phone);
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, url: app.url, httpOnly: true, sameSite: 'Lax' }]);
    const kept = await context.cookies();
    await page.goto(world[which].origin);

    const carried: (string | undefined)[] = [];
    const network = await context.newCDPSession(page);
    network.on('Network.requestWillBeSentExtraInfo', ({ headers }) => carried.push(headers.Cookie));
    await network.send('Network.enable');
    const include = { credentials: 'include' } as const;
    const calls: [string, RequestInit][] = [
      ['/api/me', include],
      ['/api/me/export', include],
      ['/api/auth/session', include],
      ['/dashboard', include],
      ['/api/me', { ...include, ...json('PATCH', { bio: 'x' }) }],
      ['/api/me', { ...include, method: 'DELETE' }],
      ['/api/auth/logout', { ...include, method: 'POST' }],
    ];
    for (const [path, init] of calls) expect(await ask(page, app.url + path, init), path).toEqual(UNREADABLE);
    // What needs no leave to be sent, and shows the page nothing.
    for (const [path, init] of [
      ['/api/auth/logout', { method: 'POST' }],
      ['/api/me/export', {}],
      ['/api/me', {}],
    ] as [string, RequestInit][]) {
      await ask(page, app.url + path, { ...include, mode: 'no-cors', ...init });
    }
    expect(
      carried.some((sent) => sent?.includes(cookie)),
      'the browser did send the cookie',
    ).toBe(true);
    expectKeptFromPage(complaints);
    const me = await api.get('/api/me', { headers: { cookie } });
    expect(me.json()).toMatchObject({ phone, bio: null });
    const events = await database(app.databaseUrl)`
      select event from audit_events where phone = ${phone} and event in ('user.exported', 'session.ended')`;
    expect(events).toEqual([]);
    expect(await context.cookies()).toEqual(kept);
  });
}

test('an uploaded picture shows on pages elsewhere, as no other answer does', async ({
  page,
  api,
  world: { app, listed },
  newPhone,
  complaints,
}) => {
  const { tokens } = await signIn(api, newPhone());
  const body = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'red' } })
    .png()
    .toBuffer();
  const headers = { ...bearer(tokens.access), 'content-type': 'image/png' };
  const { avatar_url: picture } = (await api.call('PUT', '/api/me/avatar', { headers, body })).json<{
    avatar_url: string;
  }>();
  await page.goto(listed.origin);
  const shows = (src: string) =>
    page.evaluate(async (src) => {
      const image = Object.assign(new Image(), { src });
      return image.decode().then(
        () => true,
        () => false,
      );
    }, src);
  expect(await shows(picture)).toBe(true);
  expect(await shows(`${app.url}/icon.svg`)).toBe(false);
  expectKeptFromPage(complaints);
});
