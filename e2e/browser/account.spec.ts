import fs from 'node:fs';
import type { Page } from '@playwright/test';
import {
  alerts,
  codeField,
  enterRightCode,
  expect,
  phoneField,
  sendButton,
  test,
  verifyButton,
  welcome,
} from '../fixtures/browser-test';
import { nationalDigits } from '../fixtures/numbers';
import { messagesTo, newestCode, signIn, wrongCode } from '../fixtures/sign-in';
import type { Clock } from '../fixtures/time';
import { expectAccessible, expectFits } from '../fixtures/page-checks';

const SECURITY = '/dashboard/security';
const changeButton = (page: Page) => page.getByRole('button', { name: 'Change number' });
const newNumber = (page: Page) => page.getByRole('textbox', { name: 'New number' });
const numberSection = (page: Page) => page.getByRole('region', { name: 'Phone number' });
const waiting = (page: Page) => page.getByRole('complementary', { name: 'Change of number' });
const me = async (page: Page) => (await page.request.get('/api/me')).json();

/** As if the last code were eleven minutes ago. */
async function stale(page: Page, clock: Clock, phone: string): Promise<void> {
  await clock.passForPhone(phone, 661);
  await clock.passForSessions((await me(page)).id, 661);
}

async function confirmItsYou(page: Page, client: Parameters<typeof newestCode>[0], phone: string): Promise<void> {
  const dialog = page.getByRole('dialog', { name: 'Confirm it’s you' });
  await dialog.getByRole('button', { name: 'Send code' }).click();
  await expect(dialog.getByRole('textbox', { name: 'Verification code' })).toBeFocused();
  await page.keyboard.type(await newestCode(client, phone));
  await expect(dialog).toBeHidden();
}

test('a new number, from the question whether it’s you to the code', async ({
  page,
  client,
  signedIn,
  newPhone,
  clock,
}) => {
  const [old, fresh] = [await signedIn(), newPhone()];
  await stale(page, clock, old);
  await page.goto(SECURITY);
  await changeButton(page).click();
  await expect(newNumber(page)).toBeFocused();
  await newNumber(page).fill(nationalDigits(fresh));
  await sendButton(page).click();
  await confirmItsYou(page, client, old);
  await expect(codeField(page)).toBeFocused();
  const code = await newestCode(client, fresh);
  await page.keyboard.type(wrongCode(code));
  await expect(alerts(page).filter({ hasText: '4 tries left' })).toBeVisible();
  await expect(codeField(page)).toBeFocused();
  await page.keyboard.type(code);
  await expect(page.getByText('Your number is changed.')).toBeVisible();
  await expect(changeButton(page)).toBeFocused();
  await expect(numberSection(page)).toContainText(nationalDigits(fresh).slice(-5));
  expect(await me(page)).toMatchObject({ phone: fresh });
  expect((await messagesTo(client, old))[0]?.text).toContain('not this one');
});

test('a proof that runs out while the code is on its way is asked for over it, and the code still counts', async ({
  page,
  client,
  signedIn,
  newPhone,
  clock,
}) => {
  const [old, fresh] = [await signedIn(), newPhone()];
  await page.goto(SECURITY);
  await changeButton(page).click();
  await newNumber(page).fill(fresh);
  await sendButton(page).click();
  await expect(codeField(page)).toBeFocused();
  const code = await newestCode(client, fresh);
  await stale(page, clock, old);
  await page.keyboard.type(code);
  await confirmItsYou(page, client, old);
  await expect(page.getByText('Your number is changed.')).toBeVisible();
});

test('what is wrong with a number is told beside it; another account’s only after its code', async ({
  page,
  client,
  newClient,
  signedIn,
  newPhone,
  clock,
}) => {
  const own = await signedIn();
  const taken = newPhone();
  await signIn(newClient(), taken);
  await clock.passForPhone(taken, 61);
  await page.goto(SECURITY);
  await changeButton(page).click();
  for (const [typed, sentence] of [
    ['', /Enter your phone number/],
    ['123', /doesn’t look like a phone number/],
    [own, /This is your number already/],
  ] as const) {
    await newNumber(page).fill(typed);
    await sendButton(page).click();
    await expect(newNumber(page)).toHaveAccessibleDescription(sentence);
    await expect(newNumber(page)).toBeFocused();
  }
  await newNumber(page).fill(taken);
  await sendButton(page).click();
  await expect(codeField(page)).toBeFocused();
  await page.keyboard.type(await newestCode(client, taken));
  await expect(alerts(page).filter({ hasText: 'belongs to another account' })).toBeVisible();
  await page.getByRole('button', { name: 'Use another number' }).click();
  await expect(newNumber(page)).toBeFocused();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(changeButton(page)).toBeFocused();
  expect(await me(page)).toMatchObject({ phone: own });
});

test('with a lost SIM the change waits, is told on the dashboard, and can be cancelled', async ({
  page,
  client,
  signedIn,
  newPhone,
  clock,
}) => {
  const [old, fresh] = [await signedIn(), newPhone()];
  // Long after the last code: there is none to be had any more.
  await stale(page, clock, old);
  await page.goto(SECURITY);
  await changeButton(page).click();
  await page.getByRole('button', { name: 'I no longer have my old number' }).click();
  await expect(page.getByText('Changing without the old number takes three days')).toBeVisible();
  await expect(newNumber(page)).toBeFocused();
  await newNumber(page).fill(fresh);
  await sendButton(page).click();
  await expect(codeField(page)).toBeFocused();
  await page.keyboard.type(await newestCode(client, fresh));
  await expect(waiting(page)).toContainText(`•• ${fresh.slice(-4)}`);
  expect((await messagesTo(client, old))[0]?.text).toMatch(
    /your number changes to .* Sign in with this number to stop it/,
  );
  await page.goto('/dashboard');
  await expect(waiting(page)).toBeVisible();
  await waiting(page).getByRole('button', { name: 'Cancel the change' }).click();
  await expect(waiting(page)).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1 })).toBeFocused();
  expect(await (await page.request.get('/api/me/phone')).json()).toEqual({ phone: old, pending: null });
});

