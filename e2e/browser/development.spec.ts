import { rememberRewritten } from '@/lib/commands/production-build';
import {
  codeField,
  expect,
  phoneField,
  sendButton,
  tellAboutYou,
  test as base,
  verifyButton,
  welcome,
} from '../fixtures/browser-test';
import { Client } from '../fixtures/http-client';
import { startSeparateApp } from '../fixtures/separate-app';
import { newestCode } from '../fixtures/sign-in';

/** `npm run dev`, with a build folder and a database of its own. */
const test = base.extend({
  baseURL: async ({}, provide) => {
    const putBack = rememberRewritten();
    const app = await startSeparateApp({}, { command: 'dev' });
    await provide(app.url);
    await app.stop();
    putBack();
  },
});

// Each page is compiled when it is first asked for.
const PATIENT = { timeout: 60_000 };
test.setTimeout(180_000);

test('under npm run dev links lead on, the whole way can be gone, and no page complains', async ({
  page,
  baseURL,
  newPhone,
  newAddress,
}) => {
  page.setDefaultTimeout(PATIENT.timeout);
  const phone = newPhone();
  await page.goto('/');
  await page.getByRole('link', { name: 'Sign in' }).click();
  await phoneField(page).fill(phone);
  await sendButton(page).click();
  await expect(verifyButton(page)).toBeVisible(PATIENT);
  await codeField(page).fill(await newestCode(new Client(String(baseURL), newAddress()), phone));
  await expect(page).toHaveURL(/\/auth\/about-you$/, PATIENT);
  await tellAboutYou(page);
  await expect(welcome(page)).toBeVisible(PATIENT);
});
