import type { Page } from '@playwright/test';
import { messagesTo, newestCode } from '../fixtures/sign-in';
import { askForCode, codeField, expect, holdScripts, test, verifyButton, whenHydrated } from '../fixtures/browser-test';

/** What a paste does in a field, without the machine's clipboard. */
const paste = (page: Page, text: string) =>
  codeField(page).evaluate((field: HTMLInputElement, pasted) => {
    field.focus();
    field.select();
    document.execCommand('insertText', false, pasted);
  }, text);

test.beforeEach(async ({ context }) => {
  await context.grantPermissions(['clipboard-read', 'clipboard-write']);
});

test('step two is one text field that phones and password managers know, focused at once', async ({
  page,
  newPhone,
}) => {
  await askForCode(page, newPhone());
  await expect(page.getByRole('textbox')).toHaveCount(1);
  await expect(codeField(page)).toHaveAttribute('autocomplete', 'one-time-code');
  await expect(codeField(page)).toHaveAttribute('inputmode', 'numeric');
  await expect(codeField(page)).toBeFocused();
});

const writings: [string, (code: string) => string][] = [
  ['the code', (code) => code],
  ['"123 456"', (code) => `${code.slice(0, 3)} ${code.slice(3)}`],
  ['"123-456"', (code) => `${code.slice(0, 3)}-${code.slice(3)}`],
  ['spaces around it', (code) => `  ${code}\n`],
  ['full-width digits', (code) => [...code].map((digit) => String.fromCodePoint(0xff10 + Number(digit))).join('')],
];
for (const [name, write] of writings) {
  test(`a paste of ${name} signs in by itself`, async ({ page, client, askedForCode }) => {
    const phone = await askedForCode();
    await whenHydrated(page);
    await paste(page, write(await newestCode(client, phone)));
    await expect(page).toHaveURL(/\/auth\/about-you$/);
  });
}

test('a paste of the whole message from the clipboard signs in by itself', async ({ page, client, askedForCode }) => {
  const phone = await askedForCode();
  await whenHydrated(page);
  const text = (await messagesTo(client, phone))[0]?.text ?? '';
  await page.evaluate((message) => navigator.clipboard.writeText(message), text);
  await codeField(page).press('ControlOrMeta+v');
  await expect(page).toHaveURL(/\/auth\/about-you$/);
});

test('typed digit by digit it is sent once, with the last', async ({ page, client, sql, askedForCode }) => {
  const phone = await askedForCode();
  const code = await newestCode(client, phone);
  await whenHydrated(page);
  await codeField(page).pressSequentially(code.slice(0, 5));
  await expect(codeField(page)).toHaveValue(code.slice(0, 5));
  expect([...(await sql`select attempts from otp_challenges where phone = ${phone}`)]).toEqual([{ attempts: 0 }]);
  await codeField(page).press(code.slice(5));
  await expect(page).toHaveURL(/\/auth\/about-you$/);
  expect([...(await sql`select attempts from otp_challenges where phone = ${phone}`)]).toEqual([{ attempts: 1 }]);
});

test('what is no digit is not taken, and too few digits are told', async ({ page, newPhone }) => {
  await askForCode(page, newPhone());
  await whenHydrated(page);
  await codeField(page).pressSequentially('a1b-2 x3');
  await expect(codeField(page)).toHaveValue('123');
  await verifyButton(page).click();
  await expect(codeField(page)).toHaveAccessibleDescription(/digits/i);
  await expect(page).toHaveURL(/\/auth\/code$/);
});

test('more digits than the code has are cut', async ({ page, client, askedForCode }) => {
  const phone = await askedForCode();
  await whenHydrated(page);
  await paste(page, `${await newestCode(client, phone)}99`);
  await expect(page).toHaveURL(/\/auth\/about-you$/);
});

test('the code that the browser reads from the message (WebOTP) signs in by itself', async ({
  page,
  client,
  askedForCode,
}) => {
  const phone = await askedForCode();
  await whenHydrated(page);
  const code = await newestCode(client, phone);
  await expect(async () => {
    await page.evaluate((sms) => (window as unknown as { deliverSms: (code: string) => void }).deliverSms(sms), code);
    await expect(page).toHaveURL(/\/auth\/about-you$/, { timeout: 1_000 });
  }).toPass();
});

test('a code typed before the scripts are there is not lost', async ({ page, client, askedForCode }) => {
  const phone = await askedForCode();
  const code = await newestCode(client, phone);
  const release = await holdScripts(page);
  await page.reload({ waitUntil: 'commit' });
  await codeField(page).fill(code);
  release();
  await expect(page).toHaveURL(/\/auth\/about-you$/);
});
