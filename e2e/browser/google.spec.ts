import type { Page } from '@playwright/test';
import { newSubject, type OwnGoogle, withGoogle } from '../fixtures/google-app';
import {
  alerts,
  askForCode,
  codeField,
  expect,
  test as base,
  verifyButton,
  welcome,
  whenHydrated,
} from '../fixtures/browser-test';
import type { Client } from '../fixtures/http-client';
import { newestCode } from '../fixtures/sign-in';
import { expectAccessible } from '../fixtures/page-checks';
import type { Google } from '../stack/google';

/** Everything here happens in a browser, over a real OpenID provider. */
type Fixtures = OwnGoogle<Google> & {
  /** Somebody at Google whom nobody here has seen. Answers their subject. */
  stranger: (claims?: object) => string;
  /** Has signed in with Google before, and has a number and a profile. */
  regular: () => Promise<{ subject: string; phone: string; userId: string }>;
};

const test = base.extend<Fixtures>({
  ...withGoogle(),
  stranger: async ({ google }, provide) => {
    await provide((claims = {}) => {
      const subject = newSubject();
      google.know(subject, {
        email: `${subject}@gmail.example`,
        email_verified: true,
        given_name: 'Gina',
        family_name: 'Doe',
        ...claims,
      });
      return subject;
    });
  },
  regular: async ({ google, sql, stranger, newPhone }, provide) => {
    await provide(async () => {
      const subject = stranger();
      const phone = newPhone();
      const [user] = await sql<{ id: string }[]>`
        insert into users (id, phone, phone_verified_at, phone_proved_at, first_name, last_name, email, profile_completed_at)
        values (gen_random_uuid(), ${phone}, now(), now(), 'Gina', 'Doe', ${`${subject}@gmail.example`}, now()) returning id`;
      const userId = user?.id ?? '';
      await sql`
        insert into identities (id, user_id, issuer, subject, email, created_at)
        values (gen_random_uuid(), ${userId}, ${google.issuer}, ${subject}, ${`${subject}@gmail.example`}, now())`;
      return { subject, phone, userId };
    });
  },
});

const googleButton = (page: Page) => page.getByRole('button', { name: 'Sign in with Google' });

/** At Google: says who they are, or leaves. */
async function atGoogle(page: Page, subject: string, press: 'Continue' | 'Cancel' = 'Continue'): Promise<void> {
  await expect(page.getByRole('heading', { name: 'Choose an account' })).toBeVisible();
  await page.getByRole('textbox', { name: 'Account' }).fill(subject);
  await page.getByRole('button', { name: press }).click();
}

async function confirmItsYou(page: Page, client: Client, phone: string, name = 'Confirm it’s you'): Promise<void> {
  const dialog = page.getByRole('dialog', { name });
  await dialog.getByRole('button', { name: 'Send code' }).click();
  await expect(dialog.getByRole('textbox', { name: /code/i })).toBeVisible();
  await dialog.getByRole('textbox', { name: /code/i }).fill(await newestCode(client, phone));
}

async function signInWithGoogle(page: Page, subject: string): Promise<void> {
  await page.goto('/auth');
  await googleButton(page).click();
  await atGoogle(page, subject);
}

const sessionsOf = (page: Page) =>
  page.request.get('/api/me/sessions').then(async (answer) => (await answer.json()).sessions as unknown[]);

// One worker, so one server.
test.describe.configure({ mode: 'default' });

test('a first sign-in makes an account of what Google says, and asks for a phone', async ({ page, sql, stranger }) => {
  const subject = stranger();
  await signInWithGoogle(page, subject);
  await page.waitForURL(/\/auth\/add-phone$/);
  expect(await (await page.request.get('/api/me')).json()).toMatchObject({
    phone: null,
    is_verified: false,
    first_name: 'Gina',
    last_name: 'Doe',
    email: `${subject}@gmail.example`,
    email_verified: true,
    needs_profile_completion: false,
  });
  const events = await sql`
    select event from audit_events where user_id = (select user_id from identities where subject = ${subject})
    order by created_at, id`;
  expect(events.map(({ event }) => event).sort()).toEqual(['session.created', 'user.created']);
});

