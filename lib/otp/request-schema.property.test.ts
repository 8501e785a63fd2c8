import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { check } from '../http/json-body';
import { aboutYouSchema, profileSchema } from '../users/profile-schema';
import * as requests from './request-schema';

const schemas: Record<string, z.ZodType> = {
  ...Object.fromEntries(Object.entries(requests).filter(([, value]) => value instanceof z.ZodObject)),
  profileSchema,
  aboutYouSchema,
};

const names = [
  ...[
    'phone',
    'otp',
    'name',
    'channel',
    'locale',
    'challenge_id',
    'challengeId',
    'first_name',
    'last_name',
    'email',
    'country',
  ],
  ...[
    'old_number_lost',
    'bio',
    'location',
    'birth_date',
    'avatar_url',
    'time_zone',
    '__proto__',
    'constructor',
    'toString',
    'role',
  ],
];
const value = fc.oneof(
  fc.jsonValue({ maxDepth: 3 }),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.constantFrom<unknown>(
    '+918123456789',
    '123456',
    'IN',
    'sms',
    'en',
    '2000-02-30',
    '2000-01-01',
    'https://example.com/a.png',
    'Asia/Kolkata',
    'a@example.com',
    '\u0000',
    '\ud800',
    '\u202e',
    '',
    null,
    Number.MAX_VALUE,
    -0,
    [],
    {},
  ),
);
/** As JSON.parse makes it: `__proto__` is a member like any other. */
const body = fc
  .array(
    fc.tuple(
      fc.oneof({ weight: 6, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: fc.string() }),
      value,
    ),
    { maxLength: 6 },
  )
  .map(
    (members) =>
      JSON.parse(
        `{${[...new Map(members)].map(([key, each]) => `${JSON.stringify(key)}:${JSON.stringify(each)}`).join(',')}}`,
      ) as unknown,
  );

describe('what a request may hold', () => {
  it('is there to be tried', () => {
    expect(Object.keys(schemas).length).toBeGreaterThan(8);
  });

  for (const [name, schema] of Object.entries(schemas)) {
    it(`${name} takes or refuses by name, never throws, and lets through nothing it does not know`, () => {
      fc.assert(
        fc.property(fc.oneof(body, fc.jsonValue({ maxDepth: 4 })), (given) => {
          const checked = check(schema, given);
          if (!checked.ok) {
            expect(checked.code).toBe('invalid_request');
            expect(checked.errors?.length).toBeGreaterThan(0);
            return;
          }
          const taken = checked.body as Record<string, unknown>;
          expect(
            Object.keys(given as object).every(
              (key) => names.includes(key) && !/^(__proto__|constructor|toString|role)$/.test(key),
            ),
          ).toBe(true);
          expect(Object.getPrototypeOf(taken)).toBe(Object.prototype);
          for (const each of Object.values(taken)) {
            if (typeof each !== 'string') continue;
            expect(each.isWellFormed()).toBe(true);
            expect(each).not.toContain('\u0000');
          }
          expect(check(schema, taken).ok).toBe(true);
        }),
        { numRuns: 600 },
      );
    });
  }
});
