import type { Page } from '@playwright/test';
import { alerts, codeField, COMPLETE, expect, holdScripts, test as base } from '../fixtures/browser-test';
import { gate } from '../fixtures/gate';
import { bearer, type Client } from '../fixtures/http-client';
import { changeCode, LOST, verifyChange } from '../fixtures/number-change';
import { newestCode, signIn, wrongCode } from '../fixtures/sign-in';
import { expectAccessible, expectFits } from '../fixtures/page-checks';

const ELEVEN_MINUTES = 660;

const devices = (page: Page) => page.getByRole('region', { name: 'Where you’re signed in' }).getByRole('listitem');
const notice = (page: Page) => page.getByRole('complementary', { name: 'Security notice' });
const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
const confirmation = (page: Page) => page.getByRole('dialog', { name: 'Confirm it’s you' });

type WithApp = { phone: string; client: Client; own: { authorization: string } };
type Fixtures = {
  /** The person of the browser, signed in by an app as well; with `stale`, the browser's own last code was a while ago. */
  withApp: (stale?: boolean) => Promise<WithApp>;
  /** The same with a third device, so that "all other devices" is offered, and asked for. */
  askToSignOutOthers: () => Promise<WithApp & { second: { authorization: string } }>;
};

const test = base.extend<Fixtures>({
  withApp: async ({ signedIn, newClient, clock, sql }, provide) =>
    provide(async (stale = false) => {
      const phone = await signedIn(COMPLETE);
      const [user] = await sql<{ id: string }[]>`select id from users where phone = ${phone}`;
      await clock.passForPhone(phone, ELEVEN_MINUTES);
      await clock.passForSessions(user!.id, stale ? ELEVEN_MINUTES : 120);
      const client = newClient();
      const app = await signIn(client, phone);
      await clock.passForPhone(phone, ELEVEN_MINUTES);
      return { phone, client, own: bearer(app.tokens.access) };
    }),
  askToSignOutOthers: async ({ page, withApp, newClient, clock }, provide) =>
    provide(async () => {
      const first = await withApp(true);
      const second = await signIn(newClient(), first.phone);
      await clock.passForPhone(first.phone, ELEVEN_MINUTES);
      await page.goto('/dashboard/security');
      await page.getByRole('button', { name: 'Sign out all other devices' }).click();
      await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
      await expect(confirmation(page)).toBeVisible();
      return { ...first, second: bearer(second.tokens.access) };
    }),
});

