import type { BrowserContext, Page } from '@playwright/test';
import { gate } from '../fixtures/gate';
import { messagesTo, newestCode, wrongCode } from '../fixtures/sign-in';
import {
  alerts,
  askForCode,
  codeField,
  enterRightCode,
  expect,
  phoneField,
  sendButton,
  tellAboutYou,
  test,
  verifyButton,
  welcome,
  whenHydrated,
} from '../fixtures/browser-test';

/** A tab beside the one where a code was asked for, at step two as well. */
async function secondTab(context: BrowserContext): Promise<Page> {
  const tab = await context.newPage();
  await tab.goto('/auth/code');
  return tab;
}

test('two tabs with one number: the second joins the first, and either takes the code', async ({
  page,
  context,
  client,
  newPhone,
}) => {
  const phone = newPhone();
  const second = await context.newPage();
  await askForCode(page, phone);
  await askForCode(second, phone);
  expect(await messagesTo(client, phone)).toHaveLength(1);
  await enterRightCode(second, await newestCode(client, phone));
});

test('a tab left at step two after another has signed in moves on by itself when somebody comes back to it', async ({
  page,
  context,
  client,
  askedForCode,
}) => {
  const phone = await askedForCode();
  const second = await secondTab(context);
  await enterRightCode(second, await newestCode(client, phone));
  await tellAboutYou(second);
  await expect(welcome(second)).toBeVisible();
  await page.bringToFront();
  await page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));
  await expect(page).toHaveURL(/\/dashboard$/);
});

test('the code entered in both tabs signs in both', async ({ page, context, client, askedForCode }) => {
  const phone = await askedForCode();
  const second = await secondTab(context);
  const code = await newestCode(client, phone);
  await Promise.all([codeField(page).fill(code), codeField(second).fill(code)]);
  for (const tab of [page, second]) await expect(tab).toHaveURL(/\/(auth\/about-you|dashboard)$/);
  expect(await messagesTo(client, phone)).toHaveLength(1);
});

test('two tabs with two numbers stay with their own', async ({ page, context, client, newPhone }) => {
  const [mine, yours] = [newPhone(), newPhone()];
  const second = await context.newPage();
  await askForCode(page, mine);
  await askForCode(second, yours);
  await enterRightCode(page, await newestCode(client, mine));
  const me = await page.request.get('/api/me');
  expect(await me.json()).toMatchObject({ phone: mine });
  // The other code signs in to the other account, in place of the first: nobody lands in an account that is not the number's.
  await enterRightCode(second, await newestCode(client, yours));
  await expect(second.getByText(yours.slice(-4))).toBeVisible();
  expect(await (await second.request.get('/api/me')).json()).toMatchObject({ phone: yours });
});

test('a tab stays with its own number over a reload', async ({ page, context, client, newPhone }) => {
  const [mine, yours] = [newPhone('IN'), newPhone('IN')];
  const second = await context.newPage();
  await askForCode(page, mine);
  await whenHydrated(page);
  await askForCode(second, yours);
  await page.reload();
  await expect(page).toHaveURL(/\/auth\/code\?for=/);
  await enterRightCode(page, await newestCode(client, mine));
  expect(await (await page.request.get('/api/me')).json()).toMatchObject({ phone: mine });
});

test('tries are shared between tabs', async ({ page, context, client, askedForCode }) => {
  const phone = await askedForCode();
  const second = await secondTab(context);
  const code = await newestCode(client, phone);
  await codeField(page).fill(wrongCode(code));
  await expect(alerts(page).filter({ hasText: '4 tries left' })).toBeVisible();
  await codeField(second).fill(wrongCode(code, 2));
  await expect(alerts(second).filter({ hasText: '3 tries left' })).toBeVisible();
});

test('a resend in one tab is known in the other when its code is entered there', async ({
  page,
  context,
  client,
  clock,
  askedForCode,
}) => {
  const phone = await askedForCode();
  const second = await secondTab(context);
  await clock.passForPhone(phone, 61);
  await page.reload();
  await page.getByRole('button', { name: 'Resend OTP' }).click();
  await expect(page.getByRole('button', { name: /Resend OTP in/ })).toBeVisible();
  await enterRightCode(second, await newestCode(client, phone));
});

