import type { Page } from '@playwright/test';
import { newestCode } from '../fixtures/sign-in';
import {
  askForCode,
  codeField,
  enterRightCode,
  COMPLETE,
  expect,
  phoneField,
  resendButton,
  tellAboutYou,
  test,
  welcome,
} from '../fixtures/browser-test';

/** Where a visitor who types this address ends up. */
async function endsUp(page: Page, path: string): Promise<string> {
  await page.goto(path);
  return new URL(page.url()).pathname;
}

test('signed out, every step and every protected page leads to step one', async ({ page }) => {
  for (const path of [
    '/auth/code',
    '/auth/about-you',
    '/dashboard',
    '/dashboard/profile',
    '/auth/code/',
    '/dashboard/',
  ]) {
    expect(await endsUp(page, path), path).toBe('/auth');
  }
  await expect(phoneField(page)).toBeVisible();
});

test('with a code on its way step two is open, the rest is not', async ({ page, newPhone }) => {
  await askForCode(page, newPhone());
  expect(await endsUp(page, '/dashboard')).toBe('/auth');
  expect(await endsUp(page, '/auth/about-you')).toBe('/auth');
  expect(await endsUp(page, '/auth/code')).toBe('/auth/code');
  await expect(codeField(page)).toBeVisible();
});

test('signed in without a profile, everything leads to step three', async ({ page, signedIn }) => {
  await signedIn(null);
  for (const path of ['/auth', '/dashboard', '/dashboard/profile'])
    expect(await endsUp(page, path), path).toBe('/auth/about-you');
});

test('signed in with a profile, every step leads to the dashboard', async ({ page, signedIn }) => {
  await signedIn();
  for (const path of ['/auth', '/auth/about-you', '/auth/code', '/dashboard'])
    expect(await endsUp(page, path), path).toBe('/dashboard');
  await expect(welcome(page)).toBeVisible();
  await page.goto('/');
  await expect(page.getByRole('link', { name: 'Go to dashboard' })).toBeVisible();
});

test('each step survives a reload', async ({ page, client, newPhone }) => {
  const phone = newPhone();
  await page.goto('/auth');
  await page.reload();
  await phoneField(page).fill(phone);
  await page.getByRole('button', { name: 'Send OTP' }).click();
  await expect(page).toHaveURL(/\/auth\/code$/);
  await page.reload();
  await expect(page.getByText(`•••••• ${phone.slice(-4)}`)).toBeVisible();
  await expect(resendButton(page)).toHaveText(/in \d+s/);
  await enterRightCode(page, await newestCode(client, phone));
  await page.reload();
  await tellAboutYou(page);
  await expect(welcome(page)).toBeVisible();
  await page.reload();
  await expect(welcome(page)).toBeVisible();
});

test('a code asked for in one browser can’t be entered in another', async ({ page, newContext, newPhone }) => {
  await askForCode(page, newPhone());
  const other = await (await newContext()).newPage();
  expect(await endsUp(other, '/auth/code')).toBe('/auth');
});

test('back from step two shows step one with the code still good, and forward again', async ({
  page,
  client,
  askedForCode,
}) => {
  const phone = await askedForCode();
  await page.goBack();
  await expect(page).toHaveURL(/\/auth$/);
  await expect(phoneField(page)).toBeVisible();
  await page.goForward();
  await expect(page).toHaveURL(/\/auth\/code$/);
  await enterRightCode(page, await newestCode(client, phone));
  await tellAboutYou(page);
  await expect(welcome(page)).toBeVisible();
});

test('back after the sign-in leads to no finished step', async ({ page, client, askedForCode }) => {
  const phone = await askedForCode();
  await enterRightCode(page, await newestCode(client, phone));
  await tellAboutYou(page);
  await expect(welcome(page)).toBeVisible();
  for (let step = 0; step < 3; step += 1) {
    await page.goBack();
    if (page.url() === 'about:blank') break;
    await expect(page).toHaveURL(/\/dashboard$/);
  }
});

test('after the sign-out nothing of the person is left: not by "back", not by address, not in the cookie', async ({
  page,
  context,
  signedIn,
}) => {
  await signedIn();
  await page.goto('/dashboard');
  await page.getByRole('link', { name: 'Edit profile' }).click();
  await expect(page.getByRole('heading', { name: 'Edit profile' })).toBeVisible();
  await page.getByRole('button', { name: 'Logout' }).click();
  await expect(page).toHaveURL(/\/auth$/);
  await expect(phoneField(page)).toBeVisible();
  for (let step = 0; step < 2; step += 1) {
    await page.goBack();
    await expect(page).toHaveURL(/\/auth$|^about:blank$/);
    if (page.url() === 'about:blank') break;
    await expect(page.getByText(COMPLETE.first_name)).toBeHidden();
  }
  expect(await endsUp(page, '/dashboard')).toBe('/auth');
  expect((await context.cookies()).filter(({ name }) => name.includes('session-token'))).toEqual([]);
});

test('the sign-out ends the session on the server, also for a copy of the cookie', async ({
  page,
  context,
  client,
  signedIn,
}) => {
  await signedIn();
  const copy = (await context.cookies()).map(({ name, value }) => `${name}=${value}`).join('; ');
  await page.goto('/dashboard');
  await page.getByRole('button', { name: 'Logout' }).click();
  await expect(page).toHaveURL(/\/auth$/);
  expect((await client.get('/api/me', { headers: { cookie: copy } })).json()).toMatchObject({ code: 'token_revoked' });
});

test('a session ended elsewhere leads to step one on the next click', async ({ page, signedIn, sql }) => {
  const phone = await signedIn();
  await page.goto('/dashboard');
  await sql`update sessions set revoked_at = now() where user_id = (select id from users where phone = ${phone})`;
  await page.getByRole('link', { name: 'Edit profile' }).click();
  await expect(page).toHaveURL(/\/auth$/);
});

test('a suspended person is out at once, and is told so only after a right code', async ({
  page,
  signedIn,
  sql,
  clock,
  client,
}) => {
  const phone = await signedIn();
  await page.goto('/dashboard');
  await sql`update users set suspended_at = now() where phone = ${phone}`;
  await page.reload();
  await expect(page).toHaveURL(/\/auth$/);
  await clock.passForPhone(phone, 61);
  await askForCode(page, phone);
  await codeField(page).fill(await newestCode(client, phone));
  await expect(page.getByText(/This account is suspended/).first()).toBeVisible();
  await expect(page).toHaveURL(/\/auth\/code$/);
});
