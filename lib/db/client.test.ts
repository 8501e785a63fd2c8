import net from 'node:net';
import { sql } from 'drizzle-orm';
import { afterAll, describe, expect, it } from 'vitest';
import { isDatabaseUnavailable, openDatabase } from './client';
import { testDatabase } from './testing/database';

const { url } = await testDatabase();

/** A line to the database that can be cut off without closing: what a frozen server or a lost network looks like. */
async function interruptibleLine(): Promise<{ url: string; interrupt(): void; resume(): void }> {
  const target = new URL(url);
  const sockets: net.Socket[] = [];
  const line = net.createServer((client) => {
    const server = net.connect(Number(target.port), target.hostname);
    sockets.push(client, server);
    client.pipe(server).pipe(client);
    for (const socket of [client, server]) socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => line.listen(0, '127.0.0.1', resolve));
  afterAll(() => {
    for (const socket of sockets) socket.destroy();
    line.close();
  });
  const through = new URL(url);
  through.port = String((line.address() as net.AddressInfo).port);
  const all = (what: 'pause' | 'resume') => () => sockets.forEach((socket) => socket[what]());
  return { url: through.href, interrupt: all('pause'), resume: all('resume') };
}

describe('openDatabase', () => {
  it('gives up on a server that does not answer, for running and waiting statements, and recovers by itself', async () => {
    const line = await interruptibleLine();
    const { db, close } = openDatabase(line.url, 1);
    await db.execute(sql`select 1`);
    line.interrupt();
    const started = performance.now();
    const answers = await Promise.allSettled([db.execute(sql`select 1`), db.execute(sql`select 2`)]);
    expect(performance.now() - started).toBeLessThan(3_000);
    for (const answer of answers) {
      expect(answer.status === 'rejected' && isDatabaseUnavailable(answer.reason)).toBe(true);
    }
    line.resume();
    await expect
      .poll(() =>
        db.execute(sql`select 1`).then(
          () => 'answers',
          () => 'not yet',
        ),
      )
      .toBe('answers');
    await close();
  });

  it('ends a statement that runs too long', async () => {
    const { db, close } = openDatabase(url, 1);
    const failed = await db.execute(sql`select pg_sleep(10)`).catch((error: unknown) => error);
    expect(isDatabaseUnavailable(failed)).toBe(true);
    await close();
  });

  it('tells a fault in a statement from a database that is away', async () => {
    const { db, close } = openDatabase(url, 1);
    const failed = await db.execute(sql`select nonsense`).catch((error: unknown) => error);
    expect(isDatabaseUnavailable(failed)).toBe(false);
    await close();
  });
});
