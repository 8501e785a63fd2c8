import sharp from 'sharp';
import { alerts, COMPLETE, expect, test, welcome } from '../fixtures/browser-test';
import { gate } from '../fixtures/gate';

const FILLED = {
  ...COMPLETE,
  bio: 'I open doors.',
  location: 'Pune',
  birth_date: '1995-01-31',
  locale: 'hi',
  time_zone: 'Asia/Kolkata',
};

test('shows every field of the profile in words', async ({ page, signedIn }) => {
  const phone = await signedIn(FILLED);
  await page.goto('/dashboard');
  await expect(welcome(page)).toBeVisible();
  const details = page.getByRole('main');
  for (const text of [
    'John Doe',
    'john@example.com',
    'I open doors.',
    'Pune',
    '31 January 1995',
    'Hindi',
    /Asia\/Kolkata/,
    'Verified',
    'Not verified',
  ]) {
    await expect(details.getByText(text).first()).toBeVisible();
  }
  expect((await details.innerText()).replace(/\D/g, '')).toContain(phone.slice(1));
});

test('what is missing leads to where it can be added', async ({ page, signedIn }) => {
  await signedIn();
  await page.goto('/dashboard');
  await page.getByRole('link', { name: /Add location/ }).click();
  await expect(page).toHaveURL(/\/dashboard\/profile#location$/);
  await expect(page.getByRole('textbox', { name: 'Location' })).toBeVisible();
});

test('every field can be changed and cleared, and the dashboard knows at once', async ({ page, signedIn }) => {
  await signedIn(FILLED);
  await page.goto('/dashboard/profile');
  await page.getByRole('textbox', { name: 'First name' }).fill('Jane');
  await page.getByRole('textbox', { name: 'Last name' }).fill('Smith');
  await page.getByRole('textbox', { name: 'Email' }).fill('jane@example.com');
  await page.getByRole('textbox', { name: 'Bio' }).fill('New\nlines');
  await page.getByRole('textbox', { name: 'Location' }).fill('');
  await page.getByLabel('Birthday').fill('1990-12-24');
  await page.getByLabel('Language').selectOption('bn');
  await page.getByLabel('Time zone').selectOption('Asia/Dhaka');
  await expect(page.getByText('You have unsaved changes.')).toBeVisible();
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Your changes are saved.')).toBeVisible();
  expect(await (await page.request.get('/api/me')).json()).toMatchObject({
    first_name: 'Jane',
    last_name: 'Smith',
    email: 'jane@example.com',
    bio: 'New\nlines',
    location: null,
    birth_date: '1990-12-24',
    locale: 'bn',
    time_zone: 'Asia/Dhaka',
  });
  await page.getByRole('link', { name: 'Back' }).click();
  await expect(welcome(page, 'Jane')).toBeVisible();
  await expect(page.getByText('24 December 1990')).toBeVisible();
});

test('only what changed is sent', async ({ page, signedIn }) => {
  await signedIn(FILLED);
  await page.goto('/dashboard/profile');
  await page.getByRole('textbox', { name: 'Location' }).fill('Dhaka');
  const sent = page.waitForRequest((request) => request.method() === 'PATCH');
  await page.getByRole('button', { name: 'Save changes' }).click();
  expect((await sent).postDataJSON()).toEqual({ location: 'Dhaka' });
  await expect(page.getByText('Your changes are saved.')).toBeVisible();
});

test('a fault is told beside its field before anything is sent', async ({ page, signedIn }) => {
  await signedIn();
  await page.goto('/dashboard/profile');
  await page.getByRole('textbox', { name: 'First name' }).fill('');
  await page.getByRole('textbox', { name: 'Email' }).fill('john@');
  await page.getByRole('textbox', { name: 'Bio' }).fill('x'.repeat(501));
  await page.getByRole('button', { name: 'Save changes' }).click();
  for (const name of ['First name', 'Email', 'Bio']) {
    await expect(page.getByRole('textbox', { name })).toHaveAccessibleDescription(/.{5,}/);
    await expect(page.getByRole('textbox', { name })).toHaveAttribute('aria-invalid', 'true');
  }
  expect(await (await page.request.get('/api/me')).json()).toMatchObject({
    first_name: 'John',
    email: 'john@example.com',
    bio: null,
  });
});

test('what the server finds wrong stands beside its field', async ({ page, signedIn }) => {
  await signedIn();
  await page.goto('/dashboard/profile');
  // As if the server knew a rule that the page does not.
  await page.route('**/api/me', async (route) => {
    const body = JSON.stringify({
      type: 'urn:x',
      title: 'x',
      status: 400,
      detail: 'No',
      code: 'invalid_request',
      message: 'No',
      success: false,
      errors: [{ path: 'location', message: 'There is no such place' }],
    });
    await route.fulfill({ status: 400, contentType: 'application/problem+json', body });
  });
  await page.getByRole('textbox', { name: 'Location' }).fill('Atlantis');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByRole('textbox', { name: 'Location' })).toHaveAccessibleDescription(/There is no such place/);
  await expect(page.getByRole('textbox', { name: 'Location' })).toBeFocused();
  await page.unroute('**/api/me');
  await page.getByRole('textbox', { name: 'Location' }).fill('Pune');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(page.getByText('Your changes are saved.')).toBeVisible();
});