test('the old code entered while a new one is being sent leaves the new one alone', async ({
  page,
  client,
  clock,
  askedForCode,
  sql,
}) => {
  const phone = await askedForCode();
  const old = await newestCode(client, phone);
  await clock.passForPhone(phone, 61);
  // Then the page asks for no news of it, which would stand in front of what is asked for below.
  await sql`update sms_deliveries set delivered_at = now() where phone = ${phone}`;
  await page.reload();
  // What checks digits is here then, and the next code goes on its way at once.
  await codeField(page).fill(wrongCode(old));
  await expect(alerts(page).filter({ hasText: '4 tries left' })).toBeVisible();
  const held = gate();
  await page.route(
    '**/auth/code',
    async (route) => {
      const response = await route.fetch();
      await held.opened;
      await route.fulfill({ response });
    },
    { times: 1 },
  );
  await page.getByRole('button', { name: 'Resend OTP' }).click();
  await expect.poll(async () => (await messagesTo(client, phone)).length).toBe(2);
  await codeField(page).fill(old);
  await expect(page.getByRole('status').filter({ hasText: 'Checking the code' })).toBeAttached();
  const refused = page.waitForResponse((response) => response.request().postData()?.includes(old) === true);
  held.open();
  await refused;
  await expect(codeField(page)).toHaveValue('');
  await expect(page.getByRole('button', { name: /Resend OTP in/ })).toBeVisible();
  await enterRightCode(page, await newestCode(client, phone));
});

test('a page left open while a new version was put in place says so, and that it has to be loaded again', async ({
  page,
  newPhone,
}) => {
  await page.goto('/auth');
  await whenHydrated(page);
  await phoneField(page).fill(newPhone());
  // As the page of an older build asks: for an action that this one does not have.
  await page.route('**/auth', (route) =>
    route.continue({ headers: { ...route.request().headers(), 'next-action': '40'.padEnd(42, '0') } }),
  );
  await sendButton(page).click();
  await expect(alerts(page).filter({ hasText: 'This page is out of date. Load it again.' })).toBeVisible();
  await page.unroute('**/auth');
  await page.reload();
  await phoneField(page).fill(newPhone());
  await sendButton(page).click();
  await expect(page).toHaveURL(/\/auth\/code$/);
});

test('a double click on "Send OTP" sends one message', async ({ page, client, newPhone }) => {
  const phone = newPhone();
  await page.goto('/auth');
  await whenHydrated(page);
  await phoneField(page).fill(phone);
  await sendButton(page).dblclick();
  await expect(page).toHaveURL(/\/auth\/code$/);
  expect(await messagesTo(client, phone)).toHaveLength(1);
});

test('Enter pressed over and over at step two tries a code once', async ({ page, client, sql, askedForCode }) => {
  const phone = await askedForCode();
  await whenHydrated(page);
  const code = await newestCode(client, phone);
  await codeField(page).fill(wrongCode(code));
  for (let press = 0; press < 4; press += 1) await codeField(page).press('Enter');
  await expect(alerts(page).filter({ hasText: /./ })).toBeVisible();
  expect([...(await sql`select attempts from otp_challenges where phone = ${phone}`)]).toEqual([{ attempts: 1 }]);
});

test('a double click on "Verify & Continue" makes one session', async ({
  page,
  context,
  client,
  sql,
  askedForCode,
}) => {
  const phone = await askedForCode();
  await whenHydrated(page);
  const code = await newestCode(client, phone);
  await codeField(page).pressSequentially(code.slice(0, 5));
  await Promise.all([
    codeField(page).press(code.slice(5)),
    verifyButton(page)
      .dblclick({ force: true, noWaitAfter: true })
      .catch(() => undefined),
  ]);
  await expect(page).toHaveURL(/\/auth\/about-you$/);
  expect(await sql`select 1 from sessions s join users u on u.id = s.user_id where u.phone = ${phone}`).toHaveLength(1);
  expect(context.pages()).toHaveLength(1);
});

test('a double click on "Continue" and on "Logout" harms nothing', async ({ page, signedIn }) => {
  await signedIn(null);
  await page.goto('/auth/about-you');
  await page.getByRole('textbox', { name: 'First name' }).fill('John');
  await page.getByRole('textbox', { name: 'Last name' }).fill('Doe');
  await page.getByRole('textbox', { name: 'Email' }).fill('john@example.com');
  await page.getByRole('button', { name: 'Continue' }).dblclick();
  await expect(welcome(page)).toBeVisible();
  await page.getByRole('button', { name: 'Logout' }).dblclick();
  await expect(page).toHaveURL(/\/auth$/);
});
