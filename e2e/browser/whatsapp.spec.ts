import type { Page } from '@playwright/test';
import AxeBuilder from '@axe-core/playwright';
import { contentSid, twilioError } from '@/lib/sms/vendors/testing/fake-twilio';
import {
  alerts,
  askForCode,
  codeField,
  expect,
  phoneField,
  resendButton,
  sendButton,
  test as base,
  whenHydrated,
} from '../fixtures/browser-test';
import { runOn, startedOnce } from '../fixtures/own-app';
import { receipt } from '../fixtures/receipts';
import { startTwilioApp, type TwilioApp } from '../fixtures/twilio-app';

type Fixtures = {
  app: TwilioApp;
  twilio: TwilioApp['twilio'];
  report: (phone: string, state: 'delivered' | 'failed') => Promise<void>;
};

/** Browsers of a team that also has a WhatsApp sender at Twilio. */
const test = base.extend<Fixtures>({
  app: startedOnce(() =>
    startTwilioApp({ TWILIO_WHATSAPP_FROM: '+12025550101', TWILIO_WHATSAPP_CONTENT_SID: contentSid }),
  ),
  run: async ({ app }, provide) => provide(runOn(app)),
  twilio: async ({ app }, provide) => provide(app.twilio),
  report: async ({ sql, run }, provide) => provide((phone, state) => receipt({ sql, ...run }, phone, state)),
});

const whatsapp = (page: Page) => page.getByRole('button', { name: 'Send by WhatsApp' });
const status = (page: Page, text: string) => page.getByRole('status').filter({ hasText: text });
const comeBack = (page: Page) => page.evaluate(() => document.dispatchEvent(new Event('visibilitychange')));

// One worker, so one server.
test.describe.configure({ mode: 'default' });

test('after a message that failed, WhatsApp brings a new code, and the page says how it got on', async ({
  page,
  newPhone,
  report,
  twilio,
}) => {
  const phone = newPhone();
  await askForCode(page, phone);
  await whenHydrated(page);
  await expect(whatsapp(page)).toBeHidden();
  await report(phone, 'failed');
  await comeBack(page);
  await expect(page.getByRole('button', { name: 'Call me instead' })).toBeEnabled();
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.map(({ id }) => id)).toEqual([]);
  await whatsapp(page).click();
  await expect(status(page, 'Sent by WhatsApp')).toBeVisible();
  await expect(whatsapp(page)).toBeDisabled();
  await expect(resendButton(page)).toHaveText(/^Resend OTP in (60|5\d)s$/);
  const { form } = twilio.requestsTo(phone).at(-1)!;
  expect(form).toMatchObject({ To: `whatsapp:${phone}`, From: 'whatsapp:+12025550101', ContentSid: contentSid });
  const { 1: code } = JSON.parse(form.ContentVariables!) as Record<string, string>;
  expect(code).not.toBe(twilio.codeTo(phone));
  await report(phone, 'delivered');
  await comeBack(page);
  await expect(status(page, 'Delivered by WhatsApp')).toBeVisible();
  await codeField(page).fill(code!);
  await expect(page).toHaveURL(/\/auth\/about-you$/);
});

test('a number that is not on WhatsApp is told so, and every other way stays', async ({
  page,
  newPhone,
  report,
  twilio,
}) => {
  const phone = newPhone();
  await askForCode(page, phone);
  await report(phone, 'failed');
  await page.reload();
  await whatsapp(page).click();
  await expect(status(page, 'Sent by WhatsApp')).toBeVisible();
  await report(phone, 'failed');
  await comeBack(page);
  await expect(status(page, 'WhatsApp couldn’t deliver it')).toBeVisible();
  await expect(whatsapp(page)).toBeEnabled();
  await resendButton(page).click();
  await expect(status(page, 'Message sent')).toBeVisible();
  await codeField(page).fill(twilio.codeTo(phone));
  await expect(page).toHaveURL(/\/auth\/about-you$/);
});

test('where Twilio refuses the template, the page goes on with what is left', async ({
  page,
  newPhone,
  report,
  twilio,
}) => {
  const phone = newPhone();
  await askForCode(page, phone);
  await report(phone, 'failed');
  await page.reload();
  twilio.answersTo(phone, twilioError(400, 63016));
  await whatsapp(page).click();
  await expect(status(page, 'WhatsApp couldn’t deliver it')).toBeVisible();
  twilio.answersTo(phone, null);
  await resendButton(page).click();
  await expect(status(page, 'Message sent')).toBeVisible();
});

for (const [who, code, words] of [
  ['who once replied STOP', 21610, 'This number blocks our messages'],
  ['whose number is a landline', 21614, 'This number can’t receive texts'],
] as const) {
  test(`${who} is told so at step two, and a call brings the code`, async ({ page, newPhone, twilio }) => {
    const phone = newPhone();
    twilio.answersTo(phone, twilioError(400, code));
    await askForCode(page, phone);
    await whenHydrated(page);
    await expect(status(page, words)).toBeVisible();
    // Another text message would be in vain, so the call comes first.
    await expect(page.getByRole('button', { name: /^(Call me|Resend OTP|Send by)/ }).first()).toHaveText(
      'Call me instead',
    );
    twilio.answersTo(phone, null);
    await page.getByRole('button', { name: 'Call me instead' }).click();
    await expect(status(page, 'We’re calling')).toBeVisible();
    const { form } = twilio.requestsTo(phone).at(-1)!;
    const digits = [...form.Twiml!.matchAll(/(?<=\/>)\d(?=<)/g)].map(String);
    expect(digits.slice(6)).toEqual(digits.slice(0, 6));
    await codeField(page).fill(digits.slice(0, 6).join(''));
    await expect(page).toHaveURL(/\/auth\/about-you$/);
  });
}

for (const [what, code, words] of [
  ['does not exist', 21211, 'This number can’t receive text messages. Use a mobile number.'],
  ['is held for fraud', 60410, 'Our messages don’t get through to this number'],
] as const) {
  test(`a number that ${what} is told beside it at step one, and no call is offered`, async ({
    page,
    newPhone,
    twilio,
  }) => {
    const phone = newPhone();
    twilio.answersTo(phone, twilioError(400, code));
    await page.goto('/auth');
    await phoneField(page).fill(phone);
    await sendButton(page).click();
    await expect(alerts(page).filter({ hasText: words })).toBeVisible();
    await expect(page).toHaveURL(/\/auth$/);
    await expect(page.getByRole('button', { name: 'Call me instead' })).toBeHidden();
  });
}
