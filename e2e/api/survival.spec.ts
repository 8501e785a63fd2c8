import path from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import postgres from 'postgres';
import { bearer, Client } from '../fixtures/http-client';
import { type SeparateApp, startSeparateApp } from '../fixtures/separate-app';
import { expectProblem, seconds } from '../fixtures/shapes';
import { databaseOnSmallDisk } from '../fixtures/small-disk';
import { newestCode, requestCode, signIn, verify } from '../fixtures/sign-in';
import { createDatabase } from '../stack/databases';
import { expect, test } from '../fixtures/test';

// What the machine under a server can do to it: end it at any point, run out of room, show it a wrong time.

test.describe.configure({ mode: 'default', timeout: 120_000 });

const open = (url: string) => postgres(url, { max: 2, onnotice: () => undefined });

/** Ends the server the hard way, whatever it is doing. */
function killNow(app: SeparateApp): void {
  process.kill(-app.pid, 'SIGKILL');
}

test('a server killed in the middle of a sign-in leaves it done, or the code still good', async ({
  newPhone,
  newAddress,
}) => {
  const app = await startSeparateApp({});
  const sql = open(app.databaseUrl);
  const people = await Promise.all(
    Array.from({ length: 24 }, async (_, nth) => {
      const client = new Client(app.url, newAddress());
      const phone = newPhone();
      return { nth, client, phone, code: (await requestCode(client, phone)).code };
    }),
  );
  // Each begins a little later than the one before. When some are done, the others are met at every point, and one is just on its way.
  let done = 0;
  const begin = async ({ client, phone, code }: (typeof people)[number]) => {
    const answer = await verify(client, phone, code).catch(() => null);
    done += answer ? 1 : 0;
    return answer;
  };
  const asked = people.slice(0, -1).map((person) => pause(person.nth * 12).then(() => begin(person)));
  await expect.poll(() => done, { intervals: [5] }).toBeGreaterThanOrEqual(4);
  asked.push(begin(people.at(-1)!));
  killNow(app);
  const heard = await Promise.all(asked);
  const next = await startSeparateApp({ DATABASE_URL: app.databaseUrl });
  const outcomes = await Promise.all(
    people.map(async ({ nth, client, phone, code }) => {
      client.close();
      const later = new Client(next.url, newAddress());
      const again = await verify(later, phone, code);
      later.close();
      const [row] = await sql<{ consumed: boolean; sessions: number; attempts: number }[]>`
        select consumed_at is not null as consumed, attempts,
          (select count(*)::int from sessions s join users u on u.id = s.user_id where u.phone = c.phone) as sessions
        from otp_challenges c where phone = ${phone}`;
      // One session, whether the first try made it or the second; never a code that is spent for nothing.
      expect(row).toMatchObject({ consumed: true, sessions: 1 });
      expect(row?.attempts).toBeLessThanOrEqual(2);
      if (heard[nth]?.status === 200) expectProblem(again, 'code_expired');
      return again.status === 200 ? `code still good after ${row?.attempts} tries` : 'signed in';
    }),
  );
  console.log(`killed: ${outcomes.join(', ')}`);
  expect(new Set(outcomes)).toContain('signed in');
  expect(outcomes.at(-1)).toBe('code still good after 1 tries');
  await sql.end();
  await next.stop();
});

