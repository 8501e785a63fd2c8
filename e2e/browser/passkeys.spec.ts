import type { Page } from '@playwright/test';
import { alerts, COMPLETE, expect, phoneField, test, welcome, whenHydrated } from '../fixtures/browser-test';
import { gate } from '../fixtures/gate';
import { bearer } from '../fixtures/http-client';
import { expectAccessible } from '../fixtures/page-checks';
import { messagesTo, signIn } from '../fixtures/sign-in';
import { virtualDevice } from '../fixtures/virtual-device';

const offer = (page: Page) => page.getByRole('complementary', { name: 'Passkey' });
const section = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const rows = (page: Page) => page.getByRole('list', { name: 'Passkeys' }).getByRole('listitem');
const passkeyButton = (page: Page) => page.getByRole('button', { name: 'Sign in with a passkey' });

async function addOnSecurityPage(page: Page): Promise<void> {
  await page.goto('/dashboard/security');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(page.getByText(/is added\. Next time, sign in with it\./)).toBeVisible();
  await expect(rows(page)).toHaveCount(1);
}

async function signOut(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Logout' }).click();
  await expect(page).toHaveURL(/\/auth$/);
}

test('after a sign-in by phone one is offered; the next sign-in is by it, without a message', async ({
  page,
  signedIn,
  client,
}) => {
  const device = await virtualDevice(page, { suggested: false });
  const phone = await signedIn(COMPLETE);
  await page.goto('/dashboard');
  await expect(offer(page)).toContainText('Sign in without a code next time');
  await offer(page).getByRole('button', { name: 'Add a passkey' }).click();
  await expect(page.getByText('Your passkey is added.')).toBeVisible();
  expect(await device.passkeys()).toHaveLength(1);
  await page.reload();
  await expect(welcome(page)).toBeVisible();
  await expect(offer(page)).toBeHidden();

  const messages = (await messagesTo(client, phone)).length;
  await signOut(page);
  await passkeyButton(page).click();
  await expect(welcome(page)).toBeVisible();
  expect(await messagesTo(client, phone)).toHaveLength(messages);
});

test('one is found among the suggestions of the phone field, without a press of any button', async ({
  page,
  signedIn,
}) => {
  // A virtual device picks its passkey as soon as it is suggested.
  await virtualDevice(page);
  await signedIn(COMPLETE);
  await addOnSecurityPage(page);
  await page.getByRole('button', { name: 'Logout' }).click();
  await expect(welcome(page)).toBeVisible();
  await expect(page).toHaveURL(/\/dashboard$/);
});

test('"not now" is remembered on all devices', async ({ page, signedIn }) => {
  await signedIn(COMPLETE);
  await page.goto('/dashboard');
  const told = page.waitForResponse((response) => response.url().endsWith('/api/me/passkeys/offer'));
  await offer(page).getByRole('button', { name: 'Not now' }).click();
  await expect(offer(page)).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  expect((await told).status()).toBe(200);
  await page.reload();
  await expect(welcome(page)).toBeVisible();
  await expect(offer(page)).toBeHidden();
});