test('a session that ended meanwhile is told when saving', async ({ page, signedIn, sql }) => {
  const phone = await signedIn();
  await page.goto('/dashboard/profile');
  await page.getByRole('textbox', { name: 'Location' }).fill('Pune');
  await sql`update sessions set revoked_at = now() where user_id = (select id from users where phone = ${phone})`;
  await page.getByRole('button', { name: 'Save changes' }).click();
  await expect(alerts(page).filter({ hasText: /signed out/ })).toBeVisible();
});

test('leaving with unsaved changes asks first', async ({ page, signedIn }) => {
  await signedIn();
  await page.goto('/dashboard/profile');
  await page.getByRole('textbox', { name: 'Location' }).fill('Pune');
  await expect(page.getByText('You have unsaved changes.')).toBeVisible();
  page.once('dialog', (dialog) => void dialog.dismiss());
  await page.getByRole('link', { name: 'Back' }).click();
  await expect(page).toHaveURL(/\/dashboard\/profile$/);
  await expect(page.getByRole('textbox', { name: 'Location' })).toHaveValue('Pune');
  page.once('dialog', (dialog) => void dialog.accept());
  await page.getByRole('link', { name: 'Back' }).click();
  await expect(welcome(page)).toBeVisible();
});

test('the question before leaving comes once: not for another tab, and before a sign-out, not after it', async ({
  page,
  context,
  signedIn,
}) => {
  await signedIn();
  await page.goto('/dashboard/profile');
  const location = page.getByRole('textbox', { name: 'Location' });
  await location.fill('Pune');
  await expect(page.getByText('You have unsaved changes.')).toBeVisible();
  const asked: string[] = [];
  let answer = false;
  page.on('dialog', (dialog) => {
    asked.push(dialog.type());
    void (answer ? dialog.accept() : dialog.dismiss());
  });
  const back = page.getByRole('link', { name: 'Back' });
  const tab = context.waitForEvent('page');
  await back.click({ modifiers: ['ControlOrMeta'] });
  await (await tab).close();
  expect(asked).toEqual([]);
  await back.click();
  await page.getByRole('button', { name: 'Logout' }).click();
  expect(asked).toEqual(['confirm', 'confirm']);
  await expect(location).toHaveValue('Pune');
  expect((await page.request.get('/api/me')).status()).toBe(200);
  answer = true;
  await page.getByRole('button', { name: 'Logout' }).click();
  await expect(page).toHaveURL(/\/auth$/);
  expect(asked).toEqual(['confirm', 'confirm', 'confirm']);
});

