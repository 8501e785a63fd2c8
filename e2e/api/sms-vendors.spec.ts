import postgres from 'postgres';
import twilio from 'twilio';
import type { ErrorCode } from '@/lib/errors';
import { accountSid, authToken, json, twilioError, verifySid } from '@/lib/sms/vendors/testing/fake-twilio';
import { requestProblems } from '@/lib/sms/vendors/testing/twilio-description';
import { command } from '../fixtures/command';
import { playmobileDoor, twilioDoor, verifyDoor } from '../fixtures/fake-vendors';
import { type Answer, bearer, Client } from '../fixtures/http-client';
import { startedOnce } from '../fixtures/own-app';
import { type SeparateApp, startSeparateApp } from '../fixtures/separate-app';
import { expectProblem, seconds } from '../fixtures/shapes';
import { type SignIn, verify, wrongCode } from '../fixtures/sign-in';
import { expect, test as base } from '../fixtures/test';
import { clockOf } from '../fixtures/time';
import { currentRun } from '../stack/run';

// The real adapters against vendors that stand at their own HTTP doors.

const password = 'p@ss-for-the-broker';
const webhookSecret = '3f9a1c77be20d4e85b16aa0932cf7d41';
const brokerAddress = '2001:db8::44';
const account = { TWILIO_ACCOUNT_SID: accountSid, TWILIO_AUTH_TOKEN: authToken, TWILIO_PHONE_NUMBER: '+12025550100' };

/** Two instances on one database: Uzbekistan by PlayMobile first, everything else by Twilio. */
async function startMessaging() {
  const [twilioAt, playmobileAt] = [await twilioDoor(), await playmobileDoor()];
  const settings = {
    ...account,
    SMS_PROVIDER: '',
    SMS_ROUTES: 'UZ=playmobile,twilio;*=twilio',
    TWILIO_API_BASE_URL: twilioAt.url,
    PLAYMOBILE_API_URL: playmobileAt.url,
    PLAYMOBILE_USERNAME: 'acme',
    PLAYMOBILE_PASSWORD: password,
    PLAYMOBILE_ORIGINATOR: '3700',
    PLAYMOBILE_WEBHOOK_SECRET: webhookSecret,
    LOG_LEVEL: 'debug',
  } as const;
  const first = await startSeparateApp(settings);
  const second = await startSeparateApp({
    ...settings,
    DATABASE_URL: first.databaseUrl,
    PLAYMOBILE_WEBHOOK_ADDRESSES: brokerAddress,
  });
  const sql = postgres(first.databaseUrl, { max: 1, onnotice: () => undefined });
  return {
    apps: [first, second] as const,
    sql,
    twilio: twilioAt,
    playmobile: playmobileAt,
    /** Everything that was answered to anybody. */
    answers: [] as Answer[],
    async stop() {
      await sql.end();
      await Promise.all([first.stop(), second.stop()]);
      await Promise.all([twilioAt.close(), playmobileAt.close()]);
    },
  };
}

async function startVerifying() {
  const verifyAt = await verifyDoor();
  const { TWILIO_PHONE_NUMBER: _, ...credentials } = account;
  const app = await startSeparateApp({
    ...credentials,
    SMS_PROVIDER: 'twilio-verify',
    TWILIO_VERIFY_SID: verifySid,
    TWILIO_VERIFY_BASE_URL: verifyAt.url,
  });
  const sql = postgres(app.databaseUrl, { max: 1, onnotice: () => undefined });
  return {
    app,
    clock: clockOf(sql),
    sql,
    verify: verifyAt,
    async stop() {
      await sql.end();
      await app.stop();
      await verifyAt.close();
    },
  };
}

type Fixtures = {
  messaging: Awaited<ReturnType<typeof startMessaging>>;
  instance: (which?: 0 | 1) => Client;
  verifying: Awaited<ReturnType<typeof startVerifying>>;
  verifier: () => Client;
};