test('a server killed between counting a try and signing in has not spent the code', async ({
  newPhone,
  newAddress,
}) => {
  const app = await startSeparateApp({});
  const sql = open(app.databaseUrl);
  const client = new Client(app.url, newAddress());
  const phone = newPhone();
  const { code } = await requestCode(client, phone);
  // The try is counted in a statement of its own; the sign-in then waits for this lock.
  const held = sql.reserve().then(async (line) => {
    await line`begin`;
    await line`lock table refresh_tokens in access exclusive mode`;
    return line;
  });
  const line = await held;
  const answer = verify(client, phone, code).catch(() => null);
  await expect
    .poll(
      async () =>
        (await sql`select 1 from pg_stat_activity where wait_event_type = 'Lock' and application_name = 'latchkey'`)
          .length,
    )
    .toBeGreaterThan(0);
  const [counted] = await sql<{ attempts: number; consumed_at: Date | null }[]>`
    select attempts, consumed_at from otp_challenges where phone = ${phone}`;
  expect(counted).toEqual({ attempts: 1, consumed_at: null });
  killNow(app);
  await answer;
  // The server's machine is gone, and with it its connections.
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'latchkey' and datname = current_database()`;
  await line`rollback`;
  line.release();
  const next = await startSeparateApp({ DATABASE_URL: app.databaseUrl });
  const later = new Client(next.url, newAddress());
  expect((await verify(later, phone, code)).status).toBe(200);
  expect(await sql`select 1 from sessions`).toHaveLength(1);
  for (const each of [client, later]) each.close();
  await sql.end();
  await next.stop();
});

test('a database that does nothing costs an answer within three seconds, and no connection for good', async ({
  newPhone,
  newAddress,
}) => {
  const app = await startSeparateApp({ DATABASE_POOL_MAX: '3' });
  const sql = open(app.databaseUrl);
  const client = new Client(app.url, newAddress());
  const { tokens } = await signIn(client, newPhone());
  const line = await sql.reserve();
  await line`begin`;
  await line`lock table sessions, otp_challenges in access exclusive mode`;
  const refused = newPhone();
  const clients = Array.from({ length: 20 }, () => new Client(app.url, newAddress()));
  const calls = clients.flatMap((each, nth) => [
    () => each.get('/api/me', { headers: bearer(tokens.access) }),
    () => each.post('/api/auth/send-otp', { phone: nth === 0 ? refused : newPhone() }),
    () => each.post('/api/auth/verify-otp', { phone: newPhone(), otp: '123456' }),
  ]);
  const times = await Promise.all(
    calls.map(async (call) => {
      const began = performance.now();
      expectProblem(await call(), 'service_unavailable', { retry_after_seconds: seconds(1, 60) });
      return performance.now() - began;
    }),
  );
  console.log(`${times.length} at once: the last was told after ${Math.max(...times).toFixed(0)} ms`);
  expect(Math.max(...times)).toBeLessThan(3_000);
  expect(await sql`select 1 from inbox_messages`).toHaveLength(1);
  await line`rollback`;
  line.release();
  await expect.poll(async () => (await client.get('/api/me', { headers: bearer(tokens.access) })).status).toBe(200);
  // Who was told to come back may: what could not be sent has started no cool-down.
  const fresh = new Client(app.url, newAddress());
  expect(await signIn(fresh, refused)).toMatchObject({ created: true });
  for (const each of [client, fresh, ...clients]) each.close();
  await sql.end();
  await app.stop();
});

test('a full disk means 503 and no message, and once there is room all works again, with the codes that were sent', async ({
  newPhone,
  newAddress,
}) => {
  const disk = await databaseOnSmallDisk();
  const app = await startSeparateApp({ DATABASE_URL: disk.url });
  const client = new Client(app.url, newAddress());
  const before = newPhone();
  const { code } = await requestCode(client, before);
  await disk.fill();
  const asked = Array.from({ length: 120 }, () => ({ client: new Client(app.url, newAddress()), phone: newPhone() }));
  const answers = await Promise.all(
    asked.map(async ({ client: each, phone }) => ({ phone, answer: await each.post('/api/auth/send-otp', { phone }) })),
  );
  const refused = answers.filter(({ answer }) => answer.status !== 200);
  expect(refused.length).toBeGreaterThan(0);
  for (const { answer } of refused)
    expectProblem(answer, 'service_unavailable', { retry_after_seconds: seconds(1, 60) });
  expect(() => process.kill(app.pid, 0)).not.toThrow();
  await disk.free();
  await expect.poll(async () => (await client.get('/api/health')).status, { timeout: 15_000 }).toBe(200);
  const written = new Set(
    (await disk.sql<{ phone: string }[]>`select phone from inbox_messages`).map(({ phone }) => phone),
  );
  for (const { phone, answer } of answers) expect([phone, written.has(phone)]).toEqual([phone, answer.status === 200]);
  expect((await verify(client, before, code)).status).toBe(200);
  // Asked for again at once: what failed cost no waiting.
  const [first] = refused;
  const other = new Client(app.url, newAddress());
  expect((await other.post('/api/auth/send-otp', { phone: first!.phone })).status).toBe(200);
  expect((await verify(other, first!.phone, await newestCode(other, first!.phone))).status).toBe(200);
  expect(app.log()).not.toMatch(/unhandled|uncaught/i);
  for (const { phone } of answers) expect(app.log()).not.toContain(phone.slice(1));
  for (const each of [client, other, ...asked.map((one) => one.client)]) each.close();
  await app.stop();
  await disk.stop();
});

test('a server whose clock is wrong signs people in, takes the others’ tokens, and counts lives by the database’s clock', async ({
  newPhone,
  newAddress,
}) => {
  const right = await startSeparateApp({});
  const wrongBy = (shift: number) => {
    const shim = pathToFileURL(path.resolve('e2e/stack/shifted-clock.mjs')).href;
    const machine = { NODE_OPTIONS: `--import ${shim}`, CLOCK_SHIFT_SECONDS: String(shift) };
    return startSeparateApp({ DATABASE_URL: right.databaseUrl, APP_URL: right.url }, { machine });
  };
  const [ahead, behind] = await Promise.all([wrongBy(10 * 60), wrongBy(-10 * 60)]);
  const clients = [right, ahead, behind].map((app) => new Client(app.url, newAddress()));
  const sql = open(right.databaseUrl);
  for (const asking of clients) {
    for (const answering of clients) {
      const phone = newPhone();
      const { code } = await requestCode(asking, phone);
      const answer = await verify(answering, phone, code);
      expect(answer.status, answer.text).toBe(200);
      const { access } = answer.json<{ tokens: { access: string } }>().tokens;
      for (const each of clients) {
        const me = await each.get('/api/me', { headers: bearer(access) });
        // Ten minutes each way: a token of one that is behind has five of its fifteen left on one that is right, and none on one ahead.
        if (answering === clients[2] && each === clients[1]) expectProblem(me, 'token_expired');
        else expect(me.json()).toMatchObject({ phone });
      }
    }
  }
  // A code ends when the database says so, however late or early it is on the machine that is asked.
  const expired = newPhone();
  const { code } = await requestCode(clients[0]!, expired);
  await sql`update otp_challenges set expires_at = now() - interval '1 second' where phone = ${expired}`;
  for (const each of clients) expectProblem(await verify(each, expired, code), 'code_expired');
  expect(ahead.log()).not.toMatch(/unhandled|uncaught/i);
  for (const each of clients) each.close();
  await sql.end();
  await Promise.all([right, ahead, behind].map((app) => app.stop()));
});

test('three servers that start at once on an empty database migrate it once, and all serve', async ({
  run,
  newPhone,
  newAddress,
}) => {
  const databaseUrl = await createDatabase(run.postgresUrl);
  const apps = await Promise.all([1, 2, 3].map(() => startSeparateApp({ DATABASE_URL: databaseUrl })));
  const sql = open(databaseUrl);
  const applied = await sql<{ hash: string }[]>`select hash from drizzle.__drizzle_migrations`;
  expect(new Set(applied.map(({ hash }) => hash)).size).toBe(applied.length);
  expect(applied.length).toBeGreaterThan(4);
  const clients = apps.map((app) => new Client(app.url, newAddress()));
  const phone = newPhone();
  const { code } = await requestCode(clients[0]!, phone);
  const answers = await Promise.all(clients.map((each) => verify(each, phone, code)));
  expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
  for (const each of clients) each.close();
  await sql.end();
  await Promise.all(apps.map((app) => app.stop()));
});
