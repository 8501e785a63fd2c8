import postgres from 'postgres';
import * as fast from '@/lib/dialects/fast';
import * as hub from '@/lib/dialects/hub';
import * as loop from '@/lib/dialects/loop';
import type { ErrorCode } from '@/lib/errors';
import type { ApiCall, BodyDescription } from '@/lib/openapi/api-call';
import { twilioError } from '@/lib/sms/vendors/testing/fake-twilio';
import { makeAdmin } from '../../fixtures/admin';
import { expectRefusal } from '../../fixtures/dialects';
import { type Answer, bearer, Client } from '../../fixtures/http-client';
import { startedOnce } from '../../fixtures/own-app';
import { type SeparateApp, startSeparateApp } from '../../fixtures/separate-app';
import { newestCode, webSession, wrongCode } from '../../fixtures/sign-in';
import { claimsOf, signedAsServer } from '../../fixtures/tokens';
import { startTwilioApp, type TwilioApp } from '../../fixtures/twilio-app';
import type { Run } from '../../stack/run';
import { expect, test as base } from '../../fixtures/test';
import { type Clock, clockOf } from '../../fixtures/time';

/** A dialect as this file speaks it: how to send, verify, and make a call that needs somebody signed in. */
type Dialect = {
  name: string;
  calls: readonly ApiCall[];
  refused: BodyDescription;
  send: (client: Client, phone: unknown) => Promise<Answer>;
  verify: (client: Client, phone: string, code: string) => Promise<Answer>;
  accessOf: (verified: Answer) => string;
  read: (client: Client, headers: Record<string, string>) => Promise<Answer>;
  /** A state-changing call, where there is one that a cookie could make. */
  change: (client: Client, headers: Record<string, string>) => Promise<Answer>;
};

const dialects = {
  hub: {
    name: 'Hub',
    calls: hub.hubCalls,
    refused: hub.hubRefusals.body,
    send: (client, phone) => client.post(hub.sendOtp.path, { phone }),
    verify: (client, phone, otp) => client.post(hub.verifyOtp.path, { phone, otp }),
    accessOf: (verified) => verified.json<{ tokens: { access: string } }>().tokens.access,
    read: (client, headers) => client.get(hub.profile.path, { headers }),
    change: (client, headers) => client.post(hub.logout.path, {}, headers),
  },
  loop: {
    name: 'Loop',
    calls: loop.loopCalls,
    refused: loop.loopRefusals.body,
    send: (client, phone_number) => client.post(loop.login.path, { phone_number }),
    verify: (client, phone_number, otp_code) => client.post(loop.verifyLogin.path, { phone_number, otp_code }),
    accessOf: (verified) => verified.json<{ token: string }>().token,
    read: (client, headers) => client.get(loop.profile.path, { headers }),
    change: (client, headers) => client.post(loop.completeProfile.path, { name: 'John Doe' }, headers),
  },
  fast: {
    name: 'Fast',
    calls: fast.fastCalls,
    refused: fast.fastRefusals.body,
    send: (client, phone_number) => client.post(fast.sendOtp.path, { phone_number }),
    verify: (client, phone_number, otp) => client.post(fast.verifyOtp.path, { phone_number, otp }),
    accessOf: (verified) => verified.json<{ tokens: { access: string } }>().tokens.access,
    read: (client, headers) => client.get('/api/user/+918123456789', { headers }),
    change: (client, headers) =>
      client.post(fast.login.path, { phone_number: '1' }, { 'sec-fetch-site': 'cross-site', ...headers }),
  },
} satisfies Record<string, Dialect>;

type Twilio = TwilioApp['twilio'];
type Sending = { client: Client; twilioAnswers: Twilio['answersAll']; codeTo: Twilio['codeTo']; sql: postgres.Sql };
type World = {
  dialect: Dialect;
  client: Client;
  newPhone: () => string;
  run: Run;
  sql: postgres.Sql;
  clock: Clock;
  /** A client of a server that may send one message an hour, and only to India. */
  strict: Client;
  /** A client of a server that sends by Twilio and wants a second proof of who was long away. */
  sending: Sending;
};
type Reach = (world: World) => Promise<Answer>;