test('who has a number and a profile goes straight in, each time', async ({ page, regular }) => {
  const { subject, phone } = await regular();
  for (const time of ['first', 'second']) {
    await test.step(time, async () => {
      await signInWithGoogle(page, subject);
      await expect(page).toHaveURL(/\/dashboard$/);
      await expect(welcome(page, 'Gina')).toBeVisible();
      expect(await (await page.request.get('/api/me')).json()).toMatchObject({ phone });
      await page.context().clearCookies({ name: /session-token/ });
    });
  }
});

test('what Google does not vouch for stays unverified, and what it does not say stays open', async ({
  page,
  stranger,
}) => {
  const subject = stranger({
    email: 'open@example.com',
    email_verified: false,
    given_name: undefined,
    family_name: '',
  });
  await signInWithGoogle(page, subject);
  await page.waitForURL(/\/auth\/add-phone$/);
  expect(await (await page.request.get('/api/me')).json()).toMatchObject({
    first_name: null,
    last_name: null,
    email: 'open@example.com',
    email_verified: false,
    needs_profile_completion: true,
  });
});

test('whoever cancels at Google is back at the start, and told so', async ({ page, stranger }) => {
  await page.goto('/auth');
  await googleButton(page).click();
  await atGoogle(page, stranger(), 'Cancel');
  await expect(page).toHaveURL(/\/auth\?error=google_cancelled$/);
  await expect(alerts(page).filter({ hasText: 'You left Google before you were done' })).toBeVisible();
  await expect(page).toHaveTitle(/^Not signed in/);
  await expect(googleButton(page)).toBeVisible();
});

test('a suspended account is told so, and nobody is signed in', async ({ page, sql, regular }) => {
  const { subject, userId } = await regular();
  await sql`update users set suspended_at = now() where id = ${userId}`;
  await signInWithGoogle(page, subject);
  await expect(page).toHaveURL(/\/auth\?error=account_suspended$/);
  await expect(alerts(page).filter({ hasText: 'This account is suspended' })).toBeVisible();
  expect((await page.request.get('/api/me')).status()).toBe(401);
  expect(await sql`select event from audit_events where user_id = ${userId}`).toEqual([{ event: 'session.refused' }]);
});

test('a deletion that was asked for is taken back by signing in', async ({ page, sql, regular }) => {
  const { subject, userId } = await regular();
  await sql`update users set deletion_requested_at = now() where id = ${userId}`;
  await signInWithGoogle(page, subject);
  await expect(welcome(page, 'Gina')).toBeVisible();
  expect(await sql`select deletion_requested_at from users where id = ${userId}`).toEqual([
    { deletion_requested_at: null },
  ]);
});

test('the same e-mail address is not the same account', async ({ page, sql, stranger, signedIn }) => {
  const phone = await signedIn({ first_name: 'John', last_name: 'Doe', email: 'shared@example.com' });
  await page.context().clearCookies();
  await signInWithGoogle(page, stranger({ email: 'shared@example.com' }));
  await page.waitForURL(/\/auth\/add-phone$/);
  expect(await (await page.request.get('/api/me')).json()).toMatchObject({ phone: null, email: 'shared@example.com' });
  const [owner] = await sql`select email_verified_at from users where phone = ${phone}`;
  expect(owner?.email_verified_at).toBeNull();
});

test('signing in as somebody else ends the session it replaces', async ({ page, sql, signedIn, regular, run }) => {
  const phone = await signedIn();
  const { subject } = await regular();
  // The sign-in page leads signed-in people on, so this one was open before.
  const [session] = (await page.context().cookies()).filter(({ name }) => name.includes('session-token'));
  await page.context().clearCookies();
  await page.goto('/auth');
  await page.context().addCookies([{ ...session!, url: run.appUrl, domain: undefined, path: undefined }] as never);
  await googleButton(page).click();
  await atGoogle(page, subject);
  await expect(welcome(page, 'Gina')).toBeVisible();
  const left = await sql`
    select revoked_reason from sessions where user_id = (select id from users where phone = ${phone})`;
  expect(left).toEqual([{ revoked_reason: 'signed_out' }]);
});

