import { randomBytes } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { exportJWK, generateKeyPair } from 'jose';
import postgres from 'postgres';
import { derivedKey } from '@/lib/keys';
import { settings } from '@/lib/settings/settings';
import { accountSid, twilioError } from '@/lib/sms/vendors/testing/fake-twilio';
import { makeAdmin } from '../fixtures/admin';
import { type Canaries, clientFiles, dump, expectNone, found } from '../fixtures/canaries';
import { playmobileDoor, twilioDoor } from '../fixtures/fake-vendors';
import { comeBack, startRound } from '../fixtures/google-round';
import { type Answer, bearer, Client } from '../fixtures/http-client';
import { startSeparateApp } from '../fixtures/separate-app';
import { csrf, sessionCookieOf, type SignIn, verify, wrongCode } from '../fixtures/sign-in';
import { clockOf } from '../fixtures/time';
import { BUILD_FOLDER } from '../stack/build';
import { startGoogle } from '../stack/google';
import { expect, test } from '../fixtures/test';

// One whole life of an account, with everything going wrong on its way, on a server that says all it can say. Every secret in it
// is known here, and is then looked for wherever somebody might read.

test.setTimeout(120_000);

const word = (bytes = 24) => randomBytes(bytes).toString('hex');

test('a whole life of an account leaves no code, token, key, credential or whole number where it could be read', async ({
  newPhone,
  newAddress,
}) => {
  const twilio = await twilioDoor();
  const playmobile = await playmobileDoor();
  const google = await startGoogle();
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const signingKey = { ...(await exportJWK(privateKey)), kid: 'canary', alg: 'ES256' };
  const secret = randomBytes(33).toString('base64');
  const webhookSecret = word();
  const credentials = { twilio: word(16), playmobile: word(), google: word() };
  const app = await startSeparateApp({
    ...google.settings,
    GOOGLE_CLIENT_SECRET: google.settings.GOOGLE_CLIENT_SECRET ?? credentials.google,
    NEXTAUTH_SECRET: secret,
    JWT_PRIVATE_KEYS: JSON.stringify({ keys: [signingKey] }),
    LOG_LEVEL: 'trace',
    SMS_PROVIDER: '',
    SMS_ROUTES: 'UZ=playmobile,twilio;*=twilio',
    TWILIO_ACCOUNT_SID: accountSid,
    TWILIO_AUTH_TOKEN: credentials.twilio,
    TWILIO_PHONE_NUMBER: '+12025550100',
    TWILIO_API_BASE_URL: twilio.url,
    PLAYMOBILE_API_URL: playmobile.url,
    PLAYMOBILE_USERNAME: 'acme',
    PLAYMOBILE_PASSWORD: credentials.playmobile,
    PLAYMOBILE_ORIGINATOR: '3700',
    PLAYMOBILE_WEBHOOK_SECRET: webhookSecret,
  });
  await google.serve(app.url);
  const sql = postgres(app.databaseUrl, { max: 1, onnotice: () => undefined });
  const clock = clockOf(sql);
  const client = new Client(app.url, newAddress());
  const [phone, newNumber, adminPhone, uzbek] = [newPhone(), newPhone(), newPhone(), newPhone('UZ')];
  const codes: Canaries = {};
  const numbers: Canaries = {};
  const tokens: Canaries = {};
  const keep = (answer: Answer, name: string) => {
    const given = answer.json<{ tokens?: { access: string; refresh: string }; access?: string; refresh?: string }>();
    const pair = given.tokens ?? given;
    if (pair.access)
      Object.assign(tokens, { [`${name} access token`]: pair.access, [`${name} refresh token`]: pair.refresh });
    return answer;
  };
  const codeTo = (number: string, name: string) => {
    const code = twilio.codeTo(number) || playmobile.codeTo(number);
    expect(code, name).toMatch(/^\d{6}$/);
    codes[`code for ${name}`] = code;
    return code;
  };
  const send = (number: string, more: object = {}) => client.post('/api/auth/send-otp', { phone: number, ...more });
  for (const [name, number] of Object.entries({ phone, newNumber, adminPhone, uzbek })) {
    numbers[`number ${name}`] = number.slice(1);
    numbers[`national number ${name}`] = number.slice(3);
  }

  // A vendor that fails, one that hangs up, and one that talks nonsense; then a code, a wrong try, a malformed one, a right one.
  for (const how of [twilioError(401, 20003), twilioError(500, 20500)] as const) {
    twilio.answersAll(how);
    expect((await send(phone, { name: 'Johannes Doe' })).status).toBe(503);
  }
  twilio.answersAll((response) => void response.writeHead(200).end(`<html>${phone}`));
  await send(phone);
  twilio.answersAll((response) => void response.destroy());
  await send(phone);
  twilio.answersAll(null);
  await sql`delete from provider_breakers`;
  await clock.passForPhone(phone, 700);
  expect((await send(phone, { name: 'Johannes Doe' })).status).toBe(200);
  const code = codeTo(phone, 'sign-in');
  await verify(client, phone, wrongCode(code));
  await client.post('/api/auth/verify-otp', { phone, otp: code, surprise: true });
  await client.post('/api/auth/verify-otp', { phone, otp: `${code}x` });
  await client.call('POST', '/api/auth/verify-otp', {
    body: `{"phone":"${phone}","otp":"${code}"`,
    headers: { 'content-type': 'application/json' },
  });
  await client.get(`/api/auth/verify-otp?phone=${encodeURIComponent(phone)}&otp=${code}`);
  await client.get(`/api/${phone}/${code}`);
  const first = keep(await verify(client, phone, code), 'first');
  expect(first.status).toBe(200);
  const { tokens: pair, user } = first.json<SignIn>();

  // The token renewed, spoilt, used twice.
  const renewed = keep(await client.post('/api/auth/refresh', { refresh: pair.refresh }), 'renewed');
  const access = renewed.json<{ access: string }>().access;
  await client.get('/api/me', { headers: bearer(`${access}x`) });
  await client.get(`/api/me?access_token=${access}`, { headers: bearer(access) });
  await client.call('PATCH', '/api/me', {
    headers: bearer(access),
    json: { first_name: 'John', last_name: 'Doe', email: 'john@example.com' },
  });
  for (const read of ['/api/me', '/api/me/sessions', '/api/me/activity', '/api/me/export', '/api/me/identities']) {
    await client.get(read, { headers: bearer(access) });
  }

  // The number changed: the new one is proved.
  expect((await client.post('/api/me/phone', { phone: newNumber }, bearer(access))).status).toBe(200);
  const changeCode = codeTo(newNumber, 'change of number');
  await client.post('/api/me/phone/verify', { phone: newNumber, otp: wrongCode(changeCode) }, bearer(access));
  expect(
    (await client.post('/api/me/phone/verify', { phone: newNumber, otp: changeCode }, bearer(access))).status,
  ).toBe(200);

  // Another vendor, and its report.
  const other = new Client(app.url, newAddress());
  expect((await other.post('/api/auth/send-otp', { phone: uzbek })).status).toBe(200);
  codeTo(uzbek, 'the other vendor');
  const report = [{ 'message-id': playmobile.idTo(uzbek), status: 'NotDelivered', recipient: uzbek.slice(1) }];
  await other.post(`/api/webhooks/playmobile/status/${webhookSecret}`, report);
  await other.post(`/api/webhooks/playmobile/status/${webhookSecret}x`, report);
  await other.call('POST', '/api/webhooks/twilio/status', {
    body: `MessageSid=${twilio.sidTo(newNumber)}&To=${newNumber}`,
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-twilio-signature': 'x' },
  });

  // A browser: by NextAuth, on every page.
  const browser = new Client(app.url, newAddress());
  await clock.passForPhone(newNumber, 61);
  await browser.post('/api/auth/send-otp', { phone: newNumber });
  const { csrfToken, cookie: csrfCookie } = await csrf(browser);
  const form = { 'content-type': 'application/x-www-form-urlencoded', origin: app.url, cookie: csrfCookie };
  const bodyOf = (otp: string) => new URLSearchParams({ csrfToken, phone: newNumber, otp, json: 'true' }).toString();
  const webCode = codeTo(newNumber, 'the browser');
  await browser.call('POST', '/api/auth/callback/otp', { headers: form, body: bodyOf(wrongCode(webCode)) });
  const web = await browser.call('POST', '/api/auth/callback/otp', { headers: form, body: bodyOf(webCode) });
  const cookie = sessionCookieOf(web) ?? '';
  tokens['session cookie'] = cookie.split('=')[1] ?? '';
  expect(tokens['session cookie'].length).toBeGreaterThan(100);
  const pages = [
    '/',
    '/auth',
    '/dashboard',
    '/dashboard/profile',
    '/dashboard/security',
    '/no-such-page',
    '/admin/deliveries',
  ];
  for (const page of pages) await browser.get(page, { headers: { cookie } });
  for (const page of pages) await browser.get(page);

  // Google, from the button to a lie on the way back.
  const visitor = new Client(app.url, newAddress());
  const round = await startRound(visitor);
  Object.assign(
    tokens,
    Object.fromEntries(
      Object.entries(round.cookies)
        .filter(([name]) => /state|nonce|pkce/.test(name))
        .map(([name, value]) => [`cookie ${name}`, value]),
    ),
  );
  await comeBack(visitor, { state: round.state, code: 'canary-code-of-google' }, round.cookies);
  tokens['code of Google'] = 'canary-code-of-google';

  // Support looks a number up.
  const support = new Client(app.url, newAddress());
  await support.post('/api/auth/send-otp', { phone: adminPhone });
  const admin = keep(await verify(support, adminPhone, codeTo(adminPhone, 'support')), 'support');
  await makeAdmin(sql, adminPhone);
  const adminHeaders = bearer(admin.json<SignIn>().tokens.access);
  const looked = await support.post('/api/admin/deliveries', { phone: newNumber }, adminHeaders);
  expect(looked.status).toBe(200);

  // What is there so far; the rest ends sessions and rows.
  const secrets: Canaries = {
    'the one secret': secret,
    'the signing key': String(signingKey.d),
    'the token of Twilio': credentials.twilio,
    'the password of PlayMobile': credentials.playmobile,
    'the secret path of PlayMobile': webhookSecret,
    'the client secret of Google': google.settings.GOOGLE_CLIENT_SECRET ?? credentials.google,
    'the password of the database': new URL(app.databaseUrl).password,
    ...Object.fromEntries(
      (['code-pepper', 'session-cookie', 'refresh-successor'] as const).flatMap((purpose) => {
        const key = derivedKey(secret, purpose);
        return [
          [`${purpose} in base64`, key.toString('base64url').slice(0, 40)],
          [`${purpose} in hexadecimals`, key.toString('hex')],
        ];
      }),
    ),
  };
  for (const [table, rows] of Object.entries(await dump(sql)))
    expectNone({ ...codes, ...tokens, ...secrets }, rows, `table ${table}`);

  // The database goes away in the middle of everything, a spent token comes back, and the account is deleted.
  const cut = sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  await Promise.all([
    ...Array.from({ length: 6 }, () =>
      new Client(app.url, newAddress()).post('/api/auth/send-otp', { phone: newPhone() }),
    ),
    ...pages.map((page) => browser.get(page, { headers: { cookie } })),
    cut,
  ]);
  await sql`alter table otp_challenges rename to hidden`;
  const late = newPhone();
  numbers['number of a failure'] = late.slice(1);
  const broken = await other.post('/api/auth/send-otp', { phone: late });
  expect(broken.status).toBe(503);
  await browser.get('/auth/code', { headers: { cookie: 'latchkey.flow=canary-flow-token' } });
  await sql`alter table hidden rename to otp_challenges`;
  tokens['flow token'] = 'canary-flow-token';
  await client.post('/api/auth/refresh', { refresh: pair.refresh });
  await sql`update sessions set proved_at = now(), revoked_at = null, revoked_reason = null where user_id = ${user.id}`;
  const gone = await client.call('DELETE', '/api/me', { headers: bearer(access) });
  expect(gone.status, gone.text).toBe(200);
  await browser.call('POST', '/api/auth/logout', { headers: { cookie, origin: app.url }, json: {} });

  const everybody = [client, other, browser, visitor, support];
  for (const each of everybody) each.close();
  await sql.end();
  await app.stop();
  await Promise.all([twilio.close(), playmobile.close(), google.stop()]);

  // The log: nothing at all, and yet a line with its id for every answer that was an error of ours.
  const log = app.log();
  expectNone(
    { ...codes, ...tokens, ...secrets, ...numbers, name: 'Johannes', email: 'john@example.com' },
    log,
    'the log',
  );
  const lines = log
    .split('\n')
    .flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as { requestId?: string; level: number }] : []));
  const noted = new Set(lines.map(({ requestId }) => requestId));
  const failures = everybody
    .flatMap(({ answers }) => answers)
    .filter(({ headers }) => headers['content-type'] === 'application/problem+json');
  expect(failures.length).toBeGreaterThan(10);
  for (const failure of failures) {
    const { request_id: id, code: reason } = failure.json<{ request_id: string; code: string }>();
    expect([reason, noted.has(id)]).toEqual([reason, true]);
  }

  // Answers: a token goes once to whom it was made for, and to nobody else; nothing else goes at all.
  for (const { text, headers } of everybody.flatMap(({ answers }) => answers)) {
    const line = `${text}\n${JSON.stringify(headers)}`;
    expectNone({ ...codes, ...secrets }, line, 'an answer');
    if (!/"refresh"|"access"/.test(text) && !headers['set-cookie']) expectNone(tokens, line, 'an answer');
    expectNone({ ...codes, ...tokens, ...numbers }, String(headers.location ?? ''), 'a redirect');
    if (String(headers['content-type']).includes('html') && !text.includes('Security'))
      expectNone(tokens, text, 'a page');
  }
  for (const { text } of browser.answers.filter(({ headers }) => String(headers['content-type']).includes('html'))) {
    expectNone({ ...codes, ...tokens, ...secrets }, text, 'a page');
  }
  // And the net has no hole: what is there is found.
  expect(found(tokens, first.text).length).toBeGreaterThan(0);
  expect(found(codes, `your code is ${code}.`)).toEqual(['code for sign-in']);
});

test('what browsers load holds no setting but public ones, and no source of the server', () => {
  const files = clientFiles(BUILD_FOLDER);
  expect(Object.keys(files).length).toBeGreaterThan(10);
  expect(Object.keys(files).filter((file) => file.endsWith('.map'))).toEqual([]);
  const names = Object.keys(settings).filter((name) => /SECRET|PASSWORD|TOKEN|KEY|DATABASE|WEBHOOK|SID/.test(name));
  expect(names.length).toBeGreaterThan(8);
  for (const [file, text] of Object.entries(files)) {
    for (const name of [...names, 'code-pepper', 'refresh-successor', 'argon2id', 'pg_advisory', 'postgres://']) {
      expect([file, name, text.includes(name)]).toEqual([file, name, false]);
    }
  }
  expect(fs.existsSync(path.join(BUILD_FOLDER, 'static'))).toBe(true);
});