async function codeFor({ dialect, client }: World, phone: string): Promise<string> {
  const answer = await dialect.send(client, phone);
  expect(answer.status, answer.text).toBe(200);
  return newestCode(client, phone);
}

async function signIn(world: World, phone = world.newPhone()): Promise<string> {
  const code = await codeFor(world, phone);
  return world.dialect.accessOf(await world.dialect.verify(world.client, phone, code));
}

/** How each code is reached in any dialect. */
const reach = {
  invalid_request: ({ dialect, client }) => dialect.send(client, 5),
  invalid_phone: ({ dialect, client }) => dialect.send(client, '123'),
  unsupported_country: ({ dialect, strict }) => dialect.send(strict, '+12015550123'),
  undeliverable_phone: ({ dialect, client }) => dialect.send(client, '+911123456789'),
  async recipient_opted_out({ dialect, sending: { client, twilioAnswers }, newPhone }) {
    twilioAnswers(twilioError(400, 21610));
    return dialect.send(client, newPhone());
  },
  async invalid_code(world) {
    const phone = world.newPhone();
    return world.dialect.verify(world.client, phone, wrongCode(await codeFor(world, phone)));
  },
  code_expired: ({ dialect, client, newPhone }) => dialect.verify(client, newPhone(), '123456'),
  unauthenticated: ({ dialect, client }) => dialect.read(client, {}),
  async token_expired(world) {
    const access = await signIn(world);
    const expired = await signedAsServer(world.run.secret, access, { exp: Number(claimsOf(access).iat) - 1 });
    return world.dialect.read(world.client, bearer(expired));
  },
  async token_revoked(world) {
    const headers = bearer(await signIn(world));
    await world.client.post('/api/auth/logout', {}, headers);
    return world.dialect.read(world.client, headers);
  },
  async origin_not_allowed({ dialect, client, newPhone }) {
    return dialect.change(client, { cookie: await webSession(client, newPhone()) });
  },
  async account_suspended(world) {
    const { dialect, client, newPhone, sql, clock } = world;
    const phone = newPhone();
    await signIn(world, phone);
    await sql`update users set suspended_at = now() where phone = ${phone}`;
    await clock.passForPhone(phone, 61);
    return dialect.verify(client, phone, await codeFor(world, phone));
  },
  async forbidden({ dialect, newPhone, sending: { client, codeTo, twilioAnswers, sql } }) {
    twilioAnswers(null);
    const phone = newPhone();
    for (const round of ['first', 'second']) {
      await dialect.send(client, phone);
      const answer = await dialect.verify(client, phone, codeTo(phone));
      if (round === 'second') return answer;
      await sql`update users set phone_proved_at = now() - interval '2 years' where phone = ${phone}`;
      await clockOf(sql).passForPhone(phone, 61);
    }
    throw new Error('There are two rounds.');
  },
  method_not_allowed: ({ dialect, client }) => client.call('DELETE', dialect.calls[0]!.path),
  payload_too_large: ({ dialect, client }) => dialect.send(client, 'x'.repeat(20_000)),
  unsupported_media_type: ({ dialect, client }) => client.call('POST', dialect.calls[0]!.path, { body: 'phone=1' }),
  async resend_too_soon({ dialect, client, newPhone }) {
    const phone = newPhone();
    await dialect.send(client, phone);
    return dialect.send(client, phone);
  },
  async too_many_requests({ dialect, client, newPhone }) {
    for (let sent = 0; sent < 10; sent += 1) await dialect.send(client, '1');
    return dialect.send(client, newPhone());
  },
  async too_many_attempts(world) {
    const { dialect, client, newPhone } = world;
    const phone = newPhone();
    const code = await codeFor(world, phone);
    for (const by of [1, 2, 3, 4, 5]) await dialect.verify(client, phone, wrongCode(code, by));
    return dialect.verify(client, phone, code);
  },
  async sms_unavailable({ dialect, sending: { client, twilioAnswers }, newPhone }) {
    // The vendor refuses our own credentials, which is no business of the client's.
    twilioAnswers(twilioError(401, 20003));
    return dialect.send(client, newPhone());
  },
  async sms_paused({ dialect, strict, newPhone }) {
    await dialect.send(strict, newPhone());
    return dialect.send(strict, newPhone());
  },
} as const satisfies Partial<Record<ErrorCode, Reach>>;

