import postgres from 'postgres';
import { bearer, Client } from '../fixtures/http-client';
import { madeFor, oneEach, patientPeople, signInPatiently } from '../fixtures/crowd';
import { startSeparateApp } from '../fixtures/separate-app';
import { signIn } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const PEOPLE = 1_000;
const IN_FLIGHT = 64;
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
