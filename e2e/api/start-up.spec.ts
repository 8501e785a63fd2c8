import net from 'node:net';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort, launchApp, type Settings } from '../stack/app';
import { newLogFile } from '../fixtures/separate-app';
import { expect, test as base } from '../fixtures/test';

const ENDS_WITHIN_MS = 12_000;

type Refusal = { code: number | null | 'it runs'; said: string };

/** Starts with these settings on top of ones that work, by `npm start` or more quickly; it must end by itself. */
const test = base.extend<{ start: (settings: Settings, command?: 'start') => Promise<Refusal> }>({
  start: async ({ run }, provide) => {
    await provide(async (settings, command) => {
      const port = String(await freePort());
      const good = {
        PORT: port,
        DATABASE_URL: run.databaseUrl,
        NEXTAUTH_SECRET: run.secret,
        SMS_PROVIDER: 'inbox',
        APP_URL: `http://localhost:${port}`,
      };
      const launched = launchApp({ ...good, ...settings }, newLogFile(), { command: command ?? 'short' });
      const code = await Promise.race([launched.exited, pause(ENDS_WITHIN_MS, 'it runs' as const, { ref: false })]);
      if (code === 'it runs') await launched.kill();
      return { code, said: launched.log() };
    });
  },
});

test('refuses everything that is unsafe, all reasons at once, and shows no secret', async ({ start }) => {
  const { code, said } = await start(
    { APP_URL: 'http://example.com', NEXTAUTH_SECRET: 'tooshort-S3CR3T', DATABASE_URL: '' },
    'start',
  );
  expect(code).not.toBe(0);
  expect(said).toContain('APP_URL must be https');
  expect(said).toContain('inbox');
  expect(said).toContain('NEXTAUTH_SECRET must be set in production, with at least 32 characters');
  expect(said).toContain('DATABASE_URL must be set in production');
  expect(said).not.toContain('S3CR3T');
  expect(said).not.toMatch(/\bat .+:\d+:\d+/);
});

test('refuses production without somebody who delivers the codes', async ({ start }) => {
  const { code, said } = await start({ SMS_PROVIDER: '' });
  expect([code, said]).toEqual([1, expect.stringContaining('SMS_PROVIDER must name who delivers codes in production')]);
});

for (const [name, settings] of [
  ['by its provider', { SMS_PROVIDER: 'inbox' }],
  ['by test mode', { SMS_PROVIDER: '', TWILIO_TEST_MODE: 'true' }],
] as const) {
  test(`refuses the inbox on a public origin, chosen ${name}`, async ({ start }) => {
    const { code, said } = await start({ APP_URL: 'https://example.com', ...settings });
    expect([code, said]).toEqual([1, expect.stringContaining('must not run on a public origin')]);
  });
}

test('refuses a guessable secret', async ({ start }) => {
  const secret = 'changeme-changeme-changeme-changeme';
  const { code, said } = await start({ NEXTAUTH_SECRET: secret });
  expect([code, said]).toEqual([1, expect.stringMatching(/NEXTAUTH_SECRET .*(well-known|guessable)/)]);
  expect(said).not.toContain(secret);
});

test('names every setting that cannot be read at once, with unsafe ones beside them', async ({ start }) => {
  const { code, said } = await start({
    OTP_LENGTH: '4',
    OTP_TTL_SECONDS: '601',
    OTP_RESEND_SECONDS: '1',
    OTP_MAX_ATTEMPTS: '50',
    DEFAULT_COUNTRY: 'XX',
    ALLOWED_COUNTRIES: 'IN,YY',
    TRUSTED_PROXY_HOPS: '-1',
    LOG_LEVEL: 'loud',
    DATABASE_POOL_MAX: 'many',
    SMS_PROVIDER: 'pigeon',
    APP_URL: 'http://example.com/path',
    NEXTAUTH_SECRET: 'short',
  });
  expect(code).toBe(1);
  for (const name of [
    'OTP_LENGTH',
    'OTP_TTL_SECONDS',
    'OTP_RESEND_SECONDS',
    'OTP_MAX_ATTEMPTS',
    'DEFAULT_COUNTRY',
    'ALLOWED_COUNTRIES',
    'TRUSTED_PROXY_HOPS',
    'LOG_LEVEL',
    'DATABASE_POOL_MAX',
    'SMS_PROVIDER',
    'APP_URL',
    'NEXTAUTH_SECRET',
  ]) {
    expect(said).toContain(`- ${name} `);
  }
});

test('refuses signing keys that are none, in a sentence, and does not show them', async ({ start }) => {
  for (const keys of [
    'S3CR3T',
    '{"keys":[]}',
    '{"keys":[{"kty":"EC","crv":"P-256","kid":"a","d":"S3CR3T"}]}',
    '{"keys":[{"kty":"EC","crv":"P-256","kid":"a","x":"S3CR3T","y":"S3CR3T","d":"S3CR3T"}]}',
    '{"keys":[{"kty":"oct","k":"S3CR3T"}]}',
  ]) {
    const { code, said } = await start({ JWT_PRIVATE_KEYS: keys });
    expect([code, said]).toEqual([1, expect.stringContaining('JWT_PRIVATE_KEYS')]);
    expect(said).not.toContain('S3CR3T');
    expect(said).not.toMatch(/\bat .+:\d+:\d+/);
  }
});

test('explains a database that can’t be used, by host, port and name, never the password', async ({ start, run }) => {
  const wrong = (change: (url: URL) => void) => {
    const url = new URL(run.databaseUrl);
    change(url);
    return url;
  };
  const free = await freePort();
  const cases: [URL, string][] = [
    [wrong((url) => (url.port = String(free))), 'nothing listens there'],
    [wrong((url) => (url.pathname = '/no_such_database')), 'no such database'],
    [wrong((url) => (url.password = 'S3CR3T-wrong')), 'refuses this user or password'],
    [wrong((url) => (url.hostname = 'no-such-host.invalid')), 'no such host'],
  ];
  for (const [url, reason] of cases) {
    const { code, said } = await start({ DATABASE_URL: url.href });
    expect([code, said]).toEqual([1, expect.stringContaining(reason)]);
    expect(said).toContain(`host ${url.hostname}, port ${url.port}, database ${url.pathname.slice(1)}`);
    expect(said).not.toContain(url.password);
    expect(said).not.toMatch(/\bat .+:\d+:\d+/);
  }
});

test('says in one sentence that its port is taken, and ends', async ({ start }) => {
  const other = net.createServer().listen(0);
  await once(other, 'listening');
  const { port } = other.address() as net.AddressInfo;
  const { code, said } = await start({ PORT: String(port) }, 'start');
  other.close();
  expect(code).toBe(1);
  expect(said).toBe(
    `Port ${port} is already in use: stop the program that uses it, or choose another port with "PORT=${port + 1} npm start".\n`,
  );
});

test('refuses a port that is none', async ({ start }) => {
  for (const port of ['0', '70000', 'x', '-1', '3000.5']) {
    const { code, said } = await start({ PORT: port }, 'start');
    expect([code, said]).toEqual([1, `PORT must be a number from 1 to 65535, not "${port}".\n`]);
  }
});