for (const lost of [false, true]) {
  test(`a lost answer to the right code is no lost change (${lost ? 'without' : 'with'} the old number)`, async ({
    page,
    client,
    signedIn,
    newPhone,
    complaints,
  }) => {
    await signedIn();
    const fresh = newPhone();
    await page.goto(SECURITY);
    await changeButton(page).click();
    if (lost) await page.getByRole('button', { name: 'I no longer have my old number' }).click();
    await newNumber(page).fill(fresh);
    await sendButton(page).click();
    await expect(codeField(page)).toBeFocused();
    await page.route(
      '**/api/me/phone/verify',
      async (route) => {
        await route.fetch();
        await route.abort();
      },
      { times: 1 },
    );
    await page.keyboard.type(await newestCode(client, fresh));
    await expect(alerts(page).filter({ hasText: 'couldn’t reach the server' })).toBeVisible();
    await verifyButton(page).click();
    await expect(page.getByText(lost ? 'The change is noted' : 'Your number is changed.')).toBeVisible();
    expect(complaints.splice(0).filter((line) => !line.includes('ERR_FAILED'))).toEqual([]);
  });
}

test('one’s data come as a file', async ({ page, signedIn }) => {
  const phone = await signedIn();
  await page.goto(SECURITY);
  const download = page.waitForEvent('download');
  await page.getByRole('link', { name: 'Download my data' }).click();
  const file = await download;
  expect(file.suggestedFilename()).toBe('my-data.json');
  expect(JSON.parse(fs.readFileSync(await file.path(), 'utf8'))).toMatchObject({ user: { phone } });
  await expect(page).toHaveURL(SECURITY);
});

test('an account is deleted only after a question and a proof; signing in again keeps it', async ({
  page,
  client,
  signedIn,
  clock,
}) => {
  const phone = await signedIn();
  await stale(page, clock, phone);
  await page.goto(SECURITY);
  const button = page.getByRole('button', { name: 'Delete account' });
  await button.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
  await expect(button).toBeFocused();
  await button.click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete account' }).click();
  await confirmItsYou(page, client, phone);
  const farewell = page.getByRole('dialog', { name: 'You’re signed out' });
  await expect(farewell).toContainText(/will be deleted on \d+ \w+ \d{4}\. Changed your mind\? Sign in before then/);
  await farewell.getByRole('button', { name: 'Done' }).click();
  await expect(page).toHaveURL('/');
  await page.goto('/dashboard');
  await expect(page).toHaveURL(/\/auth$/);
  await clock.passForPhone(phone, 61);
  await phoneField(page).fill(phone);
  await sendButton(page).click();
  await expect(page).toHaveURL(/\/auth\/code$/);
  await codeField(page).fill(await newestCode(client, phone));
  await expect(welcome(page)).toBeVisible();
  await expect(page.getByRole('complementary', { name: 'Security notice' })).toContainText('cancelled by signing in');
});

test('who has no number yet is led to the page that adds one, and from there on', async ({
  page,
  client,
  signedIn,
  newPhone,
  sql,
}) => {
  const old = await signedIn(null);
  await sql`update users set phone = null where phone = ${old}`;
  for (const path of ['/dashboard', '/dashboard/security', '/auth/about-you', '/auth']) {
    await page.goto(path);
    await expect(page).toHaveURL(/\/auth\/add-phone$/);
  }
  const fresh = newPhone();
  await expect(phoneField(page)).toBeFocused();
  await phoneField(page).fill(fresh);
  await sendButton(page).click();
  await expect(codeField(page)).toBeFocused();
  await enterRightCode(page, await newestCode(client, fresh));
  await page.goto('/auth/add-phone');
  await expect(page).toHaveURL(/\/auth\/about-you$/);
  expect(await me(page)).toMatchObject({ phone: fresh });
});

test.describe('at 320 pixels', () => {
  test.use({ viewport: { width: 320, height: 640 }, contextOptions: { reducedMotion: 'reduce' } });

  test('every state fits and has no serious fault of accessibility', async ({
    page,
    client,
    signedIn,
    newPhone,
    sql,
  }) => {
    const old = await signedIn();
    const fresh = newPhone();
    const look = async (where: string) => {
      await expectFits(page, where);
      await expectAccessible(page, where);
    };
    await page.goto(SECURITY);
    await changeButton(page).click();
    await sendButton(page).click();
    await expect(newNumber(page)).toHaveAttribute('aria-invalid', 'true');
    await look('number');
    await page.getByRole('button', { name: 'I no longer have my old number' }).click();
    await newNumber(page).fill(fresh);
    await look('lost');
    await sendButton(page).click();
    await expect(codeField(page)).toBeFocused();
    await expect(verifyButton(page)).toBeVisible();
    await look('code');
    await page.keyboard.type(await newestCode(client, fresh));
    await expect(waiting(page)).toBeVisible();
    await look('waiting');
    await page.getByRole('button', { name: 'Delete account' }).click();
    await look('question');
    await sql`update users set phone = null where phone = ${old}`;
    await page.goto('/auth/add-phone');
    await expect(phoneField(page)).toBeFocused();
    await page.getByText('Your data, or deleting this account').click();
    await expect(page.getByRole('link', { name: 'Download my data' })).toBeVisible();
    await look('add-phone');
  });
});
