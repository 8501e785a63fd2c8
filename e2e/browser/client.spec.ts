import type { BrowserContext, Page } from '@playwright/test';
import type { createLatchkeyClient, LatchkeyClient, TokenPair } from '@/lib/client/latchkey-client';
import { expect, test as base } from '../fixtures/browser-test';
import { clientScript } from '../fixtures/foreign-site';
import { newestCode, signIn } from '../fixtures/sign-in';
import { signedAsServer } from '../fixtures/tokens';

declare global {
  interface Window {
    createLatchkeyClient: typeof createLatchkeyClient;
    app: LatchkeyClient;
    told: (TokenPair | string)[];
    /** Makes `app`, for the pair that it kept. */
    openClient(tokens?: TokenPair): void;
  }
}

const client = clientScript();

const opening = `
  window.createLatchkeyClient = createLatchkeyClient;
  window.openClient = (tokens) => {
    const told = [];
    const [onTokens, onSignedOut] = [(pair) => told.push(pair), (code) => told.push(code)];
    const app = createLatchkeyClient({ baseUrl: location.origin, tokens, onTokens, onSignedOut });
    Object.assign(window, { app, told });
  };`;

/** A page of an app on the server's own origin, under a policy as strict as our pages'. */
async function openApp(page: Page): Promise<void> {
  await page.route('**/app.html', (route) =>
    route.fulfill({
      contentType: 'text/html',
      headers: { 'content-security-policy': "default-src 'none'; script-src 'nonce-app'; connect-src 'self'" },
      body: `<!doctype html><title>App</title><script type="module" nonce="app">${client}${opening}</script>`,
    }),
  );
  await page.goto('/app.html');
}

const test = base.extend<{ expiredPair: () => Promise<TokenPair>; refreshes: () => number }>({
  expiredPair: async ({ client, newPhone, run }, provide) => {
    await provide(async () => {
      const { tokens } = await signIn(client, newPhone());
      return { ...tokens, access: await signedAsServer(run.secret, tokens.access, { exp: 1 }) };
    });
  },
  refreshes: async ({ context }, provide) => {
    let count = 0;
    context.on('request', (request) => void (count += Number(request.url().endsWith('/api/auth/refresh'))));
    await provide(() => count);
  },
});

async function kept(page: Page, context: BrowserContext): Promise<unknown> {
  const inPage = await page.evaluate(async () => [
    Object.keys(localStorage),
    Object.keys(sessionStorage),
    document.cookie,
    await indexedDB.databases(),
    await caches.keys(),
  ]);
  return [...inPage, await context.cookies()];
}
const NOTHING = [[], [], '', [], [], []];

test('an app in a browser signs in, uses the API and signs out, and the browser keeps nothing of it', async ({
  page,
  context,
  client,
  newPhone,
}) => {
  const phone = newPhone();
  await openApp(page);
  await page.evaluate((phone) => {
    window.openClient();
    return window.app.sendCode({ phone });
  }, phone);
  const otp = await newestCode(client, phone);
  const { user } = await page.evaluate((input) => window.app.verifyCode(input), { phone, otp });
  expect(user.phone).toBe(phone);
  const me = await page.evaluate(async () => (await window.app.fetch('/api/me')).json());
  expect(me).toEqual(user);
  expect(await kept(page, context)).toEqual(NOTHING);
  await page.evaluate(() => window.app.logout());
  expect(await page.evaluate(() => [window.told.at(-1), window.app.tokens])).toEqual(['signed_out', null]);
  expect(await kept(page, context)).toEqual(NOTHING);
});

test('twenty concurrent calls with an expired access token cost one refresh in a browser', async ({
  page,
  context,
  expiredPair,
  refreshes,
}) => {
  await openApp(page);
  const outcome = await page.evaluate(
    async (pair) => {
      window.openClient(pair);
      const headers = { 'content-type': 'application/json' };
      const body = new Blob(['{"first_name":"Jane"}']);
      const calls = Array.from({ length: 19 }, () => window.app.fetch('/api/me'));
      const answers = await Promise.all([...calls, window.app.fetch('/api/me', { method: 'PATCH', headers, body })]);
      return { statuses: answers.map(({ status }) => status), told: window.told, tokens: window.app.tokens };
    },
    await expiredPair(),
  );
  expect(outcome.statuses).toEqual(Array(20).fill(200));
  expect(outcome.told).toEqual([outcome.tokens]);
  expect(refreshes()).toBe(1);
  expect(await kept(page, context)).toEqual(NOTHING);
});

test('a call to another origin is refused in a browser, and one given up leaves the refresh to the others', async ({
  page,
  expiredPair,
  refreshes,
}) => {
  await openApp(page);
  const outcome = await page.evaluate(
    async (pair) => {
      window.openClient(pair);
      const foreign = await window.app.fetch('https://evil.example/').catch((error: Error) => error.name);
      // The first call to be refused gives up while the refresh that it began is under way.
      const impatient = new AbortController();
      const real = window.fetch;
      window.fetch = (url, init) => {
        if (String(url).endsWith('/api/auth/refresh')) setTimeout(() => impatient.abort());
        return real(url, init);
      };
      const given = window.app.fetch('/api/me', { signal: impatient.signal }).catch((error: Error) => error.name);
      const patient = window.app.fetch('/api/me');
      return [foreign, await given, (await patient).status];
    },
    await expiredPair(),
  );
  expect(outcome).toEqual(['TypeError', 'AbortError', 200]);
  expect(refreshes()).toBe(1);
});

test('tabs that share a stored pair under a lock of the browser refresh it once', async ({
  page,
  context,
  expiredPair,
  refreshes,
}) => {
  const second = await context.newPage();
  const pair = await expiredPair();
  for (const tab of [page, second]) {
    await openApp(tab);
    await tab.evaluate(async (pair) => {
      // Not localStorage: a tab may read there what another has replaced already.
      const opening = indexedDB.open('app');
      opening.onupgradeneeded = () => opening.result.createObjectStore('pairs');
      const done = <Value>(request: IDBRequest<Value>) =>
        new Promise<Value>((resolve) => (request.onsuccess = () => resolve(request.result)));
      const database = await done(opening);
      const store = () => database.transaction('pairs', 'readwrite').objectStore('pairs');
      await done(store().put(pair, 'pair'));
      window.app = window.createLatchkeyClient({
        baseUrl: location.origin,
        tokens: pair,
        onTokens: (renewed) => done(store().put(renewed, 'pair')),
        onSignedOut: () => done(store().delete('pair')),
        lock: (work) => navigator.locks.request('latchkey', work),
        reload: () => done<TokenPair>(store().get('pair')),
      });
    }, pair);
  }
  const use = (tab: Page) =>
    tab.evaluate(async () => [(await window.app.fetch('/api/me')).status, window.app.tokens?.refresh]);
  const [one, other] = await Promise.all([use(page), use(second)]);
  expect(one).toEqual([200, expect.any(String)]);
  expect(other).toEqual(one);
  expect(refreshes()).toBe(1);
});
