import { messagesTo, newestCode, wrongCode } from '../fixtures/sign-in';
import {
  alerts,
  askForCode,
  codeField,
  enterRightCode,
  expect,
  phoneField,
  resendButton,
  sendButton,
  tellAboutYou,
  test,
  verifyButton,
  welcome,
  whenHydrated,
} from '../fixtures/browser-test';

test('a new person signs in: number, code, profile, dashboard', async ({ page, client, newPhone }) => {
  const phone = newPhone();
  await page.goto('/auth');
  await expect(page.getByRole('heading', { name: 'Welcome back! Please sign in' })).toBeVisible();
  await phoneField(page).fill(phone.slice(3));
  await sendButton(page).click();
  await expect(page).toHaveURL(/\/auth\/code$/);
  await expect(page.getByText(`+91 •••••• ${phone.slice(-4)}`)).toBeVisible();
  await enterRightCode(page, await newestCode(client, phone));
  await tellAboutYou(page);
  await expect(page).toHaveURL(/\/dashboard$/);
  await expect(welcome(page)).toBeVisible();
});

test('a returning person skips step three', async ({ page, client, signedIn, clock, context }) => {
  const phone = await signedIn();
  await context.clearCookies();
  await clock.passForPhone(phone, 61);
  await askForCode(page, phone);
  await codeField(page).fill(await newestCode(client, phone));
  await expect(page).toHaveURL(/\/dashboard$/);
  await expect(welcome(page)).toBeVisible();
});

test('whoever gave the name before is asked only for what is missing, with the rest filled in', async ({
  page,
  client,
  newPhone,
  clock,
}) => {
  const phone = newPhone();
  await client.post('/api/auth/send-otp', { phone, name: 'John Doe' });
  await client.post('/api/auth/verify-otp', { phone, otp: await newestCode(client, phone) });
  await clock.passForPhone(phone, 61);
  await askForCode(page, phone);
  await codeField(page).fill(await newestCode(client, phone));
  await expect(page.getByRole('textbox', { name: 'First name' })).toHaveValue('John');
  await expect(page.getByRole('textbox', { name: 'Last name' })).toHaveValue('Doe');
  await page.getByRole('textbox', { name: 'Email' }).fill('john@example.com');
  await page.getByRole('button', { name: 'Continue' }).click();
  await expect(welcome(page)).toBeVisible();
});

test('a wrong code is told beside the field with the tries left, and the right one then works', async ({
  page,
  client,
  askedForCode,
}) => {
  const phone = await askedForCode();
  const code = await newestCode(client, phone);
  await codeField(page).fill(wrongCode(code));
  // On one line, however narrow.
  await expect(alerts(page).filter({ hasText: /isn’t right.* 4\u00a0tries\u00a0left/ })).toBeVisible();
  await expect(codeField(page)).toHaveAttribute('aria-invalid', 'true');
  await expect(codeField(page)).toBeFocused();
  await expect(codeField(page)).toHaveValue('');
  await codeField(page).fill(wrongCode(code, 2));
  await expect(alerts(page).filter({ hasText: '3 tries left' })).toBeVisible();
  await enterRightCode(page, code);
});

test('after five wrong codes the page says so, offers a new code, and the new one works', async ({
  page,
  client,
  clock,
  askedForCode,
}) => {
  const phone = await askedForCode();
  const code = await newestCode(client, phone);
  for (const [by, left] of [
    [1, '4 tries'],
    [2, '3 tries'],
    [3, '2 tries'],
    [4, '1 try'],
  ] as const) {
    await codeField(page).fill(wrongCode(code, by));
    await expect(alerts(page).filter({ hasText: `${left} left` })).toBeVisible();
  }
  await codeField(page).fill(wrongCode(code, 5));
  await expect(page.getByText('Too many wrong codes. Ask for a new one.').first()).toBeVisible();
  await expect(verifyButton(page)).toBeHidden();
  await clock.passForPhone(phone, 61);
  await page.reload();
  await expect(page.getByText('Too many wrong codes. Ask for a new one.').first()).toBeVisible();
  await resendButton(page).click();
  await expect(verifyButton(page)).toBeVisible();
  await enterRightCode(page, await newestCode(client, phone));
});

