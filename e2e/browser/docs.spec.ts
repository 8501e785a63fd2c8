import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/browser-test';
import { bearer } from '../fixtures/http-client';
import { expectAccessible, expectFits } from '../fixtures/page-checks';
import { requestCode, signIn } from '../fixtures/sign-in';

const callOf = (page: Page, name: string) =>
  page.getByRole('group').filter({ has: page.getByText(name, { exact: true }) });

/** Opens everything that the page has to show. */
const openAll = (page: Page) =>
  page.evaluate(() => document.querySelectorAll('details').forEach((details) => (details.open = true)));

test('the reference has no serious fault of accessibility, and no call is wider than the page', async ({ page }) => {
  await page.setViewportSize({ width: 360, height: 800 });
  await page.goto('/docs');
  // One call of each kind: all of them, wide open, are more than axe gets through in half a minute.
  for (const name of ['Send a code', 'Delete the account', 'End a session', 'An uploaded picture']) {
    await callOf(page, name).first().locator('summary').click();
  }
  await expectAccessible(page, '/docs');
  await openAll(page);
  for (const width of [360, 1280]) {
    await page.setViewportSize({ width, height: 800 });
    await expectFits(page, `/docs at ${width}`);
  }
});

test('the reference asks nobody but us for anything', async ({ page, run }) => {
  const asked: string[] = [];
  page.on('request', (request) => asked.push(new URL(request.url()).origin));
  for (const path of ['/docs', '/api/docs', '/redoc']) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/docs$/);
    await expect(page.getByRole('heading', { name: 'API reference' })).toBeVisible();
  }
  expect(new Set(asked)).toEqual(new Set([run.appUrl]));
});

test('the reference is searched by path, words and codes', async ({ page }) => {
  await page.goto('/docs');
  const shown = page.locator('summary:visible');
  await expect(page.getByText('/api/me/sessions/{id}', { exact: true })).toBeVisible();
  const all = await shown.count();
  await page.getByRole('searchbox', { name: 'Search' }).fill('refresh_reused');
  // Ours, and Hub's.
  await expect(shown).toHaveCount(2);
  await expect(page.getByText('2 calls match.')).toBeVisible();
  await expect(page.getByText('/api/auth/refresh', { exact: true })).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search' }).fill('no such thing');
  await expect(page.getByText('No call matches.')).toBeVisible();
  await page.getByRole('searchbox', { name: 'Search' }).fill('');
  await expect(shown).toHaveCount(all);
});

test('calls are tried with a pasted token, by keyboard, which the browser does not keep', async ({
  page,
  context,
  client,
  newPhone,
  signedIn,
}) => {
  await signedIn();
  const phone = newPhone();
  const { tokens } = await signIn(client, phone);
  await page.goto('/docs');
  const call = callOf(page, 'Who is signed in');
  const marker = call.locator('summary svg');
  await expect(marker).toHaveCSS('rotate', '-90deg');
  await call.locator('summary').focus();
  await page.keyboard.press('Enter');
  await expect(marker).toHaveCSS('rotate', '0deg');
  await call.getByRole('button', { name: 'Try it' }).click();
  // The session of this very browser is not what it uses.
  await expect(call.getByLabel('Answer', { exact: true })).toContainText('"code": "unauthenticated"');
  await page.getByLabel('Access token').fill(` ${tokens.access} `);
  await call.getByRole('button', { name: 'Try it' }).click();
  await expect(call.getByLabel('Answer', { exact: true })).toContainText(`"phone": "${phone}"`);
  const kept = await page.evaluate(() => [
    ...Object.values({ ...localStorage }),
    ...Object.values({ ...sessionStorage }),
    document.cookie,
    location.href,
  ]);
  expect(kept.join()).not.toContain(tokens.access);
  expect((await context.cookies()).map(({ value }) => value).join()).not.toContain(tokens.access);
});

test('a call with a body and one with an address are tried as they are filled in', async ({
  page,
  client,
  newPhone,
}) => {
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  await page.goto('/docs');
  const verifying = callOf(page, 'Sign in with a code').first();
  await verifying.locator('summary').click();
  const body = verifying.getByRole('textbox', { name: 'Body' });
  await body.fill('{');
  await verifying.getByRole('button', { name: 'Try it' }).click();
  await expect(verifying.getByRole('alert')).toHaveText('This is not JSON.');
  await body.fill(JSON.stringify({ phone, otp: code }));
  await verifying.getByRole('button', { name: 'Try it' }).click();
  await expect(verifying.getByLabel('Answer', { exact: true })).toContainText('"message": "Account created"');
  const picture = callOf(page, 'An uploaded picture');
  await picture.locator('summary').click();
  await picture.getByRole('textbox', { name: 'id' }).fill('a/../b');
  await picture.getByRole('button', { name: 'Try it' }).click();
  await expect(picture.getByText('GET /api/avatars/a%2F..%2Fb')).toBeVisible();
  await expect(picture.getByLabel('Answer', { exact: true })).toContainText('"code": "not_found"');
});

test('what is filled into an address never makes another call of it', async ({ page, client, newPhone }) => {
  const { user, tokens } = await signIn(client, newPhone());
  const asked: string[] = [];
  page.on('request', (request) => asked.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await page.goto('/docs');
  await page.getByLabel('Access token').fill(tokens.access);
  const call = callOf(page, 'End a session');
  await call.locator('summary').click();
  const id = call.getByRole('textbox', { name: 'id' });
  // A browser reads these as a way up: “End a session” would end all others, or delete the account.
  for (const dots of ['.', '..']) {
    await id.fill(dots);
    await call.getByRole('button', { name: 'Try it' }).click();
    await expect(call.getByRole('alert')).toHaveText('Dots alone would lead to another address.');
    await expect(id).toHaveAttribute('aria-invalid', 'true');
  }
  for (const [typed, path] of [
    ['%2e%2e', '/api/me/sessions/%252e%252e'],
    ['../../me', '/api/me/sessions/..%2F..%2Fme'],
    ['x?y#z', '/api/me/sessions/x%3Fy%23z'],
  ] as const) {
    await id.fill(typed);
    await call.getByRole('button', { name: 'Try it' }).click();
    await expect(call.getByText(`DELETE ${path}`)).toBeVisible();
  }
  expect(asked.filter((each) => each.startsWith('DELETE'))).toHaveLength(3);
  for (const each of asked.filter((each) => each.startsWith('DELETE')))
    expect(each).toMatch(/^DELETE \/api\/me\/sessions\/./);
  expect((await client.get('/api/me', { headers: bearer(tokens.access) })).json()).toMatchObject({ id: user.id });
});
