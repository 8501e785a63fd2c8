import { AsyncResource } from 'node:async_hooks';
import { setTimeout as pause } from 'node:timers/promises';
import { type SQL, sql } from 'drizzle-orm';
import { afterAll, describe, it } from 'vitest';
import { inOwnTime } from '../request-context';
import { type Database, isDatabaseUnavailable, openDatabase } from './client';
import { testDatabase } from './testing/database';
import { interruptibleLine } from './testing/interruptible-line';

const { db: direct, url } = await testDatabase();
const { db: directToCrowded, url: crowded } = await testDatabase();

const poolBehindLine = async (to: string, maxConnections: number) => {
  const line = await interruptibleLine(to);
  const opened = openDatabase(line.url, maxConnections);
  afterAll(async () => {
    await opened.close();
    line.close();
  });
  return { ...opened, line };
};

const unavailable = (answer: PromiseSettledResult<unknown>) =>
  answer.status === 'rejected' && isDatabaseUnavailable(answer.reason);

const answers = (db: Database) =>
  db.execute(sql`select 1`).then(
    () => true,
    () => false,
  );

const connectionsOpen = async () =>
  (
    await directToCrowded.execute(sql`select from pg_stat_activity
      where datname = current_database() and application_name = 'latchkey' and pid <> pg_backend_pid()`)
  ).length;

// Side by side: they do little but wait.
describe.concurrent('openDatabase', () => {
  it('gives up on a server that does not answer, for running and waiting statements, and recovers by itself', async ({
    expect,
  }) => {
    const { db, line } = await poolBehindLine(url, 1);
    await db.execute(sql`select 1`);
    line.interrupt();
    const started = performance.now();
    const both = await Promise.allSettled([db.execute(sql`select 1`), db.execute(sql`select 2`)]);
    expect(performance.now() - started).toBeLessThan(3_000);
    expect(both.every(unavailable)).toBe(true);
    line.resume();
    await expect.poll(() => answers(db)).toBe(true);
  });

  it('lets no request of a crowd wait for a server that hangs longer than three seconds, whatever it tries, and loses no connection', async ({
    expect,
  }) => {
    const before = await connectionsOpen();
    const { db, line } = await poolBehindLine(crowded, 3);
    await Promise.all([1, 2, 3].map(() => db.execute(sql`select 1`)));
    line.interrupt();
    /** A request that tries to put something right after each of its failures. */
    const request = () =>
      inOwnTime(async () => {
        const began = performance.now();
        const tries: PromiseSettledResult<unknown>[] = [];
        for (let n = 0; n < 4; n += 1)
          tries.push(...(await Promise.allSettled([db.execute(sql`select ${n}::integer`)])));
        expect(tries.every(unavailable)).toBe(true);
        return performance.now() - began;
      });
    const crowd = Array.from({ length: 60 }, request);
    await pause(1_500);
    // Some come in the middle of it, when the connections are being given up and made anew.
    const times = await Promise.all([...crowd, ...Array.from({ length: 60 }, request)]);
    expect(Math.max(...times)).toBeLessThan(3_000);
    line.resume();
    await expect.poll(() => answers(db)).toBe(true);
    // All three serve again, at once, and there are no more than three.
    const began = performance.now();
    await Promise.all([1, 2, 3].map(() => db.execute(sql`select pg_sleep(0.4)`)));
    expect(performance.now() - began).toBeLessThan(1_000);
    await expect.poll(connectionsOpen).toBe(before + 3);
  });

  it('serves the request first that came to it first, and begins nothing for one that has no time left', async ({
    expect,
  }) => {
    const { db, close } = openDatabase(url, 1);
    await direct.execute(sql`create sequence begun`);
    /** Not when it is awaited, as Drizzle does it, but now. */
    const begun = (statement: SQL) => db.execute(statement).then((rows) => rows);
    const order: string[] = [];
    const ask = (name: string) => begun(sql`select 1`).then(() => order.push(name));
    const cameEarly = (name: string) => inOwnTime(() => AsyncResource.bind(() => ask(name)));
    // Whose headers are here, and who only now wants something, is the newest.
    const lateBody = cameEarly('late body');
    const first = cameEarly('first');
    await first();
    const busy = inOwnTime(() => begun(sql`select pg_sleep(0.3)`));
    const second = inOwnTime(() => ask('second'));
    await Promise.all([busy, second, lateBody(), first()]);
    expect(order).toEqual(['first', 'first', 'second', 'late body']);

    const long = [1, 2].map(() => inOwnTime(() => begun(sql`select pg_sleep(0.6)`)));
    const late = await Promise.allSettled([inOwnTime(() => begun(sql`select nextval('begun')`))]);
    expect(late.every(unavailable)).toBe(true);
    // The line moved meanwhile, and whoever reads the log is told so.
    expect(late).toEqual([
      expect.objectContaining({
        reason: expect.objectContaining({ cause: expect.objectContaining({ code: 'POOL_BUSY' }) }),
      }),
    ]);
    await Promise.all(long);
    expect(await direct.execute(sql`select is_called from begun`)).toEqual([{ is_called: false }]);
    await close();
  });

  it('under lasting overload refuses whole requests: whose first statement was done, the rest are', async ({
    expect,
  }) => {
    const { db, close } = openDatabase(url, 1);
    await db.execute(sql`select 1`);
    const request = () =>
      inOwnTime(async () => {
        for (let done = 0; done < 4; done += 1) {
          const [answer] = await Promise.allSettled([db.execute(sql`select pg_sleep(0.04)`)]);
          if (unavailable(answer)) return done;
        }
        return 4;
      });
    const crowd: Promise<number>[] = [];
    // Some three times what one connection can do, for longer than anybody waits.
    for (let n = 0; n < 60; n += 1) {
      crowd.push(request());
      await pause(50);
    }
    const done = new Set(await Promise.all(crowd));
    expect([...done].sort()).toEqual([0, 4]);
    await close();
  });

  it('does without a server that keeps no time limit of its own, as behind a pooler', async ({ expect }) => {
    const patient = new URL(url);
    patient.searchParams.set('prepare', 'false');
    const { db, close } = openDatabase(patient.href, 1);
    const began = performance.now();
    const [answer] = await Promise.allSettled([db.execute(sql`select pg_sleep(10)`)]);
    expect(unavailable(answer)).toBe(true);
    expect(await db.execute(sql`select 1 as one`)).toEqual([{ one: 1 }]);
    expect(performance.now() - began).toBeLessThan(4_000);
    await close();
  });

  it('keeps statements prepared, whoever writes them', async ({ expect }) => {
    const { db, close } = openDatabase(url, 1);
    await db.execute(sql`select ${'x'}::text as written_by_hand`);
    const kept = await db.execute(sql`select from pg_prepared_statements where statement like '%written_by_hand%'`);
    expect(kept).toHaveLength(1);
    await close();
  });

  it('ends a statement that runs too long', async ({ expect }) => {
    const { db, close } = openDatabase(url, 1);
    const failed = await db.execute(sql`select pg_sleep(10)`).catch((error: unknown) => error);
    expect(isDatabaseUnavailable(failed)).toBe(true);
    await close();
  });

  it('tells a fault in a statement from a database that is away', async ({ expect }) => {
    const { db, close } = openDatabase(url, 1);
    const failed = await db.execute(sql`select nonsense`).catch((error: unknown) => error);
    expect(isDatabaseUnavailable(failed)).toBe(false);
    await close();
  });
});