const test = base.extend<Fixtures>({
  messaging: startedOnce(startMessaging),
  verifying: startedOnce(startVerifying),
  instance: async ({ messaging, newAddress }, provide) => {
    const clients: Client[] = [];
    await provide((which = 0) => {
      const client = new Client(messaging.apps[which].url, newAddress());
      clients.push(client);
      return client;
    });
    for (const client of clients) {
      messaging.answers.push(...client.answers);
      client.close();
    }
    await messaging.sql`delete from provider_breakers`;
    messaging.twilio.answersAll(null);
    messaging.playmobile.answersAll(null);
  },
  verifier: async ({ verifying, newAddress }, provide) => {
    const clients: Client[] = [];
    await provide(() => {
      const client = new Client(verifying.app.url, newAddress());
      clients.push(client);
      return client;
    });
    for (const client of clients) client.close();
  },
});
// In order and in one process, on the same servers: the last test looks at all that was said.
test.describe.configure({ mode: 'default' });

const send = (client: Client, phone: string, more: object = {}) =>
  client.post('/api/auth/send-otp', { phone, ...more });
const hangs = () => undefined;

test('a code goes to Twilio as it should, and signs in', async ({ instance, newPhone, messaging: { twilio: at } }) => {
  const [client, phone] = [instance(), newPhone()];
  const sent = await send(client, phone);
  expect(sent.json()).toMatchObject({ success: true, phone, channel: 'sms', code_length: 6 });
  expect(at.requestsTo(phone).map(({ form }) => form)).toEqual([
    {
      To: phone,
      From: '+12025550100',
      Body: expect.stringMatching(/^Your Latchkey verification code is: \d{6}\n[^]*\n@localhost #\d{6}$/),
      ValidityPeriod: '300',
      RiskCheck: 'enable',
      SmartEncoded: 'false',
    },
  ]);
  expect((await verify(client, phone, at.codeTo(phone))).json()).toMatchObject({ success: true, created: true });
  expect((await client.get('/api/auth/health')).json()).toMatchObject({
    status: 'ok',
    sms: { provider: 'playmobile, twilio', ready: true },
  });
  expect((await client.get('/api/dev/inbox')).status).toBe(404);
});

for (const [what, answer, code] of [
  ['an unknown number', twilioError(400, 21211), 'undeliverable_phone'],
  ['a landline', twilioError(400, 21614), 'undeliverable_phone'],
  ['a number that replied STOP', twilioError(400, 21610), 'recipient_opted_out'],
  ['a number that fraud protection holds', twilioError(403, 60410), 'recipient_opted_out'],
  ['a country that is not enabled', twilioError(400, 21408), 'unsupported_country'],
  ['credentials it does not know', twilioError(401, 20003), 'sms_unavailable'],
  ['a trial account', twilioError(400, 21608), 'sms_unavailable'],
  ['too many requests', twilioError(429, 20429), 'sms_unavailable'],
  ['a fault of its own', json(500, {}), 'sms_unavailable'],
  ['a page of HTML', (response) => void response.writeHead(200).end('<html>'), 'sms_unavailable'],
  ['a redirect', (response) => void response.writeHead(302, { location: '/' }).end(), 'sms_unavailable'],
] as [string, ReturnType<typeof json>, ErrorCode][]) {
  test(`${what} at Twilio is told as ${code}, and costs no waiting`, async ({ instance, newPhone, messaging }) => {
    const [client, phone] = [instance(), newPhone()];
    messaging.twilio.answersTo(phone, answer);
    expectProblem(await send(client, phone), code);
    expect(messaging.twilio.requestsTo(phone)).toHaveLength(1);
    messaging.twilio.answersTo(phone, null);
    expect((await send(client, phone)).status).toBe(200);
    expect((await verify(client, phone, messaging.twilio.codeTo(phone))).status).toBe(200);
  });
}

test('a vendor that says nothing for five seconds is given up, and the next one sends the same code', async ({
  instance,
  newPhone,
  messaging: { twilio: at, playmobile },
}) => {
  const [lonely, routed] = [newPhone(), newPhone('UZ')];
  at.answersTo(lonely, hangs);
  playmobile.answersTo(routed, hangs);
  const began = performance.now();
  const client = instance();
  const waiting = Promise.all([send(instance(), lonely), send(client, routed)]);
  // Meanwhile nobody else waits.
  const other = newPhone();
  expect((await send(client, other)).status).toBe(200);
  expect((await verify(client, other, at.codeTo(other))).status).toBe(200);
  expect(performance.now() - began).toBeLessThan(3_000);
  const [unavailable, sent] = await waiting;
  expect(performance.now() - began).toBeGreaterThan(4_900);
  expect(performance.now() - began).toBeLessThan(7_000);
  expectProblem(unavailable, 'sms_unavailable');
  expect(sent.status).toBe(200);
  // It may still arrive: whichever message comes holds the right code.
  expect(playmobile.codeTo(routed)).toMatch(/^\d{6}$/);
  expect(at.codeTo(routed)).toBe(playmobile.codeTo(routed));
  expect((await verify(client, routed, at.codeTo(routed))).status).toBe(200);
  at.answersTo(lonely, null);
  expect((await send(instance(), lonely)).status).toBe(200);
});

test('a vendor that keeps failing is skipped by every instance, and asked first again when it works', async ({
  instance,
  newPhone,
  messaging: { sql, twilio: at, playmobile },
}) => {
  playmobile.answersAll((response) => void response.writeHead(401).end());
  const phones = Array.from({ length: 7 }, () => newPhone('UZ'));
  for (const phone of phones.slice(0, 5)) expect((await send(instance(0), phone)).status).toBe(200);
  for (const phone of phones.slice(0, 5)) {
    expect(playmobile.requestsTo(phone)).toHaveLength(1);
    expect(at.codeTo(phone)).toBe(playmobile.codeTo(phone));
  }
  expect((await send(instance(1), phones[5]!)).status).toBe(200);
  expect([playmobile.requestsTo(phones[5]!).length, at.requestsTo(phones[5]!).length]).toEqual([0, 1]);
  playmobile.answersAll(null);
  await sql`update provider_breakers set open_until = now()`;
  expect((await send(instance(1), phones[6]!)).status).toBe(200);
  expect([playmobile.requestsTo(phones[6]!).length, at.requestsTo(phones[6]!).length]).toEqual([1, 0]);
});

test.describe('receipts', () => {
  /** Posts as Twilio does, signed with its token. */
  const twilioPosts = (client: Client, fields: Record<string, string>, headers: Record<string, string> = {}) =>
    client.call('POST', '/api/webhooks/twilio/status?from=twilio', {
      headers: {
        'content-type': 'application/x-www-form-urlencoded; charset=UTF-8',
        'x-twilio-signature': twilio.getExpectedTwilioSignature(
          authToken,
          `${client.url}/api/webhooks/twilio/status?from=twilio`,
          fields,
        ),
        ...headers,
      },
      body: new URLSearchParams(fields).toString(),
    });
  const stateOf = async (sql: postgres.Sql, phone: string) => {
    const [row] = await sql`
      select delivered_at is not null as delivered, failed_at is not null as failed, error_class, error_code
      from sms_deliveries where phone = ${phone} order by created_at desc limit 1`;
    return row;
  };
  const open = { delivered: false, failed: false, error_class: null, error_code: null };
  const delivered = { ...open, delivered: true };

  test('of Twilio change a message once, in whatever order and however often they come', async ({
    instance,
    newPhone,
    messaging: { sql, twilio: at },
  }) => {
    const [client, phone, lost] = [instance(), newPhone(), newPhone()];
    await Promise.all([send(client, phone), send(instance(), lost)]);
    const report = (to: string, MessageStatus: string, more: Record<string, string> = {}) =>
      twilioPosts(client, { AccountSid: accountSid, MessageSid: at.sidTo(to), MessageStatus, To: to, ...more });
    const steps = ['sent', 'a_status_of_next_year', 'delivered', 'delivered', 'sent', 'failed'];
    for (const [step, status] of steps.entries()) {
      const answer = await report(phone, status);
      expect([answer.status, answer.json()]).toEqual([200, { success: true }]);
      expect(await stateOf(sql, phone), status).toEqual(step < 2 ? open : delivered);
    }
    await report(lost, 'undelivered', { ErrorCode: '30003' });
    const failed = { delivered: false, failed: true, error_class: 'recipient', error_code: '30003' };
    expect(await stateOf(sql, lost)).toEqual(failed);
    await report(lost, 'delivered');
    expect(await stateOf(sql, lost)).toEqual(failed);
    // It did not arrive, so there is nothing to wait for.
    expect((await send(instance(), lost)).status).toBe(200);
    const unknown = await twilioPosts(client, { MessageSid: `SM${'9'.repeat(32)}`, MessageStatus: 'delivered' });
    expect(unknown.status).toBe(200);
  });

  test('that Twilio did not sign change nothing', async ({ instance, newPhone, messaging: { sql, twilio: at } }) => {
    const [client, phone] = [instance(), newPhone()];
    await send(client, phone);
    const fields = { MessageSid: at.sidTo(phone), MessageStatus: 'failed', ErrorCode: '30003' };
    const body = new URLSearchParams(fields).toString();
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const unsigned = await client.call('POST', '/api/webhooks/twilio/status', { headers: form, body });
    expectProblem(unsigned, 'forbidden');
    expectProblem(await twilioPosts(client, fields, { 'x-twilio-signature': 'c2lnbmF0dXJl' }), 'forbidden');
    const elsewhere = twilio.getExpectedTwilioSignature(
      authToken,
      'https://evil.example/api/webhooks/twilio/status',
      fields,
    );
    expectProblem(await twilioPosts(client, fields, { 'x-twilio-signature': elsewhere }), 'forbidden');
    const large = await client.call('POST', '/api/webhooks/twilio/status', { headers: form, body: 'a'.repeat(70_000) });
    expectProblem(large, 'payload_too_large');
    expectProblem(await client.get('/api/webhooks/twilio/status'), 'method_not_allowed');
    expect(await stateOf(sql, phone)).toEqual(open);
  });

  test('come from no browser, so no rule of origins stands in their way', async ({ instance }) => {
    const headers = { origin: 'https://timberwolf.twilio.com', 'sec-fetch-site': 'cross-site' };
    expect((await twilioPosts(instance(), { MessageStatus: 'sent' }, headers)).status).toBe(200);
  });

  test('of PlayMobile are believed at the secret path, from the listed address', async ({
    instance,
    newPhone,
    messaging: { sql, playmobile, apps },
  }) => {
    const [client, phone] = [instance(), newPhone('UZ')];
    await send(client, phone);
    const report = { 'message-id': playmobile.idTo(phone), status: 'Delivered' };
    const post = (to: Client, secret: string) => to.post(`/api/webhooks/playmobile/status/${secret}`, report);
    expectProblem(await post(client, webhookSecret.replace('3', '4')), 'forbidden');
    expectProblem(await post(client, 'x'), 'forbidden');
    expectProblem(await post(instance(1), webhookSecret), 'forbidden');
    const neighbour = new Client(apps[1].url, '2001:db8::45');
    expectProblem(await post(neighbour, webhookSecret), 'forbidden');
    expect(await stateOf(sql, phone)).toEqual(open);
    const broker = new Client(apps[1].url, '2001:0DB8:0:0::44');
    expect((await post(broker, webhookSecret)).status).toBe(200);
    expect(await stateOf(sql, phone)).toEqual(delivered);
    const late = { ...report, status: 'NotDelivered' };
    expect((await client.post(`/api/webhooks/playmobile/status/${webhookSecret}`, [late, late])).status).toBe(200);
    expect(await stateOf(sql, phone)).toEqual(delivered);
    for (const each of [neighbour, broker]) each.close();
  });

  test('of PlayMobile are tried by npm run doctor, which tells a server that refuses them from one that takes them', async ({
    messaging: { apps },
  }) => {
    const door = await playmobileDoor();
    const [anybodys, guarded] = apps;
    const told = async (app: SeparateApp, more: Record<string, string> = {}) => {
      const { output } = await command('doctor', ['--json'], {
        NODE_ENV: 'production',
        DATABASE_URL: app.databaseUrl,
        APP_URL: app.url,
        PORT: new URL(app.url).port,
        NEXTAUTH_SECRET: currentRun().secret,
        SMS_PROVIDER: 'playmobile',
        PLAYMOBILE_API_URL: door.url,
        PLAYMOBILE_USERNAME: 'acme',
        PLAYMOBILE_PASSWORD: password,
        PLAYMOBILE_ORIGINATOR: '3700',
        PLAYMOBILE_WEBHOOK_SECRET: webhookSecret,
        ...more,
      });
      expect(output).not.toContain(webhookSecret);
      const lines = JSON.parse(output) as { level: string; text: string }[];
      return lines.filter(({ text }) => /PlayMobile get|webhooks\/playmobile/.test(text));
    };
    const line = (level: string, text: string) => [
      expect.objectContaining({ level, text: expect.stringContaining(text) }),
    ];
    const another = { PLAYMOBILE_WEBHOOK_SECRET: webhookSecret.replace('3', '4') };
    const listed = { PLAYMOBILE_WEBHOOK_ADDRESSES: brokerAddress };
    expect(await told(anybodys)).toEqual(line('ok', 'by the path with the secret, and by no other'));
    expect(await told(anybodys, another)).toEqual(line('failed', 'does not know the secret'));
    expect(await told(guarded, listed)).toEqual(line('warning', 'refuses a receipt from here'));
    await door.close();
  });

  test('of a vendor that is not set up have no address here', async ({ client }) => {
    const posted = await client.call('POST', '/api/webhooks/twilio/status', { body: 'MessageStatus=sent' });
    expectProblem(posted, 'forbidden');
    expectProblem(await client.post(`/api/webhooks/playmobile/status/${webhookSecret}`, {}), 'forbidden');
  });
});

test('no code, no whole number and no secret of a vendor is in the logs or in any answer', async ({ messaging }) => {
  const { apps, twilio: at, playmobile, answers } = messaging;
  const log = apps.map((app) => app.log()).join('\n');
  const said = answers.map(({ text, headers }) => text + JSON.stringify(headers)).join('\n');
  const requests = [...at.requests, ...playmobile.requests];
  expect(requests.length).toBeGreaterThan(30);
  expect(log).toContain('TWILIO_ACCOUNT_SID');
  const basic = requests.map(({ headers }) => String(headers.authorization).replace('Basic ', ''));
  for (const secret of new Set([authToken, password, webhookSecret, ...basic])) {
    expect(log).not.toContain(secret);
    expect(said).not.toContain(secret);
  }
  expect(at.requests.flatMap(requestProblems), 'Twilio’s own description').toEqual([]);
  for (const { body } of requests) {
    const text = body.startsWith('{') ? body : decodeURIComponent(body.replaceAll('+', ' '));
    const code = /code is: (\d{6})/.exec(text)?.[1];
    const digits = /(?:To=\+|"recipient":")(\d+)/.exec(text)?.[1];
    expect([code, digits]).toEqual([expect.any(String), expect.any(String)]);
    expect(log).not.toMatch(new RegExp(`(?<![\\w-])${code}(?![\\w-])`));
    expect(said).not.toMatch(new RegExp(`(?<![\\w-])${code}(?![\\w-])`));
    expect(log).not.toContain(digits);
  }
});

test.describe('Twilio Verify', () => {
  test('makes and checks the code: wrong, right, and not again', async ({ verifier, newPhone, verifying }) => {
    const [client, phone] = [verifier(), newPhone()];
    const sent = (await send(client, phone, { name: 'John Doe' })).json<{ code_length: number }>();
    const code = verifying.verify.codeTo(phone);
    expect(sent.code_length).toBe(code.length);
    const { path, form } = verifying.verify.requestsTo(phone)[0]!;
    expect(path).toBe(`/v2/Services/${verifySid}/Verifications`);
    expect(form).toEqual({ To: phone, Channel: 'sms', Locale: 'en', RiskCheck: 'enable' });
    expectProblem(await send(client, phone), 'resend_too_soon', { retry_after_seconds: seconds(55, 60) });
    expectProblem(await verify(client, phone, wrongCode(code)), 'invalid_code', { attempts_left: 4 });
    expect((await verify(client, phone, code)).json()).toMatchObject({ created: true, user: { first_name: 'John' } });
    expectProblem(await verify(client, phone, code), 'code_expired');
  });

  test('leaves nothing of the code here until Twilio approved it', async ({ verifier, newPhone, verifying }) => {
    const [client, phone] = [verifier(), newPhone()];
    const kept = async () =>
      (await verifying.sql`select code_hash, keeper from otp_challenges where phone = ${phone}`)[0];
    await send(client, phone);
    const code = verifying.verify.codeTo(phone);
    await verify(client, phone, wrongCode(code));
    expect(await kept()).toEqual({ code_hash: null, keeper: 'twilio-verify' });
    await verify(client, phone, code);
    expect(await kept()).toEqual({ code_hash: expect.stringMatching(/^\$argon2id\$/), keeper: 'twilio-verify' });
  });

  test('never burns a code: where the sign-in failed after Twilio’s yes, the same code still signs in, once', async ({
    verifier,
    newPhone,
    verifying: { sql, verify: at },
  }) => {
    const [client, phone] = [verifier(), newPhone()];
    await send(client, phone);
    const code = at.codeTo(phone);
    await sql`alter table refresh_tokens rename to refresh_tokens_away`;
    try {
      expect((await verify(client, phone, code)).status).toBeGreaterThanOrEqual(500);
    } finally {
      await sql`alter table refresh_tokens_away rename to refresh_tokens`;
    }
    expect(at.codeTo(phone)).toBe('');
    expectProblem(await verify(client, phone, wrongCode(code)), 'invalid_code', { attempts_left: 3 });
    expect((await verify(client, phone, code)).status).toBe(200);
    expectProblem(await verify(client, phone, code), 'code_expired');
  });

  test('signs in once for fifty right answers at once, and is asked five times at most', async ({
    verifier,
    newPhone,
    verifying,
  }) => {
    const phone = newPhone();
    await send(verifier(), phone);
    const code = verifying.verify.codeTo(phone);
    const before = verifying.verify.checks();
    const answers = await Promise.all(Array.from({ length: 50 }, () => verify(verifier(), phone, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const refused = answers.filter(({ status }) => status !== 200).map((answer) => answer.json().code);
    expect(refused.filter((code) => code !== 'code_expired' && code !== 'too_many_attempts')).toEqual([]);
    expect(verifying.verify.checks() - before).toBeLessThanOrEqual(5);
    const [row] = await verifying.sql`
      select count(*)::int as sessions from sessions join users on users.id = user_id where phone = ${phone}`;
    expect(row).toEqual({ sessions: 1 });
  });

  test('allows five tries, then the right code is dead too, and a new one is really new', async ({
    verifier,
    newPhone,
    verifying,
  }) => {
    const [client, phone] = [verifier(), newPhone()];
    await send(client, phone);
    const code = verifying.verify.codeTo(phone);
    for (const left of [4, 3, 2, 1, 0]) {
      expectProblem(await verify(client, phone, wrongCode(code, left + 1)), 'invalid_code', { attempts_left: left });
    }
    const before = verifying.verify.checks();
    expect((await verify(client, phone, code)).json()).toMatchObject({ code: 'too_many_attempts' });
    expect(verifying.verify.checks()).toBe(before);
    await verifying.clock.passForPhone(phone, 61);
    expect((await send(client, phone)).status).toBe(200);
    expect(verifying.verify.codeTo(phone)).not.toBe(code);
    expect((await verify(client, phone, verifying.verify.codeTo(phone))).status).toBe(200);
  });

  test('names a resend as the code before it; only the newest challenge counts', async ({
    verifier,
    newPhone,
    verifying,
  }) => {
    const [client, phone] = [verifier(), newPhone()];
    const older = (await send(client, phone)).json<{ challenge_id: string }>();
    await verifying.clock.passForPhone(phone, 61);
    const newer = (await send(client, phone)).json<{ challenge_id: string }>();
    const code = verifying.verify.codeTo(phone);
    expectProblem(await verify(client, phone, code, { challenge_id: older.challenge_id }), 'code_expired');
    expect((await verify(client, phone, code, { challenge_id: newer.challenge_id })).status).toBe(200);
  });

  test('that forgot the code means a new one; that does not answer, a moment’s patience', async ({
    verifier,
    newPhone,
    verifying,
  }) => {
    const [client, phone] = [verifier(), newPhone()];
    await send(client, phone);
    const code = verifying.verify.codeTo(phone);
    verifying.verify.answersTo(phone, twilioError(503, 20503));
    const unavailable = await verify(client, phone, code);
    expectProblem(unavailable, 'sms_unavailable');
    expect(unavailable.json().message).toContain('couldn’t check');
    verifying.verify.answersTo(phone, null);
    verifying.verify.forget(phone);
    expectProblem(await verify(client, phone, code), 'code_expired');
    for (const [answer, refusal] of [
      [twilioError(401, 20003), 'sms_unavailable'],
      [twilioError(400, 60205), 'undeliverable_phone'],
      [twilioError(403, 60410), 'recipient_opted_out'],
      [twilioError(403, 60605), 'unsupported_country'],
    ] as [ReturnType<typeof json>, ErrorCode][]) {
      const other = newPhone();
      verifying.verify.answersTo(other, answer);
      expectProblem(await send(client, other), refusal);
      verifying.verify.answersTo(other, null);
      expect((await send(client, other)).status).toBe(200);
    }
  });

  test('confirms it’s you and proves a new number alike', async ({ verifier, newPhone, verifying }) => {
    const [client, phone, fresh] = [verifier(), newPhone(), newPhone()];
    await send(client, phone);
    const signedIn = (await verify(client, phone, verifying.verify.codeTo(phone))).json<SignIn>();
    const own = bearer(signedIn.tokens.access);
    await verifying.clock.passForPhone(phone, 661);
    await verifying.clock.passForSessions(signedIn.user.id, 661);
    expect((await client.call('POST', '/api/me/proof', { headers: own })).status).toBe(200);
    const proof = verifying.verify.codeTo(phone);
    // A sign-in takes no confirmation.
    expectProblem(await verify(client, phone, proof), 'code_expired');
    expect((await client.post('/api/me/proof/verify', { otp: proof }, own)).json()).toMatchObject({
      message: 'Confirmed',
    });
    expect((await client.post('/api/me/phone', { phone: fresh }, own)).status).toBe(200);
    const otp = verifying.verify.codeTo(fresh);
    expectProblem(
      await client.post('/api/me/phone/verify', { phone: fresh, otp: wrongCode(otp) }, own),
      'invalid_code',
      {
        attempts_left: 4,
      },
    );
    expect((await client.post('/api/me/phone/verify', { phone: fresh, otp }, own)).status).toBe(200);
    const [row] = await verifying.sql`select phone from users where id = ${signedIn.user.id}`;
    expect(row).toEqual({ phone: fresh });
  });

  test('leaves no code, number or secret in the log', async ({ verifying: { app, verify: at } }) => {
    const started = at.requests.filter(({ form }) => form.To !== undefined);
    const checked = at.requests.filter(({ form }) => form.Code !== undefined);
    expect(Math.min(started.length, checked.length)).toBeGreaterThan(10);
    const log = app.log();
    for (const { form } of started) expect(log).not.toContain(form.To!.slice(1));
    for (const { form } of checked) expect(log).not.toMatch(new RegExp(`(?<![\\w-])${form.Code}(?![\\w-])`));
    expect(log).not.toContain(authToken);
    expect(log).toContain('TWILIO_ACCOUNT_SID');
  });
});
