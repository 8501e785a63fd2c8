import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { newId } from '../random';
import { giveBackPlaces, takePlaces } from './rate-limit';

const { db } = await testDatabase();
const bucket = (places: number, windowSeconds = 600) => ({ key: `test:${newId()}`, policy: { places, windowSeconds } });
const age = (key: string, seconds: number) =>
  db.execute(
    sql`update rate_limits set hits = array(select h - make_interval(secs => ${seconds}) from unnest(hits) h) where bucket = ${key}`,
  );
const taken = async (key: string) =>
  (
    await db.execute<{ n: number }>(
      sql`select coalesce(sum(c), 0)::int as n from rate_limits, unnest(counts) c where bucket = ${key}`,
    )
  )[0]?.n;

describe('takePlaces', () => {
  it('gives exactly as many places as the window has, and says how long to wait for the next', async () => {
    const five = bucket(5);
    for (let i = 0; i < 5; i++) expect(await takePlaces(db, [five])).toBeNull();
    const refusal = await takePlaces(db, [five]);
    expect(refusal?.bucket.key).toBe(five.key);
    expect(refusal?.retryAfterSeconds).toBeGreaterThan(595);
    expect(refusal?.retryAfterSeconds).toBeLessThanOrEqual(600);
  });

  it('gives exactly as many places to simultaneous callers', async () => {
    const five = bucket(5);
    const answers = await Promise.all(Array.from({ length: 50 }, () => takePlaces(db, [five])));
    expect(answers.filter((answer) => answer === null)).toHaveLength(5);
  });

  it('slides: a full burst at the end of one window leaves nothing at the start of the next', async () => {
    const five = bucket(5);
    for (let i = 0; i < 5; i++) await takePlaces(db, [five]);
    await age(five.key, 599);
    expect(await takePlaces(db, [five])).not.toBeNull();
    await age(five.key, 2);
    for (let i = 0; i < 5; i++) expect(await takePlaces(db, [five])).toBeNull();
    expect(await takePlaces(db, [five])).not.toBeNull();
  });

  it('goes on limiting after the window has turned over many times', async () => {
    const two = bucket(2, 60);
    for (let round = 0; round < 5; round++) {
      expect(await takePlaces(db, [two])).toBeNull();
      expect(await takePlaces(db, [two])).toBeNull();
      expect(await takePlaces(db, [two])).not.toBeNull();
      await age(two.key, 61);
    }
  });

  it('takes nothing anywhere when one of several buckets is full', async () => {
    const [roomy, full] = [bucket(5), bucket(1)];
    await takePlaces(db, [full]);
    const refusal = await takePlaces(db, [roomy, full]);
    expect(refusal?.bucket.key).toBe(full.key);
    expect(await taken(roomy.key)).toBe(0);
  });

  it('does not lengthen the wait of those who keep asking', async () => {
    const one = bucket(1, 60);
    await takePlaces(db, [one]);
    await age(one.key, 50);
    for (let i = 0; i < 20; i++) await takePlaces(db, [one]);
    expect((await takePlaces(db, [one]))?.retryAfterSeconds).toBeLessThanOrEqual(10);
  });

  it('keeps a large window small: its row does not grow with its places', async () => {
    const large = bucket(5_000, 3600);
    for (let i = 0; i < 300; i++) await takePlaces(db, [large]);
    const [row] = await db.execute<{ n: number }>(
      sql`select cardinality(hits) as n from rate_limits where bucket = ${large.key}`,
    );
    expect(row?.n).toBeLessThanOrEqual(2);
    expect(await taken(large.key)).toBe(300);
  });

  it('never gives a place of a large window away too early', async () => {
    const large = bucket(100, 600);
    for (let i = 0; i < 100; i++) await takePlaces(db, [large]);
    await age(large.key, 599);
    expect(await takePlaces(db, [large])).not.toBeNull();
    await age(large.key, 1);
    expect(await takePlaces(db, [large])).toBeNull();
  });

  it('keeps keys with quotes, commas and braces apart', async () => {
    const odd = { key: `test:"a",{b}\\${newId()}`, policy: { places: 1, windowSeconds: 60 } };
    expect(await takePlaces(db, [odd])).toBeNull();
    expect((await takePlaces(db, [odd]))?.bucket.key).toBe(odd.key);
  });
});

describe('giveBackPlaces', () => {
  it('makes room for exactly one again, in exact and in large windows', async () => {
    for (const places of [1, 100]) {
      const window = bucket(places);
      for (let i = 0; i < places; i++) await takePlaces(db, [window]);
      await giveBackPlaces(db, [window]);
      expect(await takePlaces(db, [window])).toBeNull();
      expect(await takePlaces(db, [window])).not.toBeNull();
    }
  });

  it('does nothing to an empty or unknown bucket', async () => {
    const window = bucket(1);
    await giveBackPlaces(db, [window]);
    expect(await takePlaces(db, [window])).toBeNull();
    await giveBackPlaces(db, [window]);
    await giveBackPlaces(db, [window]);
    expect(await takePlaces(db, [window])).toBeNull();
    expect(await takePlaces(db, [window])).not.toBeNull();
  });
});