test('who came by Google for a year and then by number is asked for Google, and confirms the number there', async ({
  page,
  client,
  sql,
  clock,
  regular,
}) => {
  const { subject, phone, userId } = await regular();
  await signInWithGoogle(page, subject);
  await expect(welcome(page, 'Gina')).toBeVisible();
  await sql`update users set phone_proved_at = now() - interval '366 days' where id = ${userId}`;
  await page.context().clearCookies();
  await askForCode(page, phone);
  await codeField(page).fill(await newestCode(client, phone));
  await expect(page.getByText('Sign in another way (a passkey, a recovery code, Google)')).toBeVisible();

  await signInWithGoogle(page, subject);
  const asked = page.getByRole('complementary', { name: 'Unconfirmed number' });
  await expect(asked).toContainText('still yours?');
  await expectAccessible(page, 'dashboard');
  await page.goto('/dashboard/security');
  await clock.passForPhone(phone, 120);
  await asked.getByRole('button', { name: 'Confirm number' }).click();
  await confirmItsYou(page, client, phone, 'Confirm your number');
  await expect(asked).toBeHidden();
  await page.goto('/dashboard');
  await expect(welcome(page, 'Gina')).toBeVisible();
  await expect(asked).toBeHidden();

  await page.context().clearCookies();
  await clock.passForPhone(phone, 120);
  await askForCode(page, phone);
  await codeField(page).fill(await newestCode(client, phone));
  await expect(welcome(page, 'Gina')).toBeVisible();
  expect(await (await page.request.get('/api/me')).json()).toMatchObject({ id: userId });
});

test('a crafted error is never shown', async ({ page }) => {
  await page.goto('/auth?error=Call+%2B1+900+and+pay');
  await expect(alerts(page).filter({ hasText: 'That didn’t work. Try again.' })).toBeVisible();
  await expect(page.getByText('900')).toHaveCount(0);
});

test('the button and what it has to say have no serious fault of accessibility', async ({ page, signedIn }) => {
  await page.emulateMedia({ reducedMotion: 'reduce' });
  await page.goto('/auth?error=google_failed');
  await expectAccessible(page, 'sign-in');
  await signedIn();
  await page.goto('/dashboard/security?error=google_taken');
  await expect(page.getByRole('button', { name: 'Link Google' })).toBeEnabled();
  await expectAccessible(page, 'security');
});

test('the pages allow their forms to lead to the provider and nowhere else', async ({ page, google }) => {
  for (const path of ['/', '/auth']) {
    const policy = (await page.goto(path))?.headers()['content-security-policy'] ?? '';
    expect(policy).toContain(`form-action 'self' ${google.issuer};`);
  }
});

