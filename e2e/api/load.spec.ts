import postgres from 'postgres';
import { bearer, Client } from '../fixtures/http-client';
import { patientPeople } from '../fixtures/insist';
import { type SeparateApp, startSeparateApp } from '../fixtures/separate-app';
import { signIn } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const PEOPLE = 1_000;
const IN_FLIGHT = 64;
/** More than may wait for a hash (`argon2QueuePolicy`). */
const CROWD = 320;
/** How much slower than on an idle server other people's requests may be while it is busy. */
const SLOWER_BY = 60;

// One after the other: each wants the whole machine.
test.describe.configure({ mode: 'default', timeout: 300_000 });

type Person = { phone: string; address: string };

/** Asks for a code, reads it where it arrived, and signs in; comes back whenever it is told to. */
async function signInPatiently(
  app: SeparateApp,
  sql: postgres.Sql,
  { phone, address }: Person,
  insist: ReturnType<typeof patientPeople>['insist'],
): Promise<void> {
  const client = new Client(app.url, address);
  const sent = await insist(() => client.post('/api/auth/send-otp', { phone }));
  expect(sent.status, sent.text).toBe(200);
  const [message] = await sql<{ text: string }[]>`select text from inbox_messages where phone = ${phone}`;
  const otp = /code is: (\d{6})/.exec(message?.text ?? '')?.[1] ?? '';
  const signedIn = await insist(() => client.post('/api/auth/verify-otp', { phone, otp }));
  expect(signedIn.status, signedIn.text).toBe(200);
  expect(signedIn.json()).toMatchObject({ created: true, user: { phone } });
  client.close();
}

/** What there is of all these people. */
async function madeFor(sql: postgres.Sql, people: Person[]): Promise<Record<string, number> | undefined> {
  const phones = people.map(({ phone }) => phone);
  const [counts] = await sql<Record<string, number>[]>`
    select
      (select count(*)::int from users where phone = any(${phones})) as users,
      (select count(*)::int from sessions s join users u on u.id = s.user_id where u.phone = any(${phones})) as sessions,
      (select count(*)::int from inbox_messages where phone = any(${phones})) as messages,
      (select count(distinct phone)::int from inbox_messages where phone = any(${phones})) as numbers,
      (select count(*)::int from otp_challenges where phone = any(${phones}) and consumed_at is not null and attempts = 1) as codes,
      (select count(*)::int from audit_events e where event = 'session.created' and phone = any(${phones})) as noted`;
  return counts;
}

const oneEach = (people: number) => ({
  users: people,
  sessions: people,
  messages: people,
  numbers: people,
  codes: people,
  noted: people,
});

const median = (times: number[]) => [...times].sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;

test('a thousand sign-ins, sixty-four at a time, all succeed, at once or when they come back as told, and others hardly notice', async ({
  newPhone,
  newAddress,
}) => {
  const app = await startSeparateApp({});
  const sql = postgres(app.databaseUrl, { max: 4, onnotice: () => undefined });
  const watcher = new Client(app.url, newAddress());
  const headers = bearer((await signIn(watcher, newPhone())).tokens.access);
  const look = async () => {
    const began = performance.now();
    const answer = await watcher.get('/api/me', { headers });
    expect(answer.status).toBe(200);
    return performance.now() - began;
  };
  const idle: number[] = [];
  for (let n = 0; n < 40; n += 1) idle.push(await look());

  const { insist, refusals } = patientPeople(5);
  const people = Array.from({ length: PEOPLE }, () => ({ phone: newPhone(), address: newAddress() }));
  const waiting = [...people];
  const worker = async () => {
    for (let person = waiting.pop(); person; person = waiting.pop()) await signInPatiently(app, sql, person, insist);
  };
  const busy: number[] = [];
  let done = false;
  const began = performance.now();
  const watching = (async () => {
    while (!done) {
      busy.push(await look());
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  })();
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker)).finally(() => (done = true));
  const took = (performance.now() - began) / 1000;
  await watching;
  console.log(
    `${PEOPLE} sign-ins in ${took.toFixed(1)} s, told to come back: ${JSON.stringify(Object.fromEntries(refusals))}; GET /api/me idle ${median(idle).toFixed(1)} ms, busy ${median(busy).toFixed(1)} ms`,
  );
  expect(await madeFor(sql, people)).toEqual(oneEach(PEOPLE));
  expect(busy.length).toBeGreaterThan(50);
  expect(median(busy)).toBeLessThan(SLOWER_BY * Math.max(1, median(idle)));
  watcher.close();
  await sql.end();
  await app.stop();
});

test('a crowd that is too much for a server is told when to come back, and then everybody gets in, with one message each', async ({
  newPhone,
  newAddress,
}) => {
  // Two hashes at a time on any machine: two hundred wait for them, and the rest of the crowd has to come back.
  const app = await startSeparateApp({}, { UV_THREADPOOL_SIZE: '2' });
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
