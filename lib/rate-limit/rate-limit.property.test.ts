import { sql } from 'drizzle-orm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { newId } from '../random';
import { giveBackPlaces, takePlaces, type Taken } from './rate-limit';

const { db } = await testDatabase();

/** What may be done to one window: ask for a place, let time pass, give the newest place back. */
const step = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ kind: 'take' } as const) },
  { weight: 2, arbitrary: fc.integer({ min: 1, max: 90 }).map((seconds) => ({ kind: 'wait', seconds }) as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'giveBack' } as const) },
);

/** Whole seconds that pass in the model are made to pass in the database by moving what is stored into the past. */
const letPass = (key: string, seconds: number) =>
  db.execute(sql`
    update rate_limits set hits = array(select h - make_interval(secs => ${seconds}) from unnest(hits) with ordinality as t (h, n) order by n)
    where bucket = ${key}`);

describe('a window in PostgreSQL', () => {
  it('gives and refuses as a list of times does, over any course of asking, waiting and giving back', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 6 }),
        fc.constantFrom(30, 60, 100),
        fc.array(step, { minLength: 1, maxLength: 25 }),
        async (places, windowSeconds, steps) => {
          const bucket = { key: `model:${newId()}`, policy: { places, windowSeconds } };
          // The model: when each place was taken, by a clock that only these steps move.
          let now = 0;
          let taken: { at: number; receipt: Omit<Taken, 'limited'> }[] = [];
          for (const each of steps) {
            if (each.kind === 'wait') {
              now += each.seconds;
              await letPass(bucket.key, each.seconds);
              continue;
            }
            // At the very edge a millisecond of real time decides, which the model does not have.
            taken = taken.filter(({ at }) => at > now - windowSeconds);
            if (each.kind === 'giveBack') {
              const newest = taken.at(-1);
              // Receipts name the instant, which has moved since; only a fresh one can be given back here.
              if (newest?.at === now) {
                await giveBackPlaces(db, newest.receipt);
                taken.pop();
              }
              continue;
            }
            const answer = await takePlaces(db, [bucket]);
            const room = taken.length < places;
            expect(answer.limited === null, JSON.stringify({ now, taken: taken.map(({ at }) => at) })).toBe(room);
            if (answer.limited === null) {
              taken.push({ at: now, receipt: answer });
            } else {
              const wait = (taken[taken.length - places]?.at ?? now) + windowSeconds - now;
              expect(answer.limited.retryAfterSeconds).toBeLessThanOrEqual(wait);
              expect(answer.limited.retryAfterSeconds).toBeGreaterThanOrEqual(Math.max(1, wait - 5));
            }
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('takes places in all of several windows or in none, whatever is left in each', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ places: fc.integer({ min: 1, max: 4 }), used: fc.nat(4) }), {
          minLength: 1,
          maxLength: 4,
        }),
        async (windows) => {
          const buckets = windows.map(({ places }) => ({
            key: `model:${newId()}`,
            policy: { places, windowSeconds: 600 },
          }));
          for (const [at, { used, places }] of windows.entries()) {
            for (let n = 0; n < Math.min(used, places); n += 1) await takePlaces(db, [buckets[at]!]);
          }
          const answer = await takePlaces(db, buckets);
          const full = windows.findIndex(({ used, places }) => used >= places);
          expect(answer.limited?.bucket.key).toBe(full === -1 ? undefined : buckets[full]?.key);
          for (const [at, { used, places }] of windows.entries()) {
            const [row] = await db.execute<{ n: number }>(
              sql`select coalesce(sum(c), 0)::int as n from rate_limits, unnest(counts) c where bucket = ${buckets[at]?.key}`,
            );
            expect(row?.n).toBe(Math.min(used, places) + (full === -1 ? 1 : 0));
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('never gives more places to simultaneous callers than it has', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 20 }), async (places, callers) => {
        const bucket = { key: `model:${newId()}`, policy: { places, windowSeconds: 600 } };
        const answers = await Promise.all(Array.from({ length: callers }, () => takePlaces(db, [bucket])));
        expect(answers.filter(({ limited }) => limited === null)).toHaveLength(Math.min(places, callers));
      }),
      { numRuns: 25 },
    );
  });
});
