import postgres from 'postgres';
import { type Answer, bearer, Client } from '../fixtures/http-client';
import { startSeparateApp } from '../fixtures/separate-app';
import { expectProblem, seconds } from '../fixtures/shapes';
import { signIn } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const PEOPLE = 1_000;
const IN_FLIGHT = 64;
const MOST_TRIES = 5;
/** How much slower than on an idle server other people's requests may be while it is busy. */
const SLOWER_BY = 60;

test.setTimeout(300_000);

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

  let refusals = 0;
  /** Asks until it is not told to come back later. */
  const insist = async (ask: () => Promise<Answer>): Promise<Answer> => {
    for (let tries = 1; ; tries += 1) {
      const answer = await ask();
      if (answer.status === 200 || tries === MOST_TRIES) return answer;
      refusals += 1;
      expectProblem(answer, answer.status === 429 ? 'too_many_requests' : 'overloaded', {
        retry_after_seconds: seconds(1, 5),
      });
      await new Promise((resolve) => setTimeout(resolve, Number(answer.headers['retry-after']) * 1000));
    }
  };
  const people = Array.from({ length: PEOPLE }, () => ({ phone: newPhone(), address: newAddress() }));
  const waiting = [...people];
  const worker = async () => {
    for (let person = waiting.pop(); person; person = waiting.pop()) {
      const { phone, address } = person;
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
    `${PEOPLE} sign-ins in ${took.toFixed(1)} s, ${refusals} told to come back; GET /api/me idle ${median(idle).toFixed(1)} ms, busy ${median(busy).toFixed(1)} ms`,
  );
  const phones = people.map(({ phone }) => phone);
  const [counts] = await sql<Record<string, number>[]>`
    select
      (select count(*)::int from users where phone = any(${phones})) as users,
      (select count(*)::int from sessions s join users u on u.id = s.user_id where u.phone = any(${phones})) as sessions,
      (select count(*)::int from inbox_messages where phone = any(${phones})) as messages,
      (select count(distinct phone)::int from inbox_messages where phone = any(${phones})) as numbers,
      (select count(*)::int from otp_challenges where phone = any(${phones}) and consumed_at is not null and attempts = 1) as codes,
      (select count(*)::int from audit_events e where event = 'session.created' and phone = any(${phones})) as noted`;
  expect(counts).toEqual({
    users: PEOPLE,
    sessions: PEOPLE,
    messages: PEOPLE,
    numbers: PEOPLE,
    codes: PEOPLE,
    noted: PEOPLE,
  });
  expect(busy.length).toBeGreaterThan(50);
  expect(median(busy)).toBeLessThan(SLOWER_BY * Math.max(1, median(idle)));
  watcher.close();
  await sql.end();
  await app.stop();
});
