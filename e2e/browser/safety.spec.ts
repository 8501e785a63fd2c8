import type { Response } from '@playwright/test';
import { gzipSync } from 'node:zlib';
import { newestCode } from '../fixtures/sign-in';
import {
  codeField,
  enterRightCode,
  expect,
  phoneField,
  sendButton,
  tellAboutYou,
  test,
  verifyButton,
  welcome,
} from '../fixtures/browser-test';

test('scripts never see a token: not in storage, cookie, page or address', async ({
  page,
  context,
  client,
  askedForCode,
}) => {
  const phone = await askedForCode();
  await enterRightCode(page, await newestCode(client, phone));
  await tellAboutYou(page);
  await expect(welcome(page)).toBeVisible();
  const session = (await context.cookies()).find(({ name }) => name === 'next-auth.session-token');
  expect(session).toMatchObject({ httpOnly: true, sameSite: 'Lax', path: '/' });
  const seen = await page.evaluate(() => ({
    cookie: document.cookie,
    local: JSON.stringify(localStorage),
    session: JSON.stringify(sessionStorage),
    html: document.documentElement.outerHTML,
    address: location.href,
  }));
  expect(seen.cookie).toBe('');
  expect(seen.local).toBe('{}');
  for (const text of [seen.session, seen.html, seen.address]) {
    expect(text).not.toContain(session!.value);
    expect(text).not.toMatch(/eyJ[\w-]+\.[\w-]+\./);
  }
  expect(await page.evaluate(async () => (await indexedDB.databases()).length)).toBe(0);
});

test('the whole number leaves the server on no page of the wizard', async ({ page, askedForCode }) => {
  const phone = await askedForCode();
  await page.reload();
  expect(await page.content()).not.toContain(phone.slice(3));
});

test('every page carries its policy, a new nonce each time, and is kept by no cache', async ({ page, signedIn }) => {
  await signedIn();
  const nonces = new Set<string>();
  const paths = ['/', '/dashboard', '/dashboard/profile', '/no-such-page', '/dashboard'];
  for (const path of paths) {
    const response = await page.goto(path);
    const headers = response?.headers() ?? {};
    const policy = headers['content-security-policy'] ?? '';
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy.match(/script-src ([^;]+)/)?.[1]).not.toContain('unsafe');
    nonces.add(/'nonce-([^']+)'/.exec(policy)?.[1] ?? '');
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': expect.any(String),
      'permissions-policy': expect.any(String),
    });
    expect(headers['cache-control']).toContain('no-store');
    expect(headers['x-powered-by']).toBeUndefined();
  }
  expect(nonces.size).toBe(paths.length);
});

test('what a person writes is shown as text, never run', async ({ page, signedIn }) => {
  const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
  await signedIn({ first_name: evil.slice(0, 100), last_name: '\'"--', email: 'john@example.com', bio: evil });
  await page.goto('/dashboard');
  await expect(page.getByText(evil, { exact: true })).toBeVisible();
  expect(await page.title()).toMatch(/^Dashboard/);
  await page.goto('/dashboard/profile');
  await expect(page.getByRole('textbox', { name: 'Bio' })).toHaveValue(evil);
  expect(await page.title()).toMatch(/^Edit profile/);
});

test('unknown addresses have a page of their own that leads on', async ({ page }) => {
  for (const path of ['/no-such-page', '/auth/no-such-step', '/dashboard/no-such-page', '/dev/nothing']) {
    const response = await page.goto(path);
    expect(response?.status(), path).toBe(404);
    await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
  }
  await page.getByRole('link', { name: 'Go to the start' }).click();
  await expect(page).toHaveURL(/\/$/);
});

test('the first load of /auth carries at most 155 KB of JavaScript', async ({ page }) => {
  const scripts = new Map<string, Promise<Buffer>>();
  const count = (response: Response) => {
    if (response.request().resourceType() === 'script') scripts.set(response.url(), response.body());
  };
  page.on('response', count);
  await page.goto('/auth', { waitUntil: 'load' });
  // What passkeys need comes after the page has loaded, when nobody waits for it.
  page.off('response', count);
  const sizes = await Promise.all([...scripts.values()].map(async (body) => gzipSync(await body).length));
  const kilobytes = sizes.reduce((sum, size) => sum + size, 0) / 1000;
  console.log(`First load of /auth: ${kilobytes.toFixed(1)} KB of JavaScript (gzip) in ${sizes.length} files`);
  expect(sizes.length).toBeGreaterThan(3);
  expect(kilobytes).toBeLessThanOrEqual(155);
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('the pages can be read, and numbers and codes still be sent', async ({ page, client, newPhone }) => {
    const phone = newPhone();
    await page.goto('/auth');
    await expect(page.getByRole('heading', { name: 'Welcome back! Please sign in' })).toBeVisible();
    await phoneField(page).fill('123');
    await sendButton(page).click();
    await expect(page.getByText(/doesn’t look like a phone number/).first()).toBeVisible();
    await phoneField(page).fill(phone);
    await sendButton(page).click();
    await expect(page).toHaveURL(/\/auth\/code$/);
    await codeField(page).fill(await newestCode(client, phone));
    await verifyButton(page).click();
    await expect(page).toHaveURL(/\/auth\/about-you$/);
    await expect(page.getByRole('textbox', { name: 'First name' })).toBeVisible();
  });

  test('the dashboard can be read', async ({ page, signedIn }) => {
    await signedIn();
    await page.goto('/dashboard');
    await expect(welcome(page)).toBeVisible();
    await expect(page.getByText('john@example.com')).toBeVisible();
  });
});
