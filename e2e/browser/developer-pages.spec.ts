import { newestCode } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/browser-test';

test('the inbox shows a message as soon as it is sent, and its code is copied by one press', async ({
  page,
  context,
  client,
  newPhone,
  run,
}) => {
  const phone = newPhone();
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: run.appUrl });
  await page.goto('/dev/inbox');
  await expect(page.getByRole('heading', { name: 'Development inbox' })).toBeVisible();
  await expect(page.getByText('Live')).toBeVisible();
  await client.post('/api/auth/send-otp', { phone });
  const thread = page.getByRole('region', { name: `Messages to ${phone}` });
  await expect(thread).toBeVisible();
  const code = await newestCode(client, phone);
  await thread.getByRole('button', { name: `Copy code ${code}` }).click();
  await expect(thread.getByText('Copied')).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(code);
});

test('the inbox shows the newest message first and filters by number', async ({ page, client, newPhone, clock }) => {
  const [mine, other] = [newPhone(), newPhone('BD')];
  await client.post('/api/auth/send-otp', { phone: mine });
  const first = await newestCode(client, mine);
  await clock.passForPhone(mine, 61);
  await client.post('/api/auth/send-otp', { phone: mine });
  const second = await newestCode(client, mine);
  await client.post('/api/auth/send-otp', { phone: other });
  await page.goto('/dev/inbox');
  await page.getByRole('searchbox', { name: 'Filter by number' }).fill(mine);
  await expect(page.getByRole('region')).toHaveCount(1);
  const codes = page.getByRole('region', { name: `Messages to ${mine}` }).getByRole('button', { name: /^Copy code/ });
  await expect(codes).toHaveCount(2);
  await expect(codes.nth(0)).toHaveAccessibleName(`Copy code ${second}`);
  await expect(codes.nth(1)).toHaveAccessibleName(`Copy code ${first}`);
  await page.getByRole('searchbox', { name: 'Filter by number' }).fill('000000000000');
  await expect(page.getByText('Nothing for this number')).toBeVisible();
});

test('the inbox says when the server does not answer, and goes on when it does', async ({
  page,
  context,
  complaints,
}) => {
  await page.goto('/dev/inbox');
  await expect(page.getByText('Live')).toBeVisible();
  await context.setOffline(true);
  await expect(page.getByText('No answer, trying again')).toBeVisible();
  await context.setOffline(false);
  await expect(page.getByText('Live')).toBeVisible();
  expect(complaints.splice(0).filter((line) => !line.includes('ERR_INTERNET_DISCONNECTED'))).toEqual([]);
});

test('/otp-test walks the calls of a sign-in and leads to the inbox', async ({ page, newPhone }) => {
  const phone = newPhone();
  await page.goto('/otp-test');
  await page.getByRole('textbox', { name: 'Phone' }).fill(phone);
  await page.getByRole('button', { name: 'Send OTP' }).click();
  await expect(page.getByText('"OTP sent successfully"')).toBeVisible();
  await page.getByRole('button', { name: 'Read from inbox' }).click();
  await expect(page.getByRole('textbox', { name: 'Code' })).toHaveValue(/^\d{6}$/);
  await page.getByRole('button', { name: 'Verify OTP' }).click();
  await expect(page.getByText('"Account created"')).toBeVisible();
  await page.getByRole('button', { name: 'Call /api/me' }).click();
  await expect(page.getByText(`"phone": "${phone}"`).last()).toBeVisible();
  await page.getByRole('link', { name: 'Open the development inbox' }).click();
  await expect(page).toHaveURL(/\/dev\/inbox$/);
});
