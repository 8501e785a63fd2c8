import { type ErrorCode, errorTable } from '@/lib/errors';
import { twilioError } from '@/lib/sms/vendors/testing/fake-twilio';
import type postgres from 'postgres';
import { type Answer, bearer, Client } from '../fixtures/http-client';
import { startedOnce } from '../fixtures/own-app';
import { type SeparateApp, startSeparateApp } from '../fixtures/separate-app';
import { expectProblem, seconds } from '../fixtures/shapes';
import { requestCode, type SignIn, signIn, verify, webSession, wrongCode } from '../fixtures/sign-in';
import { claimsOf, signedAsServer } from '../fixtures/tokens';
import { startTwilioApp, type TwilioApp } from '../fixtures/twilio-app';
import type { Run } from '../stack/run';
import { expect, test as base } from '../fixtures/test';
import type { Clock } from '../fixtures/time';

type World = {
  client: Client;
  newPhone: () => string;
  run: Run;
  sql: postgres.Sql;
  clock: Clock;
  /** A client of a server that may send one message an hour, and only to India. */
  strict: Client;
  /** A client of a server that sends by Twilio, and what Twilio answers next. */
  sending: { client: Client; twilioAnswers: (how: ReturnType<typeof twilioError>) => void };
};
type Reachable = { ask: (world: World) => Promise<Answer>; extras?: Parameters<typeof expectProblem>[2] };
type NotHere = { notHere: string };

const wait = seconds(1, 3_600);
const send = (client: Client, phone: unknown) => client.post('/api/auth/send-otp', { phone });
const authorized = async ({ client, newPhone }: World): Promise<SignIn> => signIn(client, newPhone());

/** How each code of the table is reached. A new code without an entry does not compile. */
const cases: Record<ErrorCode, Reachable | NotHere> = {
  invalid_request: {
    ask: ({ client }) => send(client, 5),
    extras: { errors: [{ path: 'phone', message: expect.any(String) }] },
  },
  invalid_phone: { ask: ({ client }) => send(client, '123') },
  unsupported_country: { ask: ({ strict }) => send(strict, '+12015550123') },
  undeliverable_phone: { ask: ({ client }) => send(client, '+911123456789') },
  recipient_opted_out: {
    async ask({ sending: { client, twilioAnswers }, newPhone }) {
      twilioAnswers(twilioError(400, 21610));
      return send(client, newPhone());
    },
  },
  invalid_code: {
    async ask({ client, newPhone }) {
      const phone = newPhone();
      return verify(client, phone, wrongCode((await requestCode(client, phone)).code));
    },
    extras: { attempts_left: 4 },
  },
  code_expired: { ask: ({ client, newPhone }) => verify(client, newPhone(), '123456') },
  unauthenticated: { ask: ({ client }) => client.get('/api/me') },
  token_expired: {
    async ask(world) {
      const { access } = (await authorized(world)).tokens;
      const expired = await signedAsServer(world.run.secret, access, { exp: Number(claimsOf(access).iat) - 1 });
      return world.client.get('/api/me', { headers: bearer(expired) });
    },
  },
  token_revoked: {
    async ask(world) {
      const headers = bearer((await authorized(world)).tokens.access);
      await world.client.post('/api/auth/logout', {}, headers);
      return world.client.get('/api/me', { headers });
    },
  },
  refresh_reused: {
    async ask(world) {
      const { refresh } = (await authorized(world)).tokens;
      const renew = (token: string) => world.client.post('/api/auth/refresh', { refresh: token });
      await renew((await renew(refresh)).json<{ refresh: string }>().refresh);
      return renew(refresh);
    },
  },
  forbidden: {
    async ask(world) {
      const { access } = (await authorized(world)).tokens;
      return world.client.post('/api/admin/deliveries', { phone: world.newPhone() }, bearer(access));
    },
  },
  origin_not_allowed: {
    async ask({ client, newPhone }) {
      return client.post('/api/auth/logout', {}, { cookie: await webSession(client, newPhone()) });
    },
  },
  account_suspended: {
    async ask(world) {
      const { client, newPhone, sql, clock } = world;
      const phone = newPhone();
      const { user } = await signIn(client, phone);
      await sql`update users set suspended_at = now() where id = ${user.id}`;
      await clock.passForPhone(phone, 61);
      return verify(client, phone, (await requestCode(client, phone)).code);
    },
  },
  fresh_proof_required: {
    async ask(world) {
      const { user, tokens } = await authorized(world);
      await world.clock.passForSessions(user.id, 601);
      return world.client.post('/api/auth/logout', { everywhere: true }, bearer(tokens.access));
    },
  },
  profile_required: { notHere: 'reserved: no call answers it (lib/openapi/document.test.ts)' },
  not_found: { ask: ({ client }) => client.get('/api/nothing') },
  method_not_allowed: { ask: ({ client }) => client.get('/api/auth/send-otp') },
  conflict: {
    async ask(world) {
      const { access } = (await authorized(world)).tokens;
      // Somebody without a passkey would prove themselves by one.
      return world.client.post('/api/me/proof/passkey/options', {}, bearer(access));
    },
  },
  payload_too_large: { ask: ({ client }) => send(client, 'x'.repeat(20_000)) },
  unsupported_media_type: { ask: ({ client }) => client.call('POST', '/api/auth/send-otp', { body: 'phone=1' }) },
  resend_too_soon: {
    async ask({ client, newPhone }) {
      const phone = newPhone();
      await send(client, phone);
      return send(client, phone);
    },
    extras: { retry_after_seconds: seconds(55, 60) },
  },
  too_many_requests: {
    async ask({ client, newPhone }) {
      for (let sent = 0; sent < 10; sent += 1) await send(client, '1');
      return send(client, newPhone());
    },
    extras: { retry_after_seconds: wait },
  },
  too_many_attempts: {
    async ask({ client, newPhone }) {
      const phone = newPhone();
      const { code } = await requestCode(client, phone);
      for (const by of [1, 2, 3, 4, 5]) await verify(client, phone, wrongCode(code, by));
      return verify(client, phone, code);
    },
    extras: { attempts_left: 0, retry_after_seconds: wait },
  },
  sms_unavailable: {
    async ask({ sending: { client, twilioAnswers }, newPhone }) {
      twilioAnswers(twilioError(401, 20003));
      return send(client, newPhone());
    },
  },
  sms_paused: {
    async ask({ strict, newPhone }) {
      await send(strict, newPhone());
      return send(strict, newPhone());
    },
    extras: { retry_after_seconds: wait },
  },
  // These two need a server that can be harmed: faults.spec.ts.
  overloaded: { notHere: 'reached in faults.spec.ts' },
  service_unavailable: { notHere: 'reached in faults.spec.ts' },
};

