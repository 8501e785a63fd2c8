import fs from 'node:fs';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import type { Page } from '@playwright/test';
import { makeAdmin } from '../fixtures/admin';
import { newestCode, webSession } from '../fixtures/sign-in';
import {
  askForCode,
  codeField,
  expect,
  phoneField,
  sendButton,
  tellAboutYou,
  test,
  welcome,
  whenHydrated,
} from '../fixtures/browser-test';

// Every browser test fails by itself when a page breaks its policy (fixture `complaints`). Here every page there is gets its visit.

/** The pages of the app, as addresses. */
const pages = fs
  .readdirSync('app', { recursive: true, encoding: 'utf8' })
  .filter((file) => path.basename(file) === 'page.tsx')
  .map((file) => `/${path.dirname(file).replaceAll(path.sep, '/')}`.replace('/.', '/'))
  .sort();

/** Who has to come for a page to be shown. */
const visits: Record<string, 'anybody' | 'somebody in a sign-in' | 'new' | 'signed in' | 'admin' | 'without a number'> =
  {
    '/': 'anybody',
    '/auth': 'anybody',
    '/auth/recover': 'anybody',
    '/docs': 'anybody',
    '/otp-test': 'anybody',
    '/dev/inbox': 'anybody',
    '/auth/code': 'somebody in a sign-in',
    '/auth/about-you': 'new',
    '/auth/add-phone': 'without a number',
    '/dashboard': 'signed in',
    '/dashboard/profile': 'signed in',
    '/dashboard/security': 'signed in',
    '/admin/deliveries': 'admin',
    '/admin/status': 'admin',
  };

test('every page there is has its visit below', () => {
  expect(pages).toEqual(Object.keys(visits).sort());
});

for (const [address, who] of Object.entries(visits)) {
  test(`${address} breaks no rule of its policy, in either colours`, async ({
    page,
    signedIn,
    newPhone,
    sql,
    context,
    client,
    run,
  }) => {
    if (who === 'somebody in a sign-in') await askForCode(page, newPhone());
    if (who === 'new') await signedIn(null);
    if (who === 'signed in') await signedIn();
    if (who === 'admin') await makeAdmin(sql, await signedIn());
    if (who === 'without a number') {
      const phone = newPhone();
      const [name = '', value = ''] = (await webSession(client, phone)).split('=');
      await sql`update users set phone = null, phone_verified_at = null where phone = ${phone}`;
      await context.addCookies([{ name, value, url: run.appUrl, httpOnly: true, sameSite: 'Lax' }]);
    }
    await page.goto(address);
    expect(new URL(page.url()).pathname).toBe(address);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await whenHydrated(page);
    await page.emulateMedia({ colorScheme: 'dark' });
  });
}

test('nothing of a whole visit breaks one: number, code, profile, picture, devices, sign-out', async ({
  page,
  client,
  newPhone,
}) => {
  const phone = newPhone();
  await page.goto('/');
  await page.goto('/auth');
  await whenHydrated(page);
  await page
    .getByRole('button', { name: /country/i })
    .first()
    .click();
  await expect(page.getByRole('combobox')).toBeVisible();
  await page.keyboard.press('Escape');
  await expect(page.getByRole('combobox')).toBeHidden();
  await phoneField(page).fill('12');
  await sendButton(page).click();
  await expect(page.getByText(/doesn’t look like a phone number/).first()).toBeVisible();
  await askForCode(page, phone);
  await codeField(page).fill(await newestCode(client, phone));
  await tellAboutYou(page);
  await expect(welcome(page)).toBeVisible();
  await page.goto('/dashboard/profile');
  await page.getByLabel('Picture file').setInputFiles('public/logo-512.png');
  await expect(page.getByRole('button', { name: 'Replace picture' })).toBeVisible();
  await page.goto('/dashboard/security');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await page.goto('/no-such-page');
  await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
  await page.goto('/dashboard');
  await page.getByRole('button', { name: 'Logout' }).click();
  await expect(page).toHaveURL(/\/auth$/);
});

test('what breaks the policy is stopped, and heard of', async ({ page, complaints }) => {
  await page.goto('/auth');
  await whenHydrated(page);
  const ran = await page.evaluate(async () => {
    // A parser's insertion: what a hole in the page would give an attacker.
    document.body.insertAdjacentHTML('beforeend', '<img src="data:," onerror="window.injected = true">');
    // Heard after the image's own handler would have run.
    const failed = new Promise((resolve) => document.body.lastElementChild?.addEventListener('error', resolve));
    document.body.append(Object.assign(document.createElement('base'), { href: 'https://evil.example/' }));
    await fetch('https://evil.example/').catch(() => undefined);
    await failed;
    return 'injected' in window;
  });
  expect(ran).toBe(false);
  await expect
    .poll(() => complaints.filter((line) => line.startsWith('CSP violation: ')).length)
    .toBeGreaterThanOrEqual(3);
  for (const directive of ['script-src-attr', 'base-uri', 'connect-src']) {
    expect(complaints.join('\n')).toContain(`CSP violation: ${directive}`);
  }
  complaints.length = 0;
});

test('no page of ours shows in a frame of another’s', async ({ page, signedIn, run, complaints }) => {
  await signedIn();
  const hostile = http.createServer((request, response) => {
    const wanted = new URL(request.url ?? '/', 'http://x').searchParams.get('frame');
    response.setHeader('content-type', 'text/html').end(`<iframe src="${run.appUrl}${wanted}"></iframe>`);
  });
  await new Promise<void>((resolve) => hostile.listen(0, '127.0.0.1', resolve));
  const { port } = hostile.address() as AddressInfo;
  for (const address of ['/', '/auth', '/dashboard', '/dashboard/security', '/no-such-page', '/api/me', '/flags/IN']) {
    await page.goto(`http://127.0.0.1:${port}/?frame=${encodeURIComponent(address)}`);
    await expect.poll(() => page.frames()[1]?.url(), address).toMatch(/^chrome-error:/);
    expect(await textOf(page)).not.toMatch(/Welcome|sign in/i);
  }
  await new Promise((resolve) => hostile.close(resolve));
  // The browser's own words about each refused frame.
  expect(complaints.every((line) => /frame-ancestors|frame/i.test(line))).toBe(true);
  complaints.length = 0;
});

const textOf = (page: Page) =>
  page
    .frames()[1]!
    .evaluate(() => document.body?.innerText ?? '')
    .catch(() => '');
