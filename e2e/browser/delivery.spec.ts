import type { Page } from '@playwright/test';
import {
  alerts,
  askForCode,
  codeField,
  enterRightCode,
  expect,
  phoneField,
  resendButton,
  sendButton,
  test as base,
  verifyButton,
  whenHydrated,
} from '../fixtures/browser-test';
import { type OwnGoogle, withGoogle } from '../fixtures/google-app';
import { receipt, unanswered } from '../fixtures/receipts';
import { messagesTo, newestCode, spokenCode } from '../fixtures/sign-in';
import { expectAccessible, expectFits } from '../fixtures/page-checks';
import type { Google } from '../stack/google';

type Fixtures = {
  report: (phone: string, state: 'delivered' | 'failed') => Promise<void>;
  /** Leads to step two, where the message is known to have failed. Answers the number. */
  failedMessage: () => Promise<string>;
};

const test = base.extend<Fixtures>({
  report: async ({ sql, run }, provide) => provide((phone, state) => receipt({ sql, ...run }, phone, state)),
  failedMessage: async ({ page, newPhone, report }, provide) =>
    provide(async () => {
      const phone = newPhone();
      await askForCode(page, phone);
      await report(phone, 'failed');
      await page.reload();
      return phone;
    }),
});

const callButton = (page: Page) => page.getByRole('button', { name: /^Call me (instead|again)$/ });
const otherNumber = (page: Page) => page.getByRole('link', { name: 'Use another number' });
const status = (page: Page, text: string | RegExp) => page.getByRole('status').filter({ hasText: text });
/** The page reads the state by itself every few seconds, and when somebody comes back to it. */
const comeBack = (page: Page) => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));

/** How far things moved without anybody having touched the page: 0 is not at all. */
async function watchShifts(page: Page): Promise<() => Promise<number>> {
  await page.evaluate(() => {
    const seen = { sum: 0 };
    new PerformanceObserver((list) => {
      for (const entry of list.getEntries()) seen.sum += (entry as PerformanceEntry & { value: number }).value;
    }).observe({ type: 'layout-shift' });
    Object.assign(window, { shifts: seen });
  });
  return () =>
    page.evaluate(
      () =>
        new Promise<number>((resolve) =>
          // The observer hears of a frame after it was drawn.
          requestAnimationFrame(() =>
            requestAnimationFrame(() => resolve((window as unknown as { shifts: { sum: number } }).shifts.sum)),
          ),
        ),
    );
}

async function expectSound(page: Page, where: string): Promise<void> {
  await expectAccessible(page, where, { minor: true });
  await expectFits(page, where);
}

test('the page says by itself when the message is delivered, as a status and without moving anything', async ({
  page,
  report,
  askedForCode,
}) => {
  const phone = await askedForCode();
  await expect(status(page, 'Message sent')).toBeVisible();
  await whenHydrated(page);
  await page.evaluate(() => document.fonts.ready);
  const shifts = await watchShifts(page);
  await report(phone, 'delivered');
  await expect(status(page, 'Message delivered')).toBeVisible({ timeout: 10_000 });
  await expect(callButton(page)).toBeHidden();
  expect(await shifts()).toBe(0);
});

test('a message that failed is told by itself, with every way on, and a new code can be had at once', async ({
  page,
  client,
  report,
  askedForCode,
}) => {
  const phone = await askedForCode();
  await whenHydrated(page);
  await page.evaluate(() => document.fonts.ready);
  const shifts = await watchShifts(page);
  await report(phone, 'failed');
  await expect(status(page, 'The message couldn’t be delivered')).toBeVisible({ timeout: 10_000 });
  await expect(status(page, 'You can ask for a new code now.')).toHaveCount(1);
  // What helps now stands out, and not the button for a code that nobody has.
  await expect(resendButton(page)).toHaveClass(/button-primary/);
  await expect(verifyButton(page)).not.toHaveClass(/button-primary/);
  await expect(callButton(page)).toBeEnabled();
  await expect(otherNumber(page)).toBeVisible();
  expect(await shifts()).toBe(0);
  await resendButton(page).click();
  await expect(status(page, 'Message sent')).toBeVisible();
  await expect(otherNumber(page)).toBeHidden();
  expect(await messagesTo(client, phone)).toHaveLength(2);
  await enterRightCode(page, await newestCode(client, phone));
});