test('what is typed while saving stays, and is not saved yet', async ({ page, signedIn }) => {
  await signedIn();
  await page.goto('/dashboard/profile');
  const held = gate();
  await page.route('**/api/me', (route) => held.opened.then(() => route.continue()), { times: 1 });
  const sending = page.waitForRequest((request) => request.method() === 'PATCH');
  await page.getByRole('textbox', { name: 'Location' }).fill('Pune');
  await page.getByRole('textbox', { name: 'Bio' }).fill('I open');
  await page.getByRole('button', { name: 'Save changes' }).click();
  await sending;
  await page.getByLabel('Language').selectOption('bn');
  const bio = page.getByRole('textbox', { name: 'Bio' });
  await bio.fill('I open doors.');
  await bio.press('Home');
  held.open();
  await expect(page.getByText('You have unsaved changes.')).toBeVisible();
  await expect(bio).toHaveValue('I open doors.');
  expect(await bio.evaluate((field: HTMLTextAreaElement) => field.selectionStart)).toBe(0);
  await expect(page.getByLabel('Language')).toHaveValue('bn');
  const sent = page.waitForRequest((request) => request.method() === 'PATCH');
  await page.getByRole('button', { name: 'Save changes' }).click();
  expect((await sent).postDataJSON()).toEqual({ bio: 'I open doors.', locale: 'bn' });
  await expect(page.getByText('Your changes are saved.')).toBeVisible();
});

test('how a picture got on is told in one place, and the focus is never lost', async ({ page, signedIn }) => {
  await signedIn();
  await page.goto('/dashboard/profile');
  const buffer = await sharp({ create: { width: 80, height: 60, channels: 3, background: '#c30' } })
    .png()
    .toBuffer();
  const told = page.getByRole('status').filter({ hasText: 'up to 5 MB' });
  const region = await told.elementHandle();
  await page.getByLabel('Picture file').setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer });
  await expect(page.getByText('Your picture is saved.')).toBeVisible();
  expect(await region?.textContent()).toBe('Your picture is saved.');
  await page.getByRole('button', { name: 'Remove picture' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove picture' }).click();
  await expect(page.getByText('Your picture is removed.')).toBeVisible();
  await expect(page.getByRole('heading', { name: 'Edit profile' })).toBeFocused();
});

test('a picture is uploaded, shown small, replaced and removed', async ({ page, signedIn }) => {
  await signedIn();
  await page.goto('/dashboard/profile');
  const buffer = await sharp({ create: { width: 800, height: 600, channels: 3, background: '#c30' } })
    .jpeg()
    .toBuffer();
  await page.getByLabel('Picture file').setInputFiles({ name: 'me.jpg', mimeType: 'image/jpeg', buffer });
  await expect(page.getByText('Your picture is saved.')).toBeVisible();
  const picture = page.getByRole('main').locator('img');
  await expect(picture).toHaveAttribute('src', /^\/api\/avatars\//);
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(256);
  await page.goto('/dashboard');
  await expect.poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth)).toBe(256);
  await page.goto('/dashboard/profile');
  await page.getByRole('button', { name: 'Remove picture' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Remove picture' }).click();
  await expect(page.getByText('Your picture is removed.')).toBeVisible();
  await expect(picture).toHaveCount(0);
  expect(await (await page.request.get('/api/me')).json()).toMatchObject({ avatar_url: null });
});

test('a file that is no picture is refused in words, and the old picture stays', async ({ page, signedIn }) => {
  await signedIn();
  await page.goto('/dashboard/profile');
  const file = page.getByLabel('Picture file');
  await file.setInputFiles({ name: 'me.pdf', mimeType: 'application/pdf', buffer: Buffer.from('%PDF') });
  await expect(alerts(page).filter({ hasText: /picture/ })).toBeVisible();
  await file.setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.from('not a picture') });
  await expect(alerts(page).filter({ hasText: /not a picture we can read/ })).toBeVisible();
  await file.setInputFiles({ name: 'me.png', mimeType: 'image/png', buffer: Buffer.alloc(5 * 1024 * 1024 + 1) });
  await expect(alerts(page).filter({ hasText: /at most 5 MB/ })).toBeVisible();
  await expect(page.getByRole('main').locator('img')).toHaveCount(0);
});
