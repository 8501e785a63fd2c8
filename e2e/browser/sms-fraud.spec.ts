import http from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import AxeBuilder from '@axe-core/playwright';
import postgres from 'postgres';
import { makeAdmin } from '../fixtures/admin';
import {
  alerts,
  codeField,
  COMPLETE,
  expect,
  phoneField,
  sendButton,
  test,
  verifyButton,
} from '../fixtures/browser-test';
import { captchaDoor } from '../fixtures/captcha';
import { Client } from '../fixtures/http-client';
import { startSeparateApp } from '../fixtures/separate-app';
import { hiddenFields, newestCode, webSession, wizardStep } from '../fixtures/sign-in';

/** A site of somebody else's: another registrable name as far as browsers care (127.0.0.1 beside localhost). */
async function foreignSite(html: string) {
  const server = http.createServer((_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end(html));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

test.describe('a foreign page', () => {
  test('can’t make a visitor’s browser have a code sent: by form, fetch, beacon, frame, image or server action', async ({
    page,
    context,
    complaints,
    run,
    newPhone,
    sql,
  }) => {
    const api = `${run.appUrl}/api/auth/send-otp`;
    const site = await foreignSite('<!doctype html><title>Win a prize</title><body></body>');
    const phones: string[] = [];
    const victim = () => {
      const phone = newPhone();
      phones.push(phone);
      return phone;
    };
    // Whoever visits may well know our pages, cookies and all.
    await page.goto(`${run.appUrl}/auth`);
    await page.goto(site.url);
    const reached: string[] = [];
    context.on('request', (request) => {
      if (request.url().startsWith(run.appUrl)) reached.push(`${request.method()} ${new URL(request.url()).pathname}`);
    });

    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json']) {
      for (const mode of ['no-cors', 'cors'] as const) {
        await page.evaluate(
          ([url, phone, contentType, how]) =>
            fetch(url!, {
              method: 'POST',
              mode: how as RequestMode,
              credentials: 'include',
              headers: { 'content-type': contentType! },
              body: JSON.stringify({ phone }),
            }).then(
              () => undefined,
              () => undefined,
            ),
          [api, victim(), type, mode],
        );
      }
    }
    await page.evaluate(
      ([url, phone]) => navigator.sendBeacon(url!, new Blob([JSON.stringify({ phone })], { type: 'text/plain' })),
      [api, victim()],
    );
    await page.evaluate(
      ([url, phone]) =>
        new Promise((resolve) => {
          const image = new Image();
          image.onload = image.onerror = resolve;
          image.src = `${url}?phone=${encodeURIComponent(phone!)}`;
        }),
      [api, victim()],
    );
    // The forms of step one, as a page of theirs would fill them in and send them by itself.
    for (const [path, enctype] of [
      ['/api/auth/send-otp', 'text/plain'],
      ['/api/auth/send-otp', 'application/x-www-form-urlencoded'],
      ['/auth', 'multipart/form-data'],
    ] as const) {
      for (const target of ['_self', 'frame']) {
        const tab = await context.newPage();
        await tab.goto(site.url);
        const answered = tab.waitForResponse((response) => response.url() === `${run.appUrl}${path}`);
        await tab.evaluate(
          ([action, phone, encoding, into]) => {
            const frame = document.createElement('iframe');
            frame.name = 'frame';
            document.body.append(frame);
            const form = Object.assign(document.createElement('form'), {
              method: 'post',
              action,
              enctype: encoding,
              target: into,
            });
            const fields =
              encoding === 'text/plain' ? { [`{"phone":"${phone}","x":"`]: '"}' } : { country: 'IN', phone };
            for (const [name, value] of Object.entries(fields)) {
              form.append(Object.assign(document.createElement('input'), { name, value }));
            }
            document.body.append(form);
            form.submit();
          },
          [`${run.appUrl}${path}`, victim(), enctype, target],
        );
        expect((await answered).status()).toBeLessThan(500);
        await tab.close();
      }
    }
    expect(new Set(reached)).toContain('POST /api/auth/send-otp');
    expect(new Set(reached)).toContain('POST /auth');
    const sent = await sql`select phone from otp_challenges where phone in ${sql(phones)}`;
    expect([...sent]).toEqual([]);
    expect(await sql`select 1 from inbox_messages where phone in ${sql(phones)}`).toHaveLength(0);
    // What such a page is refused is what its own console complains about.
    complaints.length = 0;
    await site.close();
  });

  test('can’t use the very form of our page either: its hidden fields are worth nothing elsewhere', async ({
    page,
    client,
    complaints,
    run,
    newPhone,
    sql,
  }) => {
    const ours = hiddenFields((await client.get('/auth')).text);
    expect(ours.map(([name]) => name).join()).toContain('$ACTION');
    const site = await foreignSite('<!doctype html><title>Win a prize</title><body></body>');
    const phone = newPhone();
    await page.goto(`${run.appUrl}/auth`);
    await page.goto(site.url);
    const answered = page.waitForResponse((response) => response.url() === `${run.appUrl}/auth`);
    await page.evaluate(
      ([action, fields]) => {
        const form = Object.assign(document.createElement('form'), {
          method: 'post',
          action,
          enctype: 'multipart/form-data',
        });
        for (const [name, value] of fields) {
          form.append(Object.assign(document.createElement('input'), { name, value }));
        }
        document.body.append(form);
        form.submit();
      },
      [`${run.appUrl}/auth`, [...ours, ['country', 'IN'], ['phone', phone]] as [string, string][]] as const,
    );
    expect((await answered).status()).toBe(403);
    expect(await sql`select 1 from otp_challenges where phone = ${phone}`).toHaveLength(0);
    // The same fields from our own page do send one: it was not the form that was wrong.
    const sent = await wizardStep(client, '/auth', '', { country: 'IN', phone });
    expect(sent.headers.location).toBe('/auth/code');
    complaints.length = 0;
    await site.close();
  });
});

test('where a CAPTCHA is asked for, its widget appears then, and passing it sends the code', async ({
  page,
  complaints,
  newPhone,
  newAddress,
}) => {
  const door = await captchaDoor();
  const app = await startSeparateApp({ ...door.settings, SMS_BUDGET_PER_HOUR: '2' });
  await page.setExtraHTTPHeaders({ 'x-forwarded-for': newAddress() });
  await fetch(`${app.url}/api/auth/send-otp`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'x-forwarded-for': newAddress() },
    body: JSON.stringify({ phone: newPhone() }),
  });
  await page.goto(`${app.url}/auth`);
  expect(door.scripts).toEqual([]);
  const phone = newPhone();
  await phoneField(page).fill(phone);
  await page.route('**/_next/static/**', (route) => route.abort());
  await sendButton(page).click();
  await expect(alerts(page).filter({ hasText: 'The check didn’t load.' })).toBeVisible();
  await page.unroute('**/_next/static/**');
  await sendButton(page).click();
  await expect(alerts(page).filter({ hasText: 'Confirm that you’re a person' })).toBeVisible();
  const box = page.getByRole('group', { name: 'Confirm that you’re a person' });
  const proof = box.getByRole('button', { name: 'I am a person' });
  await expect(proof).toBeVisible();
  await expect(proof).toHaveAttribute('data-sitekey', 'the-site-key');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  await proof.click();
  await expect(page).toHaveURL(/\/auth\/code$/);
  expect(door.asked).toHaveLength(1);
  expect(door.scripts).toEqual(['/api.js?render=explicit&onload=onCaptchaLoad']);
  // One for each file that was held back.
  expect(complaints.splice(0).filter((line) => !line.includes('ERR_FAILED'))).toEqual([]);
  await app.stop();
  await door.close();
});