test('after a message that failed, a call brings the code', async ({ page, client, failedMessage }) => {
  const phone = await failedMessage();
  await callButton(page).click();
  await expect(status(page, `We’re calling +91 •••••• ${phone.slice(-4)}…`)).toBeVisible();
  await expect(resendButton(page)).toHaveText(/^Resend OTP in (60|5\d)s$/);
  await expect(callButton(page)).toBeDisabled();
  await enterRightCode(page, await spokenCode(client, phone));
});

test('after a message that failed, another number can be given', async ({ page, newPhone, failedMessage }) => {
  await failedMessage();
  await otherNumber(page).click();
  await expect(page).toHaveURL(/\/auth$/);
  const right = newPhone();
  await phoneField(page).fill(right);
  await sendButton(page).click();
  await expect(page.getByText(`•••••• ${right.slice(-4)}`)).toBeVisible();
  await expect(status(page, 'Message sent')).toBeVisible();
  await expect(callButton(page)).toBeHidden();
});

test('a call is offered after the first resend and waits the same minute; its code ends the one before', async ({
  page,
  client,
  clock,
  askedForCode,
}) => {
  const phone = await askedForCode();
  await expect(callButton(page)).toBeHidden();
  await clock.passForPhone(phone, 61);
  await page.reload();
  await expect(resendButton(page)).toBeEnabled();
  await expect(callButton(page)).toBeHidden();
  await resendButton(page).click();
  await expect(callButton(page)).toBeDisabled();
  const written = await newestCode(client, phone);
  await clock.passForPhone(phone, 61);
  await page.reload();
  await callButton(page).click();
  await expect(status(page, /^We’re calling/)).toBeVisible();
  const spoken = await spokenCode(client, phone);
  if (written !== spoken) {
    await codeField(page).fill(written);
    await expect(alerts(page).filter({ hasText: '4 tries left' })).toBeVisible();
  }
  await enterRightCode(page, spoken);
});

test('how a call went is told too, and a call that nobody took can be asked for again', async ({
  page,
  client,
  report,
  failedMessage,
}) => {
  const phone = await failedMessage();
  await callButton(page).click();
  await expect(status(page, /^We’re calling/)).toBeVisible();
  await report(phone, 'failed');
  await comeBack(page);
  await expect(status(page, 'The call didn’t get through')).toBeVisible();
  await page.getByRole('button', { name: 'Call me again' }).click();
  await expect(status(page, /^We’re calling/)).toBeVisible();
  await report(phone, 'delivered');
  await comeBack(page);
  await expect(status(page, 'The call was answered')).toBeVisible();
  await enterRightCode(page, await spokenCode(client, phone));
});

test('the focus stays on the same way to a new code, whatever becomes of the message and of the code', async ({
  page,
  report,
  sql,
  clock,
  askedForCode,
}) => {
  const phone = await askedForCode();
  await clock.passForPhone(phone, 61);
  await page.reload();
  // From here on nothing but the person moves it.
  await expect(codeField(page)).toBeFocused();
  await resendButton(page).focus();
  await unanswered(sql, phone);
  await comeBack(page);
  await expect(callButton(page)).toBeVisible();
  await expect(resendButton(page)).toBeFocused();
  await callButton(page).focus();
  await sql`update sms_deliveries set handed_over_at = now() where phone = ${phone}`;
  await report(phone, 'failed');
  await comeBack(page);
  await expect(otherNumber(page)).toBeVisible();
  await expect(callButton(page)).toBeFocused();
  await page.keyboard.press('Shift+Tab');
  await expect(resendButton(page)).toBeFocused();
  // What the vendor says of the number puts the call first.
  await sql`update sms_deliveries set provider = 'twilio', error_code = '30006' where phone = ${phone}`;
  await comeBack(page);
  await expect(status(page, 'This number can’t receive texts')).toBeVisible();
  await expect(callButton(page).and(page.locator(':has(~ button)'))).toBeVisible();
  await expect(resendButton(page)).toBeFocused();
  await clock.passForPhone(phone, 301);
  await comeBack(page);
  await expect(verifyButton(page)).toBeHidden();
  await expect(resendButton(page)).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(status(page, 'Message sent')).toBeVisible();
  await expect(codeField(page)).toBeFocused();
});

test('where the vendor did not answer, the page says that the message may be on its way', async ({
  page,
  client,
  sql,
  askedForCode,
}) => {
  const phone = await askedForCode();
  await unanswered(sql, phone);
  await comeBack(page);
  await expect(status(page, 'The message may be on its way')).toBeVisible();
  await expect(callButton(page)).toBeVisible();
  await expect(otherNumber(page)).toBeHidden();
  await enterRightCode(page, await newestCode(client, phone));
});