test('resend waits its minute, through reloads, then sends a code that replaces the old one', async ({
  page,
  client,
  clock,
  askedForCode,
}) => {
  const phone = await askedForCode();
  const first = await newestCode(client, phone);
  await expect(resendButton(page)).toHaveText(/^Resend OTP in (60|5\d)s$/);
  await expect(resendButton(page)).toBeDisabled();
  await clock.passForPhone(phone, 30);
  await page.reload();
  await expect(resendButton(page)).toHaveText(/^Resend OTP in (30|2\d)s$/);
  await clock.passForPhone(phone, 31);
  await page.reload();
  await expect(resendButton(page)).toHaveText('Resend OTP');
  await resendButton(page).click();
  await expect(resendButton(page)).toHaveText(/^Resend OTP in (60|5\d)s$/);
  const messages = await messagesTo(client, phone);
  expect(messages).toHaveLength(2);
  const second = await newestCode(client, phone);
  if (first !== second) {
    await codeField(page).fill(first);
    await expect(alerts(page).filter({ hasText: 'tries left' })).toBeVisible();
  }
  await enterRightCode(page, second);
});

test('the wait for a new code counts down by itself', async ({ page, clock, askedForCode }) => {
  const phone = await askedForCode();
  await clock.passForPhone(phone, 53);
  await page.reload();
  await expect(resendButton(page)).toHaveText(/in [1-7]s/);
  await expect(resendButton(page)).toHaveText('Resend OTP', { timeout: 10_000 });
  await expect(resendButton(page)).toBeEnabled();
});

test('the life of the code counts down, and at its end the page asks for a new one', async ({
  page,
  client,
  clock,
  askedForCode,
}) => {
  const phone = await askedForCode();
  await expect(page.getByText(/Expires in (5:00|4:5\d)/)).toBeVisible();
  const code = await newestCode(client, phone);
  await clock.passForPhone(phone, 292);
  await page.reload();
  await expect(page.getByText(/Expires in 0:0\d/)).toBeVisible();
  await expect(page.getByText('This code no longer works. Ask for a new one.').first()).toBeVisible({
    timeout: 10_000,
  });
  await expect(codeField(page)).not.toBeEditable();
  await clock.passForPhone(phone, 10);
  await resendButton(page).click();
  await expect(page.getByText(/Expires in (5:00|4:5\d)/)).toBeVisible();
  const next = await newestCode(client, phone);
  if (next !== code) {
    await codeField(page).fill(code);
    await expect(alerts(page).filter({ hasText: 'tries left' })).toBeVisible();
  }
  await enterRightCode(page, next);
});

test('a code that died while the page was open is told when it is entered', async ({
  page,
  client,
  clock,
  askedForCode,
}) => {
  const phone = await askedForCode();
  const code = await newestCode(client, phone);
  await clock.passForPhone(phone, 301);
  await codeField(page).fill(code);
  await expect(page.getByText('This code no longer works. Ask for a new one.').first()).toBeVisible();
  await expect(resendButton(page)).toBeEnabled();
});

test('"Change number" leads back with the number kept, and another number then gets the code', async ({
  page,
  client,
  newPhone,
}) => {
  const [wrong, right] = [newPhone(), newPhone()];
  await askForCode(page, wrong);
  await page.getByRole('link', { name: 'Change number' }).click();
  await expect(page).toHaveURL(/\/auth$/);
  await expect(phoneField(page)).toHaveValue(/\d/);
  expect((await phoneField(page).inputValue()).replace(/\D/g, '')).toContain(wrong.slice(3));
  await phoneField(page).fill(right);
  await sendButton(page).click();
  await expect(page.getByText(`•••••• ${right.slice(-4)}`)).toBeVisible();
  await enterRightCode(page, await newestCode(client, right));
});

const refused: [string, string, RegExp][] = [
  ['nothing', '', /number/i],
  ['words', 'hello', /number/i],
  ['too few digits', '12345', /phone number/i],
  ['a landline', '011 2345 6789', /can’t receive text messages/i],
];
for (const [name, text, message] of refused) {
  test(`step one answers ${name} with what to do, beside the field`, async ({ page }) => {
    await page.goto('/auth');
    await phoneField(page).fill(text);
    await sendButton(page).click();
    await expect(alerts(page).filter({ hasText: message })).toBeVisible();
    await expect(phoneField(page)).toHaveAttribute('aria-invalid', 'true');
    await expect(phoneField(page)).toHaveAccessibleDescription(message);
    await expect(page).toHaveURL(/\/auth$/);
  });
}

test('asking for too many codes is told in words, and nothing is lost', async ({
  page,
  newContext,
  newPhone,
  client,
}) => {
  const phone = newPhone();
  const other = await (await newContext()).newPage();
  await askForCode(other, phone);
  // The same number from another browser, within the minute.
  await page.goto('/auth');
  await phoneField(page).fill(phone);
  await sendButton(page).click();
  await expect(alerts(page).filter({ hasText: /moment ago/ })).toBeVisible();
  await expect(phoneField(page)).toHaveValue(/\d/);
  await enterRightCode(other, await newestCode(client, phone));
});