test('whose number is stopped by wrong codes reads where the code is typed how long, and what else opens the account', async ({
  page,
  client,
  askedForCode,
  sql,
}) => {
  const phone = await askedForCode();
  const code = await newestCode(client, phone);
  for (const [wrong, told] of [
    [11, /^Too many wrong codes for this number\. Try again in (5\d|60) seconds\.$/],
    [100, /Sign in with a passkey or a recovery code.*, or contact support.*one more code is checked in 30 days\.$/],
  ] as const) {
    await sql`
      insert into phone_throttles values (${phone}, ${wrong}, now())
      on conflict (phone) do update set consecutive_failures = ${wrong}, last_failed_at = now()`;
    await codeField(page).fill(code);
    // The same digits go again only by the button.
    if (wrong === 100) await verifyButton(page).click();
    await expect(alerts(page).filter({ hasText: told })).toBeVisible();
    await expect(codeField(page)).toBeEditable();
  }
  await sql`delete from phone_throttles where phone = ${phone}`;
  await codeField(page).fill(code);
  await verifyButton(page).click();
  await expect(page).toHaveURL(/\/auth\/about-you$/);
});

test('an administrator clears the wrong codes of a number that is stopped', async ({
  page,
  signedIn,
  newPhone,
  sql,
}) => {
  await makeAdmin(sql, await signedIn());
  const phone = newPhone();
  await sql`insert into phone_throttles values (${phone}, 100, now())`;
  await page.goto('/admin/deliveries');
  await phoneField(page).fill(phone);
  await page.getByRole('button', { name: 'Look up' }).click();
  await expect(page.getByText('There were 100 wrong codes in a row')).toBeVisible();
  await page.getByRole('button', { name: 'Clear the wrong codes' }).click();
  await expect(page.getByRole('status')).toContainText('The wrong codes are cleared.');
  await expect(page.getByRole('button', { name: 'Clear the wrong codes' })).toBeHidden();
  await expect(page.getByText('Wrong codes cleared', { exact: true })).toBeVisible();
  await expect(page).not.toHaveURL(/cleared/);
  expect(await sql`select 1 from phone_throttles where phone = ${phone}`).toHaveLength(0);
  expect(page.url()).not.toContain(phone.slice(-6));
});