test('a call can still be had when the code is dead', async ({ page, client, clock, askedForCode }) => {
  const phone = await askedForCode();
  await clock.passForPhone(phone, 61);
  await page.reload();
  await resendButton(page).click();
  await expect(callButton(page)).toBeVisible();
  await clock.passForPhone(phone, 301);
  await page.reload();
  await expect(page.getByText('This code no longer works. Ask for a new one.').first()).toBeVisible();
  await callButton(page).click();
  await expect(verifyButton(page)).toBeVisible();
  await enterRightCode(page, await spokenCode(client, phone));
});

test.describe('a browser that prefers Hindi', () => {
  test.use({ locale: 'hi-IN' });

  test('is written to and called in Hindi, the second time too, and so is the account', async ({
    page,
    client,
    sql,
    report,
    failedMessage,
  }) => {
    const phone = await failedMessage();
    await resendButton(page).click();
    await expect(status(page, 'Message sent')).toBeVisible();
    await report(phone, 'failed');
    await comeBack(page);
    await callButton(page).click();
    await expect(status(page, /^We’re calling/)).toBeVisible();
    expect((await messagesTo(client, phone)).map(({ text }) => text)).toEqual([
      expect.stringMatching(/^यह Latchkey है।/),
      expect.stringMatching(/^Latchkey कोड: \d{6}\n/),
      expect.stringMatching(/^Latchkey कोड: \d{6}\n/),
    ]);
    await enterRightCode(page, await spokenCode(client, phone));
    expect([...(await sql`select locale from users where phone = ${phone}`)]).toEqual([{ locale: 'hi' }]);
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('a failure is told, and a call brings the code', async ({ page, client, failedMessage }) => {
    const phone = await failedMessage();
    await expect(page.getByText('The message couldn’t be delivered')).toBeVisible();
    await expect(otherNumber(page)).toBeVisible();
    await callButton(page).click();
    await expect(page.getByText(`We’re calling +91 •••••• ${phone.slice(-4)}…`)).toBeVisible();
    await codeField(page).fill(await spokenCode(client, phone));
    await verifyButton(page).click();
    await expect(page).toHaveURL(/\/auth\/about-you$/);
  });

  test('another message is a message', async ({ page, client, failedMessage }) => {
    const phone = await failedMessage();
    await resendButton(page).click();
    await expect(page.getByText('Message sent')).toBeVisible();
    await newestCode(client, phone);
  });
});

test.describe('at 320 pixels', () => {
  test.use({ viewport: { width: 320, height: 640 }, contextOptions: { reducedMotion: 'reduce' } });

  test('every state fits, has no fault of accessibility, and moves nothing when it comes', async ({
    page,
    report,
    sql,
    askedForCode,
  }) => {
    const phone = await askedForCode();
    await whenHydrated(page);
    await page.evaluate(() => document.fonts.ready);
    const shifts = await watchShifts(page);
    await unanswered(sql, phone);
    await comeBack(page);
    await expect(status(page, 'may be on its way')).toBeVisible();
    await sql`update sms_deliveries set handed_over_at = now() where phone = ${phone}`;
    await report(phone, 'failed');
    await comeBack(page);
    await expect(otherNumber(page)).toBeVisible();
    expect(await shifts()).toBe(0);
    await expectSound(page, 'failed');
    await callButton(page).click();
    await expect(status(page, /^We’re calling/)).toBeVisible();
    await expectSound(page, 'calling');
    await report(phone, 'delivered');
    await comeBack(page);
    await expect(status(page, 'The call was answered')).toBeVisible();
    await expectSound(page, 'answered');
  });
});

test.describe('where Google is configured', () => {
  const withOwnGoogle = test.extend<OwnGoogle<Google>>(withGoogle());

  withOwnGoogle('Google is offered when a message failed, and not before', async ({ page, newPhone, report }) => {
    const phone = newPhone();
    const google = page.getByRole('button', { name: 'Sign in with Google' });
    await askForCode(page, phone);
    await expect(google).toBeHidden();
    await report(phone, 'failed');
    await comeBack(page);
    await expect(google).toBeVisible();
    await google.click();
    await expect(page.getByRole('heading', { name: 'Choose an account' })).toBeVisible();
  });
});