/** Chromium itself notes a lost connection. */
const onlyLostConnection = (heard: string[]) =>
  expect(heard.splice(0).filter((line) => !/ERR_INTERNET_DISCONNECTED|Failed to fetch/.test(line))).toEqual([]);

test('without a connection step one says so, keeps the number, and works again', async ({
  page,
  context,
  newPhone,
  complaints,
}) => {
  await page.goto('/auth');
  await whenHydrated(page);
  await phoneField(page).fill(newPhone());
  await expect(phoneField(page)).toHaveValue(/\d \d/);
  await context.setOffline(true);
  await sendButton(page).click();
  await expect(alerts(page).filter({ hasText: /couldn’t reach the server/i })).toBeVisible();
  await context.setOffline(false);
  await expect(phoneField(page)).toHaveValue(/\d \d/);
  await sendButton(page).click();
  await expect(page).toHaveURL(/\/auth\/code$/);
  onlyLostConnection(complaints);
});

test('without a connection step two says so, loses no try, and works again', async ({
  page,
  context,
  client,
  complaints,
  sql,
  askedForCode,
}) => {
  const phone = await askedForCode();
  await whenHydrated(page);
  const code = await newestCode(client, phone);
  await context.setOffline(true);
  await codeField(page).fill(code);
  await expect(alerts(page).filter({ hasText: /couldn’t reach the server/i })).toBeVisible();
  await context.setOffline(false);
  expect([...(await sql`select attempts from otp_challenges where phone = ${phone}`)]).toEqual([{ attempts: 0 }]);
  await verifyButton(page).click();
  await expect(page).toHaveURL(/\/auth\/about-you$/);
  onlyLostConnection(complaints);
});

test('step three says beside each field what is wrong with it', async ({ page, signedIn }) => {
  await signedIn(null);
  await page.goto('/auth/about-you');
  await page.getByRole('textbox', { name: 'Email' }).fill('john@');
  await page.getByRole('button', { name: 'Continue' }).click();
  for (const name of ['First name', 'Last name', 'Email']) {
    await expect(page.getByRole('textbox', { name })).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByRole('textbox', { name })).toHaveAccessibleDescription(/.{5,}/);
  }
  await expect(page.getByRole('textbox', { name: 'First name' })).toBeFocused();
  await tellAboutYou(page);
  await expect(welcome(page)).toBeVisible();
});

test.describe('at 360 pixels', () => {
  test.use({ viewport: { width: 360, height: 800 } });

  test('no step is wider than the screen at any moment of its coming, nor of a refusal', async ({
    page,
    client,
    newPhone,
  }) => {
    await page.addInitScript(watchWidth);
    const phone = newPhone();
    await askForCode(page, phone);
    const code = await newestCode(client, phone);
    await codeField(page).fill(wrongCode(code));
    await expect(alerts(page).filter({ hasText: 'tries left' })).toBeVisible();
    await enterRightCode(page, code);
    const seen = () => page.evaluate(() => window.widths);
    const animations = async () => (await seen()).map(({ path, animation }) => `${animation} on ${path}`);
    await expect
      .poll(animations)
      .toEqual(
        expect.arrayContaining([
          'step-in on /auth',
          'step-in on /auth/code',
          'shake on /auth/code',
          'step-in on /auth/about-you',
        ]),
      );
    expect((await seen()).filter(({ excess }) => excess > 0)).toEqual([]);
  });
});

declare global {
  interface Window {
    /** By how much a page was wider than its window, at the most, while an animation of its ran. */
    widths: { path: string; animation: string; excess: number }[];
  }
}

/** Holds every animation that ends at its start and goes through it moment by moment, however few frames there are. */
function watchWidth(): void {
  window.widths = [];
  const held = new CSSStyleSheet();
  held.replaceSync('* { animation-play-state: paused !important }');
  document.adoptedStyleSheets.push(held);
  document.addEventListener('animationstart', ({ animationName, target }) => {
    const page = document.documentElement;
    for (const animation of (target as Element).getAnimations()) {
      const length = Number(animation.effect?.getComputedTiming().endTime);
      if ((animation as CSSAnimation).animationName !== animationName || length === Infinity) continue;
      let excess = 0;
      for (let moment = 0; moment < length; moment += 10) {
        animation.currentTime = moment;
        excess = Math.max(excess, page.scrollWidth - page.clientWidth);
      }
      animation.finish();
      window.widths.push({ path: location.pathname, animation: animationName, excess });
    }
  });
}