test.describe('in the settings', () => {
  test('Google is linked, opens the account, and is unlinked with a new code', async ({
    page,
    client,
    clock,
    stranger,
    signedIn,
  }) => {
    const subject = stranger();
    const phone = await signedIn();
    await page.goto('/dashboard/security');
    await page.getByRole('button', { name: 'Link Google' }).click();
    await atGoogle(page, subject);
    await expect(page.getByText('Your Google account is linked.')).toBeVisible();
    await expect(page).toHaveURL(/\/dashboard\/security$/);
    await expect(page.getByText(`${subject}@gmail.example`)).toBeVisible();
    // Linking adds a way in; it does not start another session.
    expect(await sessionsOf(page)).toHaveLength(1);
    await page.context().clearCookies({ name: /session-token/ });
    await signInWithGoogle(page, subject);
    await expect(welcome(page)).toBeVisible();
    expect(await (await page.request.get('/api/me')).json()).toMatchObject({ phone, email: 'john@example.com' });

    await page.goto('/dashboard/security');
    await page.getByRole('button', { name: 'Unlink' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Unlink' }).click();
    // Having come by Google proves nothing anew where there is a number.
    await clock.passForPhone(phone, 120);
    await confirmItsYou(page, client, phone);
    await expect(page.getByText('Not linked')).toBeVisible();
    await page.context().clearCookies({ name: /session-token/ });
    await signInWithGoogle(page, subject);
    await page.waitForURL(/\/auth\/add-phone$/);
  });

  test('linking asks who it is when the last proof is old', async ({
    page,
    client,
    clock,
    sql,
    stranger,
    signedIn,
  }) => {
    const phone = await signedIn();
    const [user] = await sql`select id from users where phone = ${phone}`;
    await clock.passForSessions(String(user?.id), 3600);
    await clock.passForPhone(phone, 120);
    await page.goto('/dashboard/security');
    await page.getByRole('button', { name: 'Link Google' }).click();
    await confirmItsYou(page, client, phone);
    await atGoogle(page, stranger());
    await expect(page.getByText('Your Google account is linked.')).toBeVisible();
  });

  test('cancelling leads back to where it began', async ({ page, stranger, signedIn }) => {
    await signedIn();
    await page.goto('/dashboard/security');
    await page.getByRole('button', { name: 'Link Google' }).click();
    await atGoogle(page, stranger(), 'Cancel');
    await expect(alerts(page).filter({ hasText: 'You left Google' })).toBeVisible();
    await expect(page).toHaveURL(/\/dashboard\/security$/);
  });

  test('a Google account that opens another account stays there', async ({ page, sql, regular, signedIn }) => {
    const { subject, userId } = await regular();
    await signedIn();
    await page.goto('/dashboard/security');
    await page.getByRole('button', { name: 'Link Google' }).click();
    await atGoogle(page, subject);
    await expect(alerts(page).filter({ hasText: 'already opens another account' })).toBeVisible();
    await expect(page.getByText('Not linked')).toBeVisible();
    expect(await sql`select user_id from identities where subject = ${subject}`).toEqual([{ user_id: userId }]);
  });

  test('an account that is nothing but that Google sign-in gives way', async ({ page, sql, stranger, signedIn }) => {
    const subject = stranger();
    await signInWithGoogle(page, subject);
    await page.waitForURL(/\/auth\/add-phone$/);
    const [shell] = await sql`select user_id from identities where subject = ${subject}`;
    await page.context().clearCookies();
    const phone = await signedIn();
    await page.goto('/dashboard/security');
    await page.getByRole('button', { name: 'Link Google' }).click();
    await atGoogle(page, subject);
    await expect(page.getByText('Your Google account is linked.')).toBeVisible();
    expect(
      await sql`select u.phone from identities i join users u on u.id = i.user_id where i.subject = ${subject}`,
    ).toEqual([{ phone }]);
    expect(await sql`select id from users where id = ${shell?.user_id}`).toEqual([]);
  });
});

test.describe('without JavaScript', () => {
  test.use({ javaScriptEnabled: false });

  test('one can sign in with Google, and is told when it did not work', async ({ page, stranger, regular }) => {
    await page.goto('/auth');
    await googleButton(page).click();
    await atGoogle(page, stranger(), 'Cancel');
    await expect(page.getByText('You left Google before you were done')).toBeVisible();
    await googleButton(page).click();
    await atGoogle(page, (await regular()).subject);
    await expect(welcome(page, 'Gina')).toBeVisible();
  });
});

base('without the settings there is no button', async ({ page, signedIn }) => {
  await page.goto('/auth');
  await whenHydrated(page);
  await expect(googleButton(page)).toHaveCount(0);
  await expect(verifyButton(page)).toHaveCount(0);
  await signedIn();
  await page.goto('/dashboard/security');
  await expect(page.getByRole('heading', { name: 'Security' })).toBeVisible();
  await expect(page.getByText('Google')).toHaveCount(0);
});