/** Reached in a test of their own below, which harms the server. */
const harmful = ['overloaded', 'service_unavailable'] as const;

/** What only some dialects can say, beside the above. */
const special: Record<keyof typeof dialects, Partial<Record<ErrorCode, Reach>>> = {
  hub: {
    async refresh_reused(world) {
      const phone = world.newPhone();
      const verified = await world.dialect.verify(world.client, phone, await codeFor(world, phone));
      const { refresh } = verified.json<{ tokens: { refresh: string } }>().tokens;
      const renew = (token: string) => world.client.post(hub.refresh.path, { refresh: token });
      await renew((await renew(refresh)).json<{ refresh: string }>().refresh);
      return renew(refresh);
    },
  },
  loop: {},
  fast: {
    async not_found(world) {
      const phone = world.newPhone();
      const headers = bearer(await signIn(world, phone));
      await makeAdmin(world.sql, phone);
      return world.client.get(`/api/user/${world.newPhone()}`, { headers });
    },
  },
};

const extras: Partial<Record<ErrorCode, Record<string, unknown>>> = {
  invalid_request: { errors: [{ path: expect.stringMatching(/^phone(_number)?$/), message: expect.any(String) }] },
  invalid_code: { attempts_left: 4 },
  too_many_attempts: { attempts_left: 0, retry_after_seconds: expect.any(Number) },
  resend_too_soon: { retry_after_seconds: expect.any(Number) },
  too_many_requests: { retry_after_seconds: expect.any(Number) },
  sms_paused: { retry_after_seconds: expect.any(Number) },
  sms_unavailable: { retry_after_seconds: 10 },
};

type Servers = { strictApp: SeparateApp; sendingApp: TwilioApp };

const test = base.extend<Servers & Pick<World, 'strict' | 'sending'>>({
  strictApp: startedOnce(() => startSeparateApp({ SMS_BUDGET_PER_HOUR: '1', ALLOWED_COUNTRIES: 'IN' })),
  strict: async ({ strictApp, newAddress }, provide) => {
    const client = new Client(strictApp.url, newAddress());
    await provide(client);
    client.close();
  },
  sendingApp: startedOnce(() => startTwilioApp({ DORMANT_ACCOUNTS: 'second-proof' })),
  sending: async ({ sendingApp: { url, databaseUrl, twilio }, database, newAddress }, provide) => {
    const client = new Client(url, newAddress());
    const sql = database(databaseUrl);
    await provide({ client, twilioAnswers: twilio.answersAll, codeTo: twilio.codeTo, sql });
    client.close();
  },
});
test.describe.configure({ mode: 'default' });

for (const key of ['hub', 'loop', 'fast'] as const) {
  const dialect: Dialect = dialects[key];
  const reached: Partial<Record<ErrorCode, Reach>> = { ...reach, ...special[key] };
  for (const [code, ask] of Object.entries(reached) as [ErrorCode, Reach][]) {
    test(`${dialect.name} answers ${code} in its own envelope`, async ({
      client,
      newPhone,
      run,
      sql,
      clock,
      strict,
      sending,
    }) => {
      const answer = await ask({ dialect, client, newPhone, run, sql, clock, strict, sending });
      const told = expectRefusal(answer, dialect.refused, code);
      const envelope = Object.keys(dialect.refused.example as object).filter((field) => field !== 'attempts_left');
      expect(Object.keys(told).sort()).toEqual([...envelope, ...Object.keys(extras[code] ?? {})].sort());
      expect(told).toMatchObject(extras[code] ?? {});
      if (code === 'method_not_allowed') expect(answer.headers.allow).toMatch(/^(GET, HEAD, )?POST, OPTIONS$/);
    });
  }

  test(`what the calls of ${dialect.name} say they refuse is what they can refuse`, () => {
    const said = new Set<string>(dialect.calls.flatMap(({ refusals }) => refusals));
    expect([...said, 'method_not_allowed'].sort()).toEqual([...Object.keys(reached), ...harmful].sort());
  });
}

