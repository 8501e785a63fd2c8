import { createLatchkeyClient, LatchkeyError, type LatchkeyClient, type TokenPair } from '@/lib/client/latchkey-client';
import { newestCode, signIn, wrongCode } from '../fixtures/sign-in';
import { expect, test as base } from '../fixtures/test';
import { claimsOf, signedAsServer } from '../fixtures/tokens';

type Told = (TokenPair | string)[];
type Device = { client: LatchkeyClient; told: Told; paths: string[] };

/** `lib/client` against the real server, from an address of its own. */
const test = base.extend<{ device: (tokens?: TokenPair) => Device; expiredPair: () => Promise<TokenPair> }>({
  device: async ({ run, newAddress }, provide) => {
    await provide((tokens) => {
      const [told, paths, address]: [Told, string[], string] = [[], [], newAddress()];
      const client = createLatchkeyClient({
        baseUrl: run.appUrl,
        tokens,
        onTokens: (pair) => told.push(pair),
        onSignedOut: (code) => told.push(code),
        fetch(url, init) {
          paths.push(new URL(String(url)).pathname);
          const headers = new Headers(init?.headers);
          headers.set('x-forwarded-for', address);
          return fetch(url, { ...init, headers });
        },
      });
      return { client, told, paths };
    });
  },
  expiredPair: async ({ client, newPhone, run }, provide) => {
    await provide(async () => {
      const { tokens } = await signIn(client, newPhone());
      const ago = Math.floor(Date.now() / 1000) - 60;
      return { ...tokens, access: await signedAsServer(run.secret, tokens.access, { iat: ago - 900, exp: ago }) };
    });
  },
});

const refreshes = (paths: string[]) => paths.filter((path) => path === '/api/auth/refresh').length;

test('an app signs in, uses the API and signs out with the client alone', async ({ client, device, newPhone }) => {
  const phone = newPhone();
  const { client: app, told } = device();
  const sent = await app.sendCode({ phone, name: 'John Doe' });
  expect(sent).toMatchObject({ phone, code_length: 6, resend_in_seconds: 60 });
  const code = await newestCode(client, phone);
  const refused = await app.verifyCode({ phone, otp: wrongCode(code) }).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(LatchkeyError);
  expect(refused).toMatchObject({ status: 400, code: 'invalid_code', attemptsLeft: 4, requestId: expect.any(String) });
  await expect(app.sendCode({ phone })).rejects.toMatchObject({
    code: 'resend_too_soon',
    retryAfterSeconds: expect.any(Number),
  });
  await expect(app.sendCode({ phone: '' })).rejects.toMatchObject({
    code: 'invalid_request',
    errors: [{ path: 'phone', message: expect.any(String) }],
  });
  const { created, user, tokens } = await app.verifyCode({ phone, otp: code, challenge_id: sent.challenge_id });
  expect([created, user.phone, told]).toEqual([true, phone, [tokens]]);
  const body = JSON.stringify({ first_name: 'Jane' });
  const headers = { 'content-type': 'application/json' };
  const changed = await app.fetch('/api/me', { method: 'PATCH', headers, body });
  expect([changed.status, await changed.json()]).toEqual([200, expect.objectContaining({ first_name: 'Jane' })]);
  await app.logout();
  expect([app.tokens, told.at(-1)]).toEqual([null, 'signed_out']);
  expect((await device(tokens).client.fetch('/api/me')).status).toBe(401);
});

test('twenty concurrent calls with an expired access token cost one refresh, and all succeed', async ({
  device,
  expiredPair,
}) => {
  const { client: app, told, paths } = device(await expiredPair());
  const answers = await Promise.all(Array.from({ length: 20 }, () => app.fetch('/api/me')));
  expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
  expect([refreshes(paths), told]).toEqual([1, [app.tokens]]);
});

test('an access token that is none of the server’s is renewed as well', async ({ device, expiredPair }) => {
  const { client: app, paths } = device({ ...(await expiredPair()), access: 'of.another.key' });
  expect([(await app.fetch('/api/me')).status, refreshes(paths)]).toEqual([200, 1]);
});

test('two devices with one pair, refreshing at the same moment, both stay signed in', async ({
  device,
  expiredPair,
}) => {
  const pair = await expiredPair();
  const [one, other] = [device(pair), device(pair)];
  const answers = await Promise.all([one.client.fetch('/api/me'), other.client.fetch('/api/me')]);
  expect(answers.map(({ status }) => status)).toEqual([200, 200]);
  expect(one.client.tokens?.refresh).toBe(other.client.tokens?.refresh);
});

test('a pair that was used elsewhere since signs out both: the thief’s copy and the owner’s', async ({
  device,
  expiredPair,
  run,
}) => {
  const pair = await expiredPair();
  const [owner, thief] = [device(pair), device(pair)];
  await owner.client.fetch('/api/me');
  const second = owner.client.tokens!;
  const stale = device({ ...second, access: await signedAsServer(run.secret, second.access, { exp: 1 }) });
  await stale.client.fetch('/api/me');
  const answers = await Promise.all(Array.from({ length: 5 }, () => thief.client.fetch('/api/me')));
  expect(answers.map(({ status }) => status)).toEqual(Array(5).fill(401));
  expect([thief.told, thief.client.tokens]).toEqual([['refresh_reused'], null]);
  expect((await owner.client.fetch('/api/me')).status).toBe(401);
  expect(owner.told.at(-1)).toBe('token_revoked');
});

test('a sign-out with an expired access token ends the session on the server', async ({ device, expiredPair, sql }) => {
  const pair = await expiredPair();
  const { client: app, told } = device(pair);
  await app.logout();
  expect(told).toEqual(['signed_out']);
  const sid = String(claimsOf(pair.access).sid);
  const [row] = await sql`select revoked_at is not null as ended from sessions where id = ${sid}::uuid`;
  expect(row).toEqual({ ended: true });
});

test('a sign-out everywhere without a fresh proof is refused and changes nothing', async ({
  client,
  device,
  newPhone,
  clock,
}) => {
  const { tokens, user } = await signIn(client, newPhone());
  const { client: app, told } = device(tokens);
  await clock.passForSessions(user.id, 601);
  await expect(app.logout({ everywhere: true })).rejects.toMatchObject({ code: 'fresh_proof_required', status: 403 });
  expect([told, app.tokens, (await app.fetch('/api/me')).status]).toEqual([[], tokens, 200]);
});
