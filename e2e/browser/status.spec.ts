import type { Page } from '@playwright/test';
import { accountSid, json, type TwilioRequest } from '@/lib/sms/vendors/testing/fake-twilio';
import type { ServerResponse } from 'node:http';
import { makeAdmin } from '../fixtures/admin';
import { expect, test as base } from '../fixtures/browser-test';
import { runOn, startedOnce } from '../fixtures/own-app';
import { nextAuthSignIn, sessionCookieOf } from '../fixtures/sign-in';
import { startTwilioApp, type TwilioApp } from '../fixtures/twilio-app';

type Door = TwilioApp['twilio'];

// The operators' status page of a server whose vendor takes its time.
const test = base.extend<{ app: TwilioApp; door: Door; administrator: void }>({
  app: startedOnce(() => startTwilioApp()),
  run: async ({ app }, provide) => provide(runOn(app)),
  door: async ({ app }, provide) => provide(app.twilio),
  administrator: async ({ context, client, newPhone, run, door, sql }, provide) => {
    const phone = newPhone();
    door.answersAll(null);
    await client.post('/api/auth/send-otp', { phone });
    const cookie = sessionCookieOf(await nextAuthSignIn(client, { phone, otp: door.codeTo(phone) })) ?? '';
    await makeAdmin(sql, phone);
    const [name = '', value = ''] = cookie.split('=');
    await context.addCookies([{ name, value, url: run.appUrl, httpOnly: true, sameSite: 'Lax' }]);
    await provide();
  },
});

const known = (response: ServerResponse, request: TwilioRequest): void => {
  const answer = /Balance/.test(request.path)
    ? { account_sid: accountSid, balance: '42.50', currency: 'USD' }
    : /IncomingPhoneNumbers/.test(request.path)
      ? { incoming_phone_numbers: [{ sid: `PN${'0'.repeat(32)}`, capabilities: { sms: true, voice: true } }] }
      : { sid: accountSid, status: 'active', type: 'Full' };
  json(200, answer)(response, request);
};

/** Twilio says nothing until the test lets it. */
function hold(door: Door): { release: () => void } {
  const held: (() => void)[] = [];
  let released = false;
  door.answersAll((response, request) => {
    if (released) known(response, request);
    else held.push(() => known(response, request));
  });
  return {
    release: () => {
      released = true;
      held.splice(0).forEach((answer) => answer());
    },
  };
}

/** How often Twilio was asked for its account: once a diagnosis. */
const diagnoses = (door: Door) => door.requests.filter(({ path }) => /Accounts\/AC\w+\.json$/.test(path)).length;
const region = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
const open = (page: Page) => page.goto('/admin/status', { waitUntil: 'commit' });

// One worker, so one server.
test.describe.configure({ mode: 'default' });

test('what is known here stands there while the vendor is still being asked, once for everybody; asked again on demand', async ({
  page,
  browser,
  context,
  door,
  administrator: _,
}) => {
  const before = diagnoses(door);
  const { release } = hold(door);
  await open(page);
  await expect(region(page, 'Database').getByRole('listitem').first()).toContainText(/PostgreSQL .* answers in/);
  await expect(region(page, 'Twilio')).toContainText('Waiting for an answer…');
  await expect(page.getByRole('status').filter({ hasText: 'Asking the vendors…' })).toBeVisible();
  const other = await context.newPage();
  await open(other);
  await expect(region(other, 'Twilio')).toContainText('Waiting for an answer…');
  const withoutScript = await browser.newContext({
    storageState: await context.storageState(),
    baseURL: new URL(page.url()).origin,
    javaScriptEnabled: false,
  });
  const plain = await withoutScript.newPage();
  await open(plain);
  const again = plain.getByRole('link', { name: 'Load the page again' });
  await expect(again).toBeVisible();
  await expect(page.getByRole('link', { name: 'Load the page again' })).toBeHidden();
  await expect.poll(() => diagnoses(door) - before).toBe(1);
  release();
  for (const each of [page, other]) {
    await expect(region(each, 'Twilio')).toContainText('The balance is 42.50 USD.');
    await expect(each.getByRole('status').filter({ hasText: /Vendors asked at \d+:\d\d:\d\d/ })).toBeVisible();
  }
  await again.click();
  await expect(region(plain, 'Twilio')).toContainText('The balance is 42.50 USD.');
  await expect(again).toBeHidden();
  await withoutScript.close();
  // The server's own callback is tried as Twilio would post to it.
  await expect(region(page, 'From outside')).toContainText('one that is rightly signed is taken');
  await page.reload();
  await expect(region(page, 'Twilio')).toContainText('The balance is 42.50 USD.');
  expect(diagnoses(door) - before).toBe(1);
  await expect(async () => {
    await page.getByRole('button', { name: 'Check again' }).click();
    await expect.poll(() => diagnoses(door) - before, { timeout: 2_000 }).toBe(2);
  }).toPass();
  await expect(region(page, 'Twilio')).toContainText('The balance is 42.50 USD.');
});
