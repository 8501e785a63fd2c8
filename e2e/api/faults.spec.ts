import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import postgres from 'postgres';
import { startEmbeddedPostgres } from '@/lib/db/embedded/start';
import { interruptibleLine } from '@/lib/db/testing/interruptible-line';
import { type Answer, bearer, Client } from '../fixtures/http-client';
import { madeFor, oneEach, patientPeople, signInPatiently } from '../fixtures/crowd';
import { startSeparateApp } from '../fixtures/separate-app';
import { createDatabase } from '../stack/databases';
import { expectProblem, seconds } from '../fixtures/shapes';
import {
  csrf,
  flowCookieOf,
  formOf,
  nextAuthSignIn,
  requestCode,
  signIn,
  verify,
  webSession,
  wizardStep,
} from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

/** More than may wait for a hash (`argon2QueuePolicy`). */
const CROWD = 260;

test.describe.configure({ mode: 'default', timeout: 90_000 });

test('without its database every call answers 503 within three seconds, the process lives, and all works again by itself', async ({
  newAddress,
  newPhone,
}) => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'latchkey-e2e-fault-'));
  fs.chmodSync(folder, 0o755);
  const dataDir = path.join(folder, 'postgres');
  let database = await startEmbeddedPostgres({ dataDir, durable: false });
  const app = await startSeparateApp({ DATABASE_URL: database.url });
  const client = new Client(app.url, newAddress());
  try {
    const { tokens } = await signIn(client, newPhone());
    const waiting = newPhone();
    const { code } = await requestCode(client, waiting);
    const headers = bearer(tokens.access);

    await database.stop();
    const phone = newPhone();
    const calls = {
      'send-otp': () => client.post('/api/auth/send-otp', { phone }),
      'send-otp, malformed': () => client.post('/api/auth/send-otp', {}),
      'verify-otp': () => verify(client, waiting, code),
      me: () => client.get('/api/me', { headers }),
      'change of profile': () => client.call('PATCH', '/api/me', { headers, json: { bio: 'x' } }),
      logout: () => client.post('/api/auth/logout', {}, headers),
      avatar: () => client.get('/api/avatars/01890a5d-ac96-774b-bcce-b302099a8057'),
    };
    for (const round of [1, 2]) {
      for (const [name, call] of Object.entries(calls)) {
        await test.step(`${name}, round ${round}`, async () => {
          const began = performance.now();
          const answer = await call();
          expect(performance.now() - began).toBeLessThan(3_000);
          expectProblem(answer, 'service_unavailable', { retry_after_seconds: seconds(1, 60) });
        });
      }
    }
    const health = await client.get('/api/health');
    expect(health.status).toBe(503);
    expect(health.json()).toEqual({ status: 'degraded', database: 'unavailable', version: expect.any(String) });
    expect((await client.get('/api/auth/health')).status).toBe(503);
    const together = await Promise.all(Array.from({ length: 30 }, () => client.get('/api/me', { headers })));
    expect(new Set(together.map(({ status }) => status))).toEqual(new Set([503]));
    expect((await client.get('/api/auth/session')).status).toBeLessThan(500);
    for (const page of ['/auth', '/dashboard'])
      expect((await client.get(page)).text).not.toMatch(/\bat .+:\d+:\d+|ECONNREFUSED/);

    database = await startEmbeddedPostgres({ dataDir, durable: false });
    await expect.poll(async () => (await client.get('/api/health')).status).toBe(200);
    expect((await client.get('/api/me', { headers })).status).toBe(200);
    // Asked for again at once: a code that could not be sent costs no waiting.
    await requestCode(client, phone);
    // And the code that was tried meanwhile has not been lost.
    expect((await verify(client, waiting, code)).status).toBe(200);
    expect(() => process.kill(app.pid, 0)).not.toThrow();
    expect(app.log()).not.toMatch(/unhandled|uncaught/i);
    for (const secret of [phone.slice(1), waiting.slice(1), code, new URL(database.url).password])
      expect(app.log()).not.toContain(secret);
  } finally {
    client.close();
    await app.stop();
    await database.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  }
});

