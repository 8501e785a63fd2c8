import type { Page } from '@playwright/test';
import { makeAdmin } from '../fixtures/admin';
import { expect, phoneField, test, whenHydrated } from '../fixtures/browser-test';
import { requestCode, signIn, verify, wrongCode } from '../fixtures/sign-in';
import { expectAccessible, expectFits } from '../fixtures/page-checks';

const pages = ['/admin/deliveries', '/admin/status'] as const;

async function expectSound(page: Page, where: string): Promise<void> {
  await expectAccessible(page, where);
  await expectFits(page, where);
}

async function lookUp(page: Page, phone: string): Promise<void> {
  await phoneField(page).fill(phone);
  await page.getByRole('button', { name: 'Look up' }).click();
}

test('nobody but an administrator learns that there are such pages', async ({ page, signedIn, sql }) => {
  const words = /deliver|look up|administration|vendors asked/i;
  for (const path of pages) {
    const answer = await page.goto(path);
    expect(answer?.status()).toBe(404);
    await expect(page.getByRole('heading', { name: 'Page not found' })).toBeVisible();
    expect(await page.locator('body').innerText()).not.toMatch(words);
  }
  const phone = await signedIn();
  for (const path of pages) {
    expect((await page.goto(path))?.status()).toBe(404);
    expect(await page.title()).not.toMatch(words);
  }
  await makeAdmin(sql, phone);
  for (const path of pages) expect((await page.goto(path))?.status()).toBe(200);
  await sql`update users set role = 'user' where phone = ${phone}`;
  for (const path of pages) expect((await page.goto(path))?.status()).toBe(404);
});

test('an administrator types a number and reads why its code did not arrive; the number stands in no address', async ({
  page,
  signedIn,
  newClient,
  newPhone,
  sql,
}) => {
  await makeAdmin(sql, await signedIn());
  const [person, phone] = [newClient(), newPhone()];
  const { code, challenge_id: challenge } = await requestCode(person, phone);
  await sql`
    update sms_deliveries set provider = 'twilio', failed_at = now(), error_class = 'recipient', error_code = '30003'
    where challenge_id = ${challenge}`;
  await verify(person, phone, wrongCode(code));
  await page.goto('/admin/deliveries');
  await lookUp(page, `${phone.slice(0, 3)} ${phone.slice(3, 8)} ${phone.slice(8)}`);
  const section = page.getByRole('region', { name: `+91 •••••• ${phone.slice(-4)}` });
  await expect(section.getByRole('status')).toHaveText(
    'The last code did not arrive. Twilio: The phone is off, out of reach or can’t take SMS.',
  );
  await expect(section.getByRole('listitem').filter({ hasText: 'Twilio reports it not delivered' })).toContainText(
    'Code 30003',
  );
  await expect(section.getByRole('listitem').filter({ hasText: 'not accepted' })).toContainText('4 tries were left.');
  expect(page.url()).not.toContain(phone.slice(-4));
  expect(await page.content()).not.toContain(phone.slice(3));
  // The address is this session's own, and the trail tells of the look-up once.
  await page.reload();
  await expect(section).toBeVisible();
  const [{ looks } = { looks: 0 }] = await sql`
    select count(*)::integer as looks from audit_events where phone = ${phone} and event = 'delivery.looked_up'`;
  expect(looks).toBe(1);
});

test('what is no number is told beside the field, with and without script', async ({
  page,
  signedIn,
  sql,
  browser,
  context,
}) => {
  await makeAdmin(sql, await signedIn());
  await page.goto('/admin/deliveries');
  await whenHydrated(page);
  await lookUp(page, '12');
  await expect(page.getByText('That doesn’t look like a phone number.')).toBeVisible();
  // What was typed is there to be corrected.
  await expect(phoneField(page)).toHaveValue('12');
  await expect(phoneField(page)).toBeFocused();
  const bare = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() });
  const plain = await bare.newPage();
  await plain.goto(new URL('/admin/deliveries', page.url()).href);
  await lookUp(plain, '12');
  await expect(plain.getByText('That doesn’t look like a phone number.')).toBeVisible();
  await lookUp(plain, '+91 98000 00000');
  await expect(plain.getByText('Nobody asked for a code for this number')).toBeVisible();
  await bare.close();
});

test('the status page shows what the doctor finds, each with what to do', async ({ page, signedIn, sql }) => {
  await makeAdmin(sql, await signedIn());
  await page.goto('/admin/status');
  const database = page.getByRole('region', { name: 'Database' });
  await expect(database.getByRole('listitem').first()).toContainText(/Good: *PostgreSQL .* answers in \d+ ms/);
  const messages = page.getByRole('region', { name: 'Messages' });
  await expect(messages.getByRole('listitem').first()).toContainText('Right for development.');
  await page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Deliveries' }).click();
  await expect(page.getByRole('heading', { name: 'Why did the code not arrive?' })).toBeVisible();
});

test('the dashboard leads administrators, and nobody else, to their pages, and these lead back', async ({
  page,
  signedIn,
  sql,
}) => {
  const phone = await signedIn();
  await page.goto('/dashboard');
  const link = page.getByRole('link', { name: 'Administration' });
  await expect(page.getByRole('link', { name: 'Security' })).toBeVisible();
  await expect(link).toBeHidden();
  await makeAdmin(sql, phone);
  await page.reload();
  await link.click();
  await expect(page).toHaveURL(/\/admin\/deliveries$/);
  await page.getByRole('navigation', { name: 'Administration' }).getByRole('link', { name: 'Dashboard' }).click();
  await expect(page).toHaveURL(/\/dashboard$/);
});

test('an administrator’s session that was unused for an hour opens no page', async ({ page, signedIn, sql }) => {
  const phone = await signedIn();
  await makeAdmin(sql, phone);
  await sql`
    update sessions set last_seen_at = now() - interval '61 minutes'
    where user_id = (select id from users where phone = ${phone})`;
  for (const path of pages) expect((await page.goto(path))?.status()).toBe(404);
});

test.describe('without motion', () => {
  test.use({ contextOptions: { reducedMotion: 'reduce' } });

  test('the pages are accessible and fit from 320 px up', async ({ page, signedIn, newClient, newPhone, sql }) => {
    await makeAdmin(sql, await signedIn());
    const phone = newPhone();
    await signIn(newClient(), phone);
    const { challenge_id: challenge } = await requestLater(newClient(), phone, sql);
    await sql`
        update sms_deliveries set provider = 'twilio', failed_at = now(), error_class = 'recipient', error_code = '30003'
        where challenge_id = ${challenge}`;
    for (const width of [320, 1280]) {
      await page.setViewportSize({ width, height: 800 });
      await page.goto('/admin/deliveries');
      await lookUp(page, phone);
      await expect(page.getByRole('status')).toContainText('did not arrive');
      await expectSound(page, `/admin/deliveries at ${width}`);
      await page.goto('/admin/status');
      await expectSound(page, `/admin/status at ${width}`);
    }
  });
});

type Sql = Parameters<typeof makeAdmin>[0];

/** Asks for another code for a number, its cool-down over. */
async function requestLater(client: Parameters<typeof requestCode>[0], phone: string, sql: Sql) {
  await sql`delete from rate_limits where bucket = ${`resend:${phone}`}`;
  return requestCode(client, phone);
}
