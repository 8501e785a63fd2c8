import type { Page } from '@playwright/test';
import { newestCode, wrongCode } from '../fixtures/sign-in';
import {
  alerts,
  codeField,
  enterRightCode,
  expect,
  phoneField,
  sendButton,
  tellAboutYou,
  test,
  welcome,
  whenHydrated,
} from '../fixtures/browser-test';
import { expectAccessible, expectFits, tabThrough } from '../fixtures/page-checks';

test.use({ contextOptions: { reducedMotion: 'reduce' } });

/** A page as it comes: one heading, a language, a title of its own, nothing axe finds, every stop of Tab to be seen, 320 pixels enough. */
async function visit(page: Page, path: string, titles: Set<string>): Promise<void> {
  await page.goto(path);
  await whenHydrated(page);
  await expect(page.getByRole('heading', { level: 1 })).toHaveCount(1);
  await expect(page.getByRole('main')).toHaveCount(1);
  await expect(page.locator('html')).toHaveAttribute('lang', 'en');
  expect(titles, path).not.toContain(await page.title());
  titles.add(await page.title());
  // What waits for its script is grey until then, and fading in for a moment after.
  await expect(page.getByRole('main').getByRole('button', { disabled: true })).toHaveCount(0);
  await expectAccessible(page, path);
  expect.soft(await tabThrough(page), path).toEqual({ bare: [], missed: [] });
  await page.setViewportSize({ width: 320, height: 640 });
  await expectFits(page, path);
  await page.setViewportSize({ width: 1280, height: 720 });
}

test('no page has a serious fault of accessibility, hides the focus or scrolls sideways', async ({
  page,
  client,
  newPhone,
  signedIn,
}) => {
  test.setTimeout(90_000);
  const titles = new Set<string>();
  for (const path of ['/', '/auth', '/auth/recover', '/otp-test', '/no-such-page']) await visit(page, path, titles);
  await client.post('/api/auth/send-otp', { phone: newPhone() });
  await page.goto('/dev/inbox');
  await expect(page.getByRole('button', { name: /^Copy code/ }).first()).toBeVisible();
  await expectAccessible(page, '/dev/inbox');
  await signedIn();
  for (const path of ['/dashboard', '/dashboard/profile', '/dashboard/security']) await visit(page, path, titles);
});

test.describe('no step has a serious fault of accessibility', () => {
  test('step one with an error and with its list of countries', async ({ page }) => {
    await page.goto('/auth');
    await phoneField(page).fill('123');
    await sendButton(page).click();
    await expect(alerts(page).filter({ hasText: /./ })).toBeVisible();
    await expectAccessible(page, 'error');
    await page.getByRole('button', { name: /^Country:/ }).click();
    await page.getByRole('combobox', { name: 'Search countries' }).fill('united');
    await expect(page.getByRole('option', { name: /^United/ }).first()).toBeVisible();
    await expectAccessible(page, 'countries');
  });

  test('step two live, refused and expired', async ({ page, client, clock, askedForCode }) => {
    const phone = await askedForCode();
    await expectAccessible(page, 'live');
    await codeField(page).fill(wrongCode(await newestCode(client, phone)));
    await expect(alerts(page).filter({ hasText: 'tries left' })).toBeVisible();
    await expectAccessible(page, 'refused');
    await clock.passForPhone(phone, 301);
    await page.reload();
    await expect(page.getByText(/no longer works/).first()).toBeVisible();
    await expectAccessible(page, 'expired');
  });

  test('step three', async ({ page, signedIn }) => {
    await signedIn(null);
    await page.goto('/auth/about-you');
    await page.getByRole('button', { name: 'Continue' }).click();
    await expect(page.getByRole('textbox', { name: 'Email' })).toHaveAttribute('aria-invalid', 'true');
    await expectAccessible(page, 'step three');
  });
});

test('the whole way works by keyboard alone', async ({ page, client, newPhone }) => {
  const phone = newPhone();
  const press = (...keys: string[]) =>
    keys.reduce((before, key) => before.then(() => page.keyboard.press(key)), Promise.resolve());
  const tabTo = async (name: RegExp) => {
    for (let hop = 0; hop < 25; hop += 1) {
      await press('Tab');
      const label = await page.evaluate(() => {
        const focused = document.activeElement as HTMLInputElement | null;
        return focused?.labels?.[0]?.textContent ?? focused?.getAttribute('aria-label') ?? focused?.textContent ?? '';
      });
      if (name.test(label.trim())) return;
    }
    throw new Error(`Tab never reached ${name}`);
  };
  await page.goto('/');
  await tabTo(/^Sign in/);
  await press('Enter');
  await expect(page).toHaveURL(/\/auth$/);
  await whenHydrated(page);
  await tabTo(/^Phone$/);
  await page.keyboard.type(phone);
  await press('Enter');
  await expect(page).toHaveURL(/\/auth\/code$/);
  await expect(codeField(page)).toBeFocused();
  await page.keyboard.type(await newestCode(client, phone));
  await expect(page).toHaveURL(/\/auth\/about-you$/);
  await expect(page.getByRole('textbox', { name: 'First name' })).toBeFocused();
  await page.keyboard.type('John');
  await press('Tab');
  await page.keyboard.type('Doe');
  await press('Tab');
  await page.keyboard.type('john@example.com');
  await press('Enter');
  await expect(welcome(page)).toBeVisible();
  await expect(page.getByRole('button', { name: 'Logout' })).toBeEnabled();
  await tabTo(/^Logout$/);
  await press('Enter');
  await expect(page).toHaveURL(/\/auth$/);
});

test.describe('at 320 pixels', () => {
  test.use({ viewport: { width: 320, height: 640 } });

  test('no step scrolls sideways, and the whole way can be gone', async ({ page, client, askedForCode }) => {
    const phone = await askedForCode();
    await expectFits(page, '/auth/code');
    await page.goto('/dev/inbox');
    await expect(page.getByRole('button', { name: /^Copy code/ }).first()).toBeVisible();
    await expectFits(page, '/dev/inbox');
    await page.goto('/auth/code');
    await enterRightCode(page, await newestCode(client, phone));
    await expectFits(page, '/auth/about-you');
    await tellAboutYou(page);
    await expect(welcome(page)).toBeVisible();
    await expectFits(page, '/dashboard');
  });

  test('the longest names, addresses and words there may be break no page', async ({ page, signedIn }) => {
    const long = 'x'.repeat(100);
    await signedIn({
      first_name: long,
      last_name: long,
      email: `${'x'.repeat(60)}@${'example.'.repeat(12)}com`,
      bio: 'y'.repeat(500),
      location: long,
    });
    for (const path of ['/dashboard', '/dashboard/profile']) {
      await page.goto(path);
      await expectFits(page, path);
    }
  });
});