test('names this device and the others, and signs one out', async ({ page, withApp }) => {
  const { client, own } = await withApp();
  await page.goto('/dashboard');
  await page.getByRole('link', { name: 'Security' }).click();
  await expect(page.getByRole('heading', { name: 'Security', level: 1 })).toBeVisible();
  await expect(devices(page)).toHaveCount(2);
  await expect(devices(page).first()).toContainText('This device');
  await page.getByRole('button', { name: /^Sign out Unknown device/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await expect(page.getByText('Unknown device is signed out.')).toBeVisible();
  await expect(page.getByText('You’re signed in nowhere else.')).toBeVisible();
  expect((await client.get('/api/me', { headers: own })).status).toBe(401);
  await expect(page.getByText('Ended a session')).toBeVisible();
});

test('a new sign-in elsewhere is told, and can be sent away from the notice', async ({ page, withApp }) => {
  const { client, own } = await withApp();
  await page.goto('/dashboard');
  const notice = page.getByRole('complementary', { name: 'Security notice' });
  await expect(notice).toContainText('New sign-in');
  await expect(notice.getByRole('link', { name: 'See where you’re signed in' })).toBeVisible();
  await notice.getByRole('button', { name: 'Not me: sign it out' }).click();
  await expect(notice).toBeHidden();
  expect((await client.get('/api/me', { headers: own })).status).toBe(401);
  await page.reload();
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(notice).toBeHidden();
});

test('a notice that was seen stays away, and only then a passkey is offered', async ({ page, withApp }) => {
  const { client, own } = await withApp();
  await page.goto('/dashboard');
  const notice = page.getByRole('complementary', { name: 'Security notice' });
  const offer = page.getByRole('complementary', { name: 'Passkey' });
  await expect(notice).toBeVisible();
  await expect(offer).toBeHidden();
  await notice.getByRole('button', { name: 'That was me' }).click();
  await expect(notice).toBeHidden();
  await expect(offer).toBeVisible();
  await page.goto('/dashboard/security');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(notice).toBeHidden();
  expect((await client.get('/api/me', { headers: own })).status).toBe(200);
});

test('who asks for a new number with a stolen session is signed out from the notice, after a proof', async ({
  page,
  withApp,
  newPhone,
}) => {
  const thief = await withApp(true);
  await page.goto('/dashboard');
  await notice(page).getByRole('button', { name: 'That was me' }).click();
  await expect(notice(page)).toBeHidden();
  const wanted = newPhone();
  const code = await changeCode(thief.client, thief.own, wanted, LOST);
  expect((await verifyChange(thief.client, thief.own, wanted, code, LOST)).status).toBe(200);
  for (const path of ['/dashboard', '/dashboard/security']) {
    await page.goto(path);
    await expect(notice(page)).toContainText('Change of number requested');
    await notice(page).getByRole('button', { name: 'Not me: sign it out' }).click();
    await expect(confirmation(page)).toBeVisible();
    await page.keyboard.press('Escape');
    await expect(confirmation(page)).toBeHidden();
    await expect(notice(page).getByRole('alert')).toHaveText('');
    expect((await thief.client.get('/api/me', { headers: thief.own })).status).toBe(200);
  }
  await notice(page).getByRole('button', { name: 'Not me: sign it out' }).click();
  await confirmation(page).getByRole('button', { name: 'Send code' }).click();
  await expect(codeField(page)).toBeFocused();
  await codeField(page).fill(await newestCode(thief.client, thief.phone));
  await expect(notice(page)).toBeHidden();
  expect((await thief.client.get('/api/me', { headers: thief.own })).status).toBe(401);
});

test('where what was pressed goes away, the keyboard goes on at the heading of its part of the page', async ({
  page,
  withApp,
}) => {
  await withApp();
  await page.goto('/dashboard');
  await notice(page).getByRole('button', { name: 'That was me' }).click();
  await expect(notice(page)).toBeHidden();
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  await page.goto('/dashboard/security');
  await page.getByRole('button', { name: /^Sign out Unknown device/ }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
  await expect(devices(page)).toHaveCount(1);
  await expect(heading(page, 'Where you’re signed in')).toBeFocused();
  await page.getByRole('button', { name: 'Make recovery codes' }).click();
  await page.getByRole('button', { name: 'I’ve kept them' }).click();
  await expect(heading(page, 'Recovery codes')).toBeFocused();
});

test('what is announced comes into a region that was there before', async ({ page, withApp }) => {
  await withApp();
  for (const path of ['/dashboard/security', '/dashboard/profile', '/docs']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    const absent = await page.evaluate(() =>
      [...document.querySelectorAll('[role=status], [role=alert]')]
        .filter((region) => region.getClientRects().length === 0 && !region.closest('[hidden]'))
        .map((region) => region.outerHTML),
    );
    expect(absent, path).toEqual([]);
  }
});

test.describe('Confirm it’s you', () => {
  test('is asked once for two things that wait for it, and both are then done', async ({ page, withApp, newPhone }) => {
    const { phone, client } = await withApp(true);
    const fresh = newPhone();
    await page.goto('/dashboard/security');
    await page.getByRole('button', { name: 'Change number' }).click();
    await page.getByRole('textbox', { name: 'New number' }).fill(fresh);
    const held = gate();
    for (const path of ['**/api/me/phone', '**/api/me/recovery-codes']) {
      await page.route(path, (route) => held.opened.then(() => route.continue()), { times: 1 });
    }
    const asked = ['/api/me/phone', '/api/me/recovery-codes'].map((path) =>
      page.waitForResponse((response) => response.url().endsWith(path) && response.status() === 403),
    );
    await page.getByRole('button', { name: 'Send OTP' }).click();
    await page.getByRole('button', { name: 'Make recovery codes' }).click();
    held.open();
    await Promise.all(asked);
    await confirmation(page).getByRole('button', { name: 'Send code' }).click();
    await expect(codeField(page)).toBeFocused();
    await codeField(page).fill(await newestCode(client, phone));
    await expect(confirmation(page)).toBeHidden();
    await expect(page.getByText('Enter the code sent to')).toBeVisible();
    await expect(heading(page, 'Your new recovery codes')).toBeVisible();
  });

  test('asks for a new code, tells of a wrong one, and then does what was asked', async ({
    page,
    askToSignOutOthers,
  }) => {
    const { phone, client, own, second } = await askToSignOutOthers();
    await confirmation(page).getByRole('button', { name: 'Send code' }).click();
    await expect(codeField(page)).toBeFocused();
    await expect(page.getByRole('button', { name: /^Resend OTP in \d+s/ })).toBeDisabled();
    const code = await newestCode(client, phone);
    await codeField(page).fill(wrongCode(code));
    await expect(alerts(page).filter({ hasText: '4 tries left' })).toBeVisible();
    await codeField(page).fill(code);
    await expect(confirmation(page)).toBeHidden();
    await expect(page.getByText('All other devices are signed out.')).toBeVisible();
    for (const headers of [own, second]) {
      expect((await client.get('/api/me', { headers })).status).toBe(401);
    }
    // Within ten minutes nobody is asked again.
    expect((await page.request.get('/api/me')).status()).toBe(200);
  });

  test('given up, nothing happens and the focus is back on the button', async ({ page, askToSignOutOthers }) => {
    const { client, own } = await askToSignOutOthers();
    await page.keyboard.press('Escape');
    await expect(confirmation(page)).toBeHidden();
    await expect(page.getByRole('button', { name: 'Sign out all other devices' })).toBeFocused();
    expect((await client.get('/api/me', { headers: own })).status).toBe(200);
  });

  test('opened again, the code that is still on its way will do', async ({ page, askToSignOutOthers }) => {
    const { phone, client } = await askToSignOutOthers();
    await confirmation(page).getByRole('button', { name: 'Send code' }).click();
    await expect(codeField(page)).toBeVisible();
    await confirmation(page).getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Sign out all other devices' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Sign out' }).click();
    await confirmation(page).getByRole('button', { name: 'Send code' }).click();
    await codeField(page).fill(await newestCode(client, phone));
    await expect(page.getByText('All other devices are signed out.')).toBeVisible();
  });

  test('has no serious fault for assistive technology, in both steps, and fits 320 px', async ({
    page,
    askToSignOutOthers,
  }) => {
    await page.setViewportSize({ width: 320, height: 640 });
    await askToSignOutOthers();
    for (const step of ['asking', 'entering']) {
      if (step === 'entering') {
        await confirmation(page).getByRole('button', { name: 'Send code' }).click();
        await expect(codeField(page)).toBeVisible();
      }
      await expectAccessible(page, step);
      await expectFits(page, step);
    }
  });
});

test('somebody who is signed out is led to the sign-in', async ({ page }) => {
  await page.goto('/dashboard/security');
  await expect(page).toHaveURL(/\/auth$/);
});

test('the buttons wait for their script', async ({ page, withApp }) => {
  await withApp();
  const release = await holdScripts(page);
  await page.goto('/dashboard/security', { waitUntil: 'commit' });
  const main = page.getByRole('main');
  const signOut = main.getByRole('button', { name: /^Sign out Unknown device/ });
  await expect(signOut).toBeDisabled();
  // The whole page is there, and nothing on it can be pressed in vain.
  await expect(main.getByRole('button', { name: 'Delete account' })).toBeVisible();
  await expect(main.getByRole('button', { disabled: false })).toHaveCount(0);
  release();
  await expect(signOut).toBeEnabled();
});