test('a database that hangs costs nobody of a crowd more than three seconds, on whichever way in, and nothing is left of it', async ({
  run,
  newAddress,
  newPhone,
}) => {
  const databaseUrl = await createDatabase(run.postgresUrl);
  const line = await interruptibleLine(databaseUrl);
  const app = await startSeparateApp({ DATABASE_URL: line.url, DATABASE_POOL_MAX: '3' });
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  const client = new Client(app.url, newAddress());
  const { tokens } = await signIn(client, newPhone());
  const headers = bearer(tokens.access);
  const cookie = await webSession(client, newPhone());
  const started = await wizardStep(client, '/auth', '', { country: 'IN', phone: newPhone() });
  const flow = flowCookieOf(started) ?? '';
  const token = await csrf(client);
  const waiting = newPhone();
  const { code } = await requestCode(client, waiting);
  const postCode = await formOf(client, '/auth/code', flow, { otp: '123456' });
  const page = await client.get('/auth/code', { headers: { cookie: flow } });
  const [, action = ''] = /\\"id\\":\\"([0-9a-f]{42})\\"/.exec(page.text) ?? [];
  const api = {
    me: () => client.get('/api/me', { headers }),
    'send-otp': () => client.post('/api/auth/send-otp', { phone: newPhone() }),
    'verify-otp': () => verify(client, waiting, code),
    'change of profile': () => client.call('PATCH', '/api/me', { headers, json: { bio: 'x' } }),
    'a session of NextAuth': () => client.get('/api/auth/session', { headers: { cookie } }),
    'a sign-in by NextAuth': () => nextAuthSignIn(client, { phone: waiting, otp: code }, token),
    'a dialect': () => client.post('/api/users/send-otp/', { phone: newPhone() }),
  };
  const pages = {
    dashboard: () => client.get('/dashboard', { headers: { cookie } }),
    security: () => client.get('/dashboard/security', { headers: { cookie } }),
    'the code’s page': () => client.get('/auth/code', { headers: { cookie: flow } }),
    'a form without scripts': postCode,
    'an action': () =>
      client.call('POST', '/auth/code', {
        body: JSON.stringify([{ challengeId: '01890a5d-ac96-774b-bcce-b302099a8057', otp: '123456' }]),
        headers: { cookie: flow, origin: app.url, 'next-action': action, 'content-type': 'text/plain;charset=UTF-8' },
      }),
  };
  const ask = async ([name, call]: [string, () => Promise<Answer>]) => {
    const began = performance.now();
    const answer = await call();
    return { name, answer, took: performance.now() - began };
  };
  const messages = () => sql`select 1 from inbox_messages`;
  const sent = (await messages()).length;
  expect(action).not.toBe('');

  line.interrupt();
  const crowd = Array.from({ length: 9 }, () => Object.entries(api)).flat();
  const answers = await Promise.all([...crowd, ...Object.entries(pages)].map(ask));
  console.log(
    `${answers.length} at once: ${Math.min(...answers.map(({ took }) => took)).toFixed(0)} to ${Math.max(...answers.map(({ took }) => took)).toFixed(0)} ms`,
  );
  for (const { name, answer, took } of answers) {
    expect([name, answer.status, Number(answer.headers['retry-after']) > 0]).toEqual([name, 503, true]);
    expect(took, name).toBeLessThan(3_000);
    expect(answer.text).not.toMatch(/\bat .+:\d+:\d+|ETIMEDOUT|CONNECT/);
    if (name in api && name !== 'a dialect')
      expectProblem(answer, 'service_unavailable', { retry_after_seconds: seconds(1, 60) });
  }
  const health = await client.get('/api/health');
  expect(health.status).toBe(503);
  expect(await messages()).toHaveLength(sent);

  line.resume();
  await expect.poll(async () => (await client.get('/api/health')).status).toBe(200);
  for (const [name, call] of Object.entries({ me: api.me, session: api['a session of NextAuth'], ...pages }))
    expect([name, (await call()).status < 400]).toEqual([name, true]);
  expect((await verify(client, waiting, code)).status).toBe(200);
  const fresh = new Client(app.url, newAddress());
  expect(await signIn(fresh, newPhone())).toMatchObject({ created: true });
  // What was given up has left no connection behind.
  const open = () =>
    sql`select 1 from pg_stat_activity where datname = current_database() and application_name = 'latchkey'`;
  await expect.poll(async () => (await open()).length).toBeLessThanOrEqual(3);
  expect(app.log()).not.toMatch(/unhandled|uncaught/i);
  for (const each of [client, fresh]) each.close();
  await sql.end();
  await app.stop();
  line.close();
});

test('connections cut in the middle of work harm nobody', async ({ newAddress, newPhone }) => {
  const app = await startSeparateApp({});
  const admin = postgres(app.databaseUrl, { max: 1 });
  const cut = () =>
    admin`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`;
  const client = new Client(app.url, newAddress());
  const phones = Array.from({ length: 8 }, () => newPhone());
  const busy = phones.map((phone) => client.post('/api/auth/send-otp', { phone }));
  await cut();
  for (const answer of await Promise.all(busy)) {
    if (answer.status !== 200) expectProblem(answer, 'service_unavailable', { retry_after_seconds: seconds(1, 60) });
  }
  await expect.poll(async () => (await client.get('/api/health')).status).toBe(200);
  const other = new Client(app.url, newAddress());
  expect(await signIn(other, newPhone())).toMatchObject({ created: true });
  expect(app.log()).not.toMatch(/unhandled|uncaught/i);
  for (const each of [client, other]) each.close();
  await admin.end();
  await app.stop();
});

test('a crowd that is too much for a server is told when to come back, and then everybody gets in, with one message each', async ({
  newPhone,
  newAddress,
}) => {
  // Two hashes at a time on any machine: two hundred wait for them, and the rest of the crowd has to come back.
  const app = await startSeparateApp({}, { machine: { UV_THREADPOOL_SIZE: '2' } });
  const sql = postgres(app.databaseUrl, { max: 4, onnotice: () => undefined });
  const { insist, refusals } = patientPeople(5);
  const people = Array.from({ length: CROWD }, () => ({ phone: newPhone(), address: newAddress() }));
  const began = performance.now();
  await Promise.all(people.map((person) => signInPatiently(app, sql, person, insist)));
  const took = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`${CROWD} at once in ${took} s, told to come back: ${JSON.stringify(Object.fromEntries(refusals))}`);
  expect(refusals.get('overloaded')).toBeGreaterThan(0);
  expect(await madeFor(sql, people)).toEqual(oneEach(CROWD));
  expect(app.log()).not.toMatch(/unhandled|uncaught/i);
  await sql.end();
  await app.stop();
});