test('the security page lists, names and removes them, and knows one that is there already', async ({
  page,
  signedIn,
}) => {
  await virtualDevice(page, { suggested: false });
  await signedIn(COMPLETE);
  await addOnSecurityPage(page);
  await expect(rows(page).first()).toContainText('Not used yet');
  await page.getByRole('button', { name: 'Add another passkey' }).click();
  await expect(alerts(page).filter({ hasText: 'has a passkey for this account already' })).toBeVisible();

  await page.getByRole('button', { name: /^Rename / }).click();
  const dialog = page.getByRole('dialog', { name: 'Rename this passkey' });
  await dialog.getByRole('textbox', { name: 'Name' }).fill('');
  await dialog.getByRole('button', { name: 'Save' }).click();
  await expect(dialog.getByText('Give it a name')).toBeVisible();
  await dialog.getByRole('textbox', { name: 'Name' }).fill('Work laptop');
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(rows(page).first()).toContainText('Work laptop');
  await expect(page.getByText('Passkey added')).toBeVisible();

  await page.getByRole('button', { name: 'Remove Work laptop' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove' }).click();
  await expect(page.getByText('Work laptop is removed here.')).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  // What went wrong before no longer stands beside it.
  await expect(alerts(page).filter({ hasText: /./ })).toHaveCount(0);
  await expect(page.getByRole('heading', { name: 'Passkeys' })).toBeFocused();

  // What the device still has opens nothing any more.
  await signOut(page);
  await passkeyButton(page).click();
  await expect(alerts(page).filter({ hasText: 'doesn’t open an account here' }).first()).toBeVisible();
});

test('whoever removes one may sign out all other devices with it; without that they stay signed in', async ({
  page,
  signedIn,
  newClient,
  clock,
}) => {
  await virtualDevice(page, { suggested: false });
  const phone = await signedIn(COMPLETE);
  await clock.passForPhone(phone, 61);
  const app = newClient();
  const { tokens } = await signIn(app, phone);
  const stillIn = async () => (await app.get('/api/me', { headers: bearer(tokens.access) })).status;
  const dialog = page.getByRole('dialog');
  for (const others of [false, true]) {
    await addOnSecurityPage(page);
    await page.getByRole('button', { name: /^Remove / }).click();
    await expect(dialog).toContainText('devices it signed in stay signed in');
    if (others) await dialog.getByLabel('Sign out all my other devices, too').check();
    await dialog.getByRole('button', { name: 'Remove' }).click();
    await expect(page.getByText(/is removed here\./)).toContainText(
      others ? 'All other devices are signed out.' : 'Delete it on your device, too.',
    );
    expect(await stillIn()).toBe(others ? 401 : 200);
  }
  await expect(page.getByText('You’re signed in nowhere else.')).toBeVisible();
  await page.reload();
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await page.getByRole('button', { name: /^Remove / }).click();
  await expect(dialog.getByRole('checkbox')).toHaveCount(0);
});

test('a device that does not recognise its owner makes no passkey, and the page says what to do', async ({
  page,
  signedIn,
}) => {
  const device = await virtualDevice(page);
  await device.recognises(false);
  await signedIn(COMPLETE);
  await page.goto('/dashboard/security');
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(alerts(page).filter({ hasText: 'No passkey was made. Try again' })).toBeVisible();
  await expect(rows(page)).toHaveCount(0);
  await device.recognises(true);
  await page.getByRole('button', { name: 'Add a passkey' }).click();
  await expect(rows(page)).toHaveCount(1);
});

test('a passkey confirms that it’s you where a code would', async ({ page, signedIn, newClient, clock, sql }) => {
  await virtualDevice(page);
  const phone = await signedIn(COMPLETE);
  await addOnSecurityPage(page);
  const [user] = await sql<{ id: string }[]>`select id from users where phone = ${phone}`;
  await clock.passForPhone(phone, 661);
  await clock.passForSessions(user!.id, 661);
  const apps = [];
  for (const client of [newClient(), newClient()]) {
    apps.push({ client, headers: bearer((await signIn(client, phone)).tokens.access) });
    await clock.passForPhone(phone, 661);
  }
  await page.reload();
  await page.getByRole('button', { name: 'Sign out all other devices' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  const dialog = page.getByRole('dialog', { name: 'Confirm it’s you' });
  await expect(dialog.getByRole('button', { name: 'Send code' })).toBeVisible();
  await expectAccessible(page, 'confirm');
  await dialog.getByRole('button', { name: 'Use a passkey' }).click();
  await expect(page.getByText('All other devices are signed out.')).toBeVisible();
  for (const { client, headers } of apps) {
    expect((await client.get('/api/me', { headers })).status).toBe(401);
  }
});

test('recovery codes are shown once, lead back in, and then to another number', async ({ page, signedIn, client }) => {
  const phone = await signedIn(COMPLETE);
  await page.goto('/dashboard/security');
  const part = section(page, 'Recovery codes');
  await part.getByRole('button', { name: 'Make recovery codes' }).click();
  await expect(part.getByRole('heading', { name: 'Your new recovery codes' })).toBeFocused();
  await expectAccessible(page, 'codes');
  const codes = await part.getByRole('listitem').allTextContents();
  expect(codes).toHaveLength(10);
  const saved = page.waitForEvent('download');
  await part.getByRole('button', { name: 'Save as file' }).click();
  expect((await saved).suggestedFilename()).toBe('recovery-codes.txt');
  // They would be gone for good.
  page.once('dialog', (dialog) => void dialog.dismiss());
  await page.getByRole('link', { name: 'Back' }).click();
  await expect(part.getByRole('heading', { name: 'Your new recovery codes' })).toBeVisible();
  await part.getByRole('button', { name: 'I’ve kept them' }).click();
  await expect(part).toContainText('10 of 10 left');
  await page.reload();
  await expect(part).toContainText('10 of 10 left');
  expect(await page.content()).not.toContain(codes[0]);

  await signOut(page);
  await page.getByRole('link', { name: 'Use a recovery code' }).click();
  await expect(page).toHaveURL(/\/auth\/recover$/);
  // It is none of the three steps.
  await expect(page.getByText('Another way in')).toBeVisible();
  await whenHydrated(page);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(page.getByText('Enter your phone number').first()).toBeVisible();
  await phoneField(page).fill(phone);
  await page.getByRole('textbox', { name: 'Recovery code' }).fill('AAAA-AAAA-AAAA-AAAA');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(alerts(page).filter({ hasText: 'don’t belong together' })).toBeVisible();
  await expect(page.getByRole('textbox', { name: 'Recovery code' })).toBeFocused();
  await page.getByRole('textbox', { name: 'Recovery code' }).fill(codes[0]!.toLowerCase());
  const held = gate();
  await page.route('**/auth/recover', (route) => held.opened.then(() => route.continue()), { times: 1 });
  await page.keyboard.press('Enter');
  await expect(page.getByRole('status').filter({ hasText: 'Checking the code' })).toBeAttached();
  held.open();
  await expect(page.getByText('9 of 10 are left')).toBeVisible();
  // Said once: it stays while the page is used, and is gone with a reload.
  await expect(page).toHaveURL(/\/dashboard\/security$/);
  await page.getByRole('button', { name: 'Got it' }).click();
  await expect(page.getByRole('button', { name: 'Got it' })).toBeHidden();
  await expect(page.getByText('9 of 10 are left')).toBeVisible();
  await expect(page).toHaveURL(/\/dashboard\/security$/);
  await page.reload();
  await expect(page.getByText('9 of 10 left')).toBeVisible();
  await expect(page.getByText('9 of 10 are left')).toBeHidden();
  await expect(page.getByText('A recovery code was used to sign in')).toBeVisible();
  expect((await messagesTo(client, phone))[0]?.text).toContain('a recovery code opened your account');
});

test.describe('a browser without passkeys', () => {
  test('is shown no button, and told so where one would add one', async ({ page, context, signedIn }) => {
    await context.addInitScript(() => {
      Reflect.deleteProperty(window, 'PublicKeyCredential');
    });
    await page.goto('/auth');
    await expect(passkeyButton(page)).toBeHidden();
    await expect(phoneField(page)).toBeEditable();
    await signedIn(COMPLETE);
    await page.goto('/dashboard');
    await expect(welcome(page)).toBeVisible();
    await expect(offer(page)).toBeHidden();
    await page.goto('/dashboard/security');
    await expect(page.getByText('This browser knows no passkeys.')).toBeVisible();
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('there is no button, and a recovery code still leads back in', async ({ page, newClient, newPhone }) => {
    const client = newClient();
    const phone = newPhone();
    const own = bearer((await signIn(client, phone)).tokens.access);
    await client.call('PATCH', '/api/me', { headers: own, json: COMPLETE });
    const made = await client.call('POST', '/api/me/recovery-codes', { headers: own });
    const [code = ''] = made.json<{ codes: string[] }>().codes;
    await page.goto('/auth');
    await expect(passkeyButton(page)).toBeHidden();
    await page.getByRole('link', { name: 'Use a recovery code' }).click();
    await phoneField(page).fill(phone);
    await page.getByRole('textbox', { name: 'Recovery code' }).fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByText('don’t belong together').first()).toBeVisible();
    await page.getByRole('textbox', { name: 'Recovery code' }).fill(code);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(page.getByText('9 of 10 are left')).toBeVisible();
  });
});
