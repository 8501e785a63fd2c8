import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { newId } from '../random';
import { type Bucket, giveBackPlaces, takePlaces as take, type Taken } from './rate-limit';

const { db } = await testDatabase();
/** Null when there was room. */
const tryTo = async (buckets: Bucket[]) => (await take(db, buckets)).limited;
const bucket = (places: number, windowSeconds = 600) => ({ key: `test:${newId()}`, policy: { places, windowSeconds } });
const age = (key: string, seconds: number) =>
  db.execute(
    sql`update rate_limits set hits = array(select h - make_interval(secs => ${seconds}) from unnest(hits) h) where bucket = ${key}`,
  );
const placesTaken = async (key: string) =>
  (
    await db.execute<{ n: number }>(
      sql`select coalesce(sum(c), 0)::int as n from rate_limits, unnest(counts) c where bucket = ${key}`,
    )
  )[0]?.n;

describe('takePlaces', () => {
  it('gives exactly as many places as the window has, and says how long to wait for the next', async () => {
    const five = bucket(5);
    for (let i = 0; i < 5; i++) expect(await tryTo([five])).toBeNull();
    const refusal = await tryTo([five]);
    expect(refusal?.bucket.key).toBe(five.key);
    expect(refusal?.retryAfterSeconds).toBeGreaterThan(595);
    expect(refusal?.retryAfterSeconds).toBeLessThanOrEqual(600);
  });

  it('gives exactly as many places to simultaneous callers', async () => {
    const five = bucket(5);
    const answers = await Promise.all(Array.from({ length: 50 }, () => tryTo([five])));
    expect(answers.filter((answer) => answer === null)).toHaveLength(5);
  });

  it('slides: a full burst at the end of one window leaves nothing at the start of the next', async () => {
    const five = bucket(5);
    for (let i = 0; i < 5; i++) await tryTo([five]);
    await age(five.key, 599);
    expect(await tryTo([five])).not.toBeNull();
    await age(five.key, 2);
    for (let i = 0; i < 5; i++) expect(await tryTo([five])).toBeNull();
    expect(await tryTo([five])).not.toBeNull();
  });

  it('goes on limiting after the window has turned over many times', async () => {
    const two = bucket(2, 60);
    for (let round = 0; round < 5; round++) {
      expect(await tryTo([two])).toBeNull();
      expect(await tryTo([two])).toBeNull();
      expect(await tryTo([two])).not.toBeNull();
      await age(two.key, 61);
    }
  });

  it('takes nothing anywhere when one of several buckets is full', async () => {
    const [roomy, full] = [bucket(5), bucket(1)];
    await tryTo([full]);
    const refusal = await tryTo([roomy, full]);
    expect(refusal?.bucket.key).toBe(full.key);
    expect(await placesTaken(roomy.key)).toBe(0);
  });

  it('does not lengthen the wait of those who keep asking', async () => {
    const one = bucket(1, 60);
    await tryTo([one]);
    await age(one.key, 50);
    for (let i = 0; i < 20; i++) await tryTo([one]);
    expect((await tryTo([one]))?.retryAfterSeconds).toBeLessThanOrEqual(10);
  });

  it('keeps a large window small: its row does not grow with its places', async () => {
    const large = bucket(5_000, 3600);
    for (let i = 0; i < 300; i++) await tryTo([large]);
    const [row] = await db.execute<{ n: number }>(
      sql`select cardinality(hits) as n from rate_limits where bucket = ${large.key}`,
    );
    expect(row?.n).toBeLessThanOrEqual(2);
    expect(await placesTaken(large.key)).toBe(300);
  });

  it('never gives a place of a large window away too early', async () => {
    const large = bucket(100, 600);
    for (let i = 0; i < 100; i++) await tryTo([large]);
    await age(large.key, 599);
    expect(await tryTo([large])).not.toBeNull();
    await age(large.key, 1);
    expect(await tryTo([large])).toBeNull();
  });

  it('keeps keys with quotes, commas and braces apart', async () => {
    const odd = { key: `test:"a",{b}\\${newId()}`, policy: { places: 1, windowSeconds: 60 } };
    expect(await tryTo([odd])).toBeNull();
    expect((await tryTo([odd]))?.bucket.key).toBe(odd.key);
  });
});

describe('giveBackPlaces', () => {
  const taken = async (...buckets: Bucket[]): Promise<Taken> => {
    const result = await take(db, buckets);
    if (result.limited) throw new Error('no room');
    return result;
  };

  it('makes room for exactly one again, in exact and in large windows', async () => {
    for (const places of [1, 100]) {
      const window = bucket(places);
      for (let i = 1; i < places; i++) await tryTo([window]);
      await giveBackPlaces(db, await taken(window));
      expect(await tryTo([window])).toBeNull();
      expect(await tryTo([window])).not.toBeNull();
    }
  });

  it('gives back the caller’s own place, not one that another took since', async () => {
    const window = bucket(2);
    const mine = await taken(window);
    const theirs = await taken(window);
    await giveBackPlaces(db, mine);
    const [row] = await db.execute<{ same: boolean }>(
      sql`select hits = array[${theirs.takenAt}::text::timestamptz] as same from rate_limits where bucket = ${window.key}`,
    );
    expect(row?.same).toBe(true);
  });

  it('takes nothing from others when the caller’s place has left the window, or is given back twice', async () => {
    const window = bucket(1, 60);
    const mine = await taken(window);
    await age(window.key, 61);
    await taken(window);
    await giveBackPlaces(db, mine);
    await giveBackPlaces(db, mine);
    expect(await tryTo([window])).not.toBeNull();
  });

  it('makes no room in a bucket that is not there, and no row of it', async () => {
    const window = bucket(1);
    await giveBackPlaces(db, { buckets: [window], takenAt: '2026-01-01 00:00:00+00' });
    expect(await db.execute(sql`select 1 from rate_limits where bucket = ${window.key}`)).toHaveLength(0);
    expect(await tryTo([window])).toBeNull();
    expect(await tryTo([window])).not.toBeNull();
  });
});