test('what is not JSON, or comes from a page of another site, is refused in each dialect’s envelope', async ({
  newClient,
}) => {
  const json = { 'content-type': 'application/json' };
  for (const { calls, refused } of Object.values(dialects)) {
    for (const { path } of calls.filter(({ auth, method }) => auth === 'none' && method === 'POST')) {
      // What is malformed takes a place, too.
      const client = newClient();
      for (const body of ['', '{', '[]', 'null', '{"a":1,}', '"\ud800"']) {
        expectRefusal(await client.call('POST', path, { headers: json, body }), refused, 'invalid_request');
      }
      for (const from of [
        { origin: 'https://elsewhere.example' },
        { origin: 'null' },
        { 'sec-fetch-site': 'cross-site' },
      ]) {
        expectRefusal(
          await client.call('POST', path, { headers: { ...json, ...from }, body: '{}' }),
          refused,
          'origin_not_allowed',
        );
      }
    }
  }
});

test('a server with too much to do, or without its database, says so in each dialect’s envelope', async ({
  newAddress,
  newPhone,
  run,
}) => {
  test.setTimeout(90_000);
  // One hash at a time on any machine, so that the queue fills.
  const app = await startSeparateApp({ DATABASE_POOL_MAX: '50' }, { machine: { UV_THREADPOOL_SIZE: '1' } });
  const all: Dialect[] = Object.values(dialects);
  const client = new Client(app.url, newAddress());
  const phone = newPhone();
  await dialects.fast.send(client, phone);
  const verified = await dialects.fast.verify(client, phone, await newestCode(client, phone));
  const headers = bearer(dialects.fast.accessOf(verified));
  // More than the queue holds, and again at once: those who waited too long for the database fill it the next time.
  const overloaded = new Set<Dialect>();
  const ask = async (address: string, place: number) => {
    for (let turn = 0; turn < 9 && overloaded.size < all.length; turn += 1) {
      const dialect = all[(place + turn) % all.length]!;
      // A connection of its own: a server this busy closes kept ones at any moment.
      const visitor = new Client(app.url, address);
      const answer = await dialect.send(visitor, newPhone());
      visitor.close();
      if (answer.status === 200) continue;
      const full = answer.json().code === 'overloaded';
      expectRefusal(answer, dialect.refused, full ? 'overloaded' : 'service_unavailable');
      if (full) overloaded.add(dialect);
    }
  };
  await Promise.all(Array.from({ length: 240 }, newAddress).map(ask));
  expect(overloaded.size).toBe(all.length);

  const postgresUrl = postgres(run.postgresUrl, { max: 1 });
  const name = new URL(app.databaseUrl).pathname.slice(1);
  await postgresUrl`alter database ${postgresUrl(name)} with allow_connections false`;
  await postgresUrl`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name}`;
  for (const dialect of all) {
    const answers = [await dialect.send(client, newPhone()), await dialect.verify(client, newPhone(), '123456')];
    for (const answer of answers) expectRefusal(answer, dialect.refused, 'service_unavailable');
  }
  // The number stands in the address, and what goes wrong there in the log.
  expectRefusal(await client.get(`/api/user/${phone}`, { headers }), fast.fastRefusals.body, 'service_unavailable');
  expect(app.log()).toContain('"path":"/api/user/…"');
  expect(app.log()).not.toContain(phone.slice(3));
  await postgresUrl.end();
  client.close();
  await app.stop();
});