type Servers = { strictApp: SeparateApp; sendingApp: TwilioApp };

const test = base.extend<Servers & Pick<World, 'strict' | 'sending'>>({
  strictApp: startedOnce(() => startSeparateApp({ SMS_BUDGET_PER_HOUR: '1', ALLOWED_COUNTRIES: 'IN' })),
  strict: async ({ strictApp, newAddress }, provide) => {
    const client = new Client(strictApp.url, newAddress());
    await provide(client);
    client.close();
  },
  sendingApp: startedOnce(() => startTwilioApp()),
  sending: async ({ sendingApp: { url, twilio }, newAddress }, provide) => {
    const client = new Client(url, newAddress());
    await provide({ client, twilioAnswers: twilio.answersAll });
    client.close();
  },
});
test.describe.configure({ mode: 'default' });

for (const [code, entry] of Object.entries(cases) as [ErrorCode, Reachable | NotHere][]) {
  if ('ask' in entry) {
    test(`${code} is answered in the contract’s shape`, async ({
      client,
      newPhone,
      run,
      sql,
      clock,
      strict,
      sending,
    }) => {
      expectProblem(await entry.ask({ client, newPhone, run, sql, clock, strict, sending }), code, entry.extras);
    });
  }
}

test('every code of the contract is in the table, with its status, and the other way round', () => {
  const contract = {
    400: [
      'invalid_request',
      'invalid_phone',
      'unsupported_country',
      'undeliverable_phone',
      'recipient_opted_out',
      'invalid_code',
      'code_expired',
    ],
    401: ['unauthenticated', 'token_expired', 'token_revoked', 'refresh_reused'],
    403: ['forbidden', 'origin_not_allowed', 'account_suspended', 'fresh_proof_required', 'profile_required'],
    404: ['not_found'],
    405: ['method_not_allowed'],
    409: ['conflict'],
    413: ['payload_too_large'],
    415: ['unsupported_media_type'],
    429: ['resend_too_soon', 'too_many_requests', 'too_many_attempts'],
    503: ['sms_unavailable', 'sms_paused', 'overloaded', 'service_unavailable'],
  };
  const statuses = Object.entries(contract).flatMap(([status, codes]) => codes.map((code) => [code, Number(status)]));
  const told = Object.entries(errorTable).map(([code, { status }]) => [code, status]);
  expect(Object.fromEntries(told)).toEqual(Object.fromEntries(statuses));
});