test('an administrator switches sending off with a reason, sees it first thing, and switches it on again', async ({
  browser,
  newAddress,
  newPhone,
}) => {
  // A server of its own: the others of this run must go on sending.
  const app = await startSeparateApp({});
  const client = new Client(app.url, newAddress());
  const admin = newPhone();
  const cookie = await webSession(client, admin);
  await client.call('PATCH', '/api/me', { headers: { cookie, origin: client.url }, json: COMPLETE });
  const sql = postgres(app.databaseUrl, { max: 1 });
  await makeAdmin(sql, admin);
  const context = await browser.newContext({ baseURL: app.url });
  const [name = '', value = ''] = cookie.split('=');
  await context.addCookies([{ name, value, url: app.url, httpOnly: true, sameSite: 'Lax' }]);
  const page = await context.newPage();
  await page.goto('/admin/status');
  await expect(page.getByText('Messages go everywhere, and their codes are used.')).toBeVisible();
  await page.getByRole('textbox', { name: 'Reason' }).fill('Somebody pumps');
  await page.getByRole('button', { name: 'Switch off' }).click();
  await expect(page.getByText(/^Sending is switched off until it is switched on again: Somebody pumps/)).toBeVisible();
  expect((await client.post('/api/auth/send-otp', { phone: newPhone() })).json().code).toBe('sms_paused');
  const { violations } = await new AxeBuilder({ page }).analyze();
  expect(violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')).toEqual([]);
  await page.getByRole('button', { name: 'Switch on again' }).click();
  await expect(page.getByRole('button', { name: 'Switch off' })).toBeVisible();
  expect((await client.post('/api/auth/send-otp', { phone: newPhone() })).status).toBe(200);
  await sql`alter table sms_pauses rename to not_there`;
  await page.reload();
  await expect(
    page.getByText('Whether sending is switched off can’t be read just now. Load the page again.'),
  ).toBeVisible();
  await sql`alter table not_there rename to sms_pauses`;
  const trail =
    await sql`select event, detail ->> 'by' as by from audit_events where event like 'sms.%' order by created_at`;
  const [user] = await sql`select id from users where phone = ${admin}`;
  expect([...trail]).toEqual([
    { event: 'sms.paused', by: user?.id as string },
    { event: 'sms.resumed', by: user?.id as string },
  ]);
  await sql.end();
  await context.close();
  client.close();
  await app.stop();
});
