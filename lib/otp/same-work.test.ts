import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import type { Database } from '../db/client';
import { PgDialect } from 'drizzle-orm/pg-core';
import { signInWith } from '../sessions/testing';
import { inboxSender } from '../sms/inbox';
import { sendCode } from './send-code';
import { depsOn, freshAddress, freshPhone, newestCode, wrongCode } from './testing';
import { verifyCode } from './verify-code';

// Wall time says little on a busy machine; what is done says all: statements, hashes and messages.

const { db } = await testDatabase();
const plain = depsOn(db);
const dialect = new PgDialect();

type Work = { statements: string[]; hashed: number; compared: number; messages: number; answer: unknown };

/** Everything that is asked of the database and of argon2 while `work` runs, and what it answers. */
async function watched(work: (deps: typeof plain) => Promise<object>): Promise<Work> {
  const seen: Work = { statements: [], hashed: 0, compared: 0, messages: 0, answer: null };
  const watching = new Proxy(db, {
    get(target, name) {
      if (name !== 'execute') return Reflect.get(target, name) as unknown;
      return (query: Parameters<Database['execute']>[0]) => {
        seen.statements.push(dialect.sqlToQuery(query as ReturnType<typeof sql>).sql);
        return target.execute(query);
      };
    },
  });
  const sms = inboxSender(watching);
  const deps = depsOn(watching, { name: sms.name, send: (message) => ((seen.messages += 1), sms.send(message)) });
  const { hasher } = deps;
  deps.hasher = {
    ...hasher,
    hash: (...given) => ((seen.hashed += 1), hasher.hash(...given)),
    matches: (...given) => ((seen.compared += 1), hasher.matches(...given)),
  };
  seen.answer = await work(deps);
  return seen;
}

const numbers = {
  unknown: async () => freshPhone(),
  known: async () => {
    const phone = freshPhone();
    await signInWith(plain, phone);
    return phone;
  },
  suspended: async () => {
    const phone = await numbers.known();
    await db.execute(sql`update users set suspended_at = now() where phone = ${phone}`);
    return phone;
  },
  dormant: async () => {
    const phone = await numbers.known();
    await db.execute(sql`update users set phone_proved_at = now() - interval '3 years' where phone = ${phone}`);
    return phone;
  },
  stopped: async () => {
    const phone = await numbers.known();
    await db.execute(sql`insert into phone_throttles values (${phone}, 100, now())`);
    return phone;
  },
  'stopped and unknown': async () => {
    const phone = freshPhone();
    await db.execute(sql`insert into phone_throttles values (${phone}, 100, now())`);
    return phone;
  },
};
type Kind = keyof typeof numbers;

/** A number of a kind with all its windows empty, so that only its account makes a difference. */
async function numberOf(kind: Kind): Promise<string> {
  const phone = await numbers[kind]();
  await db.execute(sql`delete from rate_limits where bucket like ${`%${phone}%`}`);
  return phone;
}

/** An answer without what is different for every request. */
const shape = (answer: object) =>
  Object.fromEntries(Object.entries(answer).filter(([name]) => name !== 'phone' && name !== 'challengeId'));

async function sendingTo(kind: Kind): Promise<Work> {
  const phone = await numberOf(kind);
  return watched(async (deps) => shape(await sendCode(deps, { phone, address: freshAddress() })));
}

async function guessingAt(kind: Kind): Promise<Work> {
  const phone = await numberOf(kind);
  await sendCode(plain, { phone, address: freshAddress() });
  const code = wrongCode(await newestCode(db, phone));
  return watched((deps) => verifyCode(deps, { phone, code, kind: 'api', address: freshAddress(), userAgent: null }));
}

async function guessingWithoutCode(kind: Kind): Promise<Work> {
  const phone = await numberOf(kind);
  const client = { address: freshAddress(), kind: 'api', userAgent: null } as const;
  return watched((deps) => verifyCode(deps, { phone, code: '123456', ...client }));
}

describe('nobody learns who has an account', () => {
  const others: Kind[] = ['known', 'suspended', 'dormant', 'stopped', 'stopped and unknown'];

  it.each(others)(
    'asking for a code is the same answer and work for a %s number as for an unknown one',
    async (kind) => {
      const unknown = await sendingTo('unknown');
      expect(unknown).toMatchObject({ hashed: 1, compared: 0, messages: 1, answer: { ok: true } });
      expect(unknown.statements.length).toBeGreaterThan(3);
      expect(await sendingTo(kind)).toEqual(unknown);
    },
  );

  it.each(['known', 'suspended', 'dormant'] satisfies Kind[])(
    'a wrong code is the same answer and work for a %s number as for an unknown one',
    async (kind) => {
      const unknown = await guessingAt('unknown');
      expect(unknown).toMatchObject({ compared: 1, answer: { code: 'invalid_code', attemptsLeft: 4 } });
      expect(unknown.statements).toHaveLength(2);
      expect(await guessingAt(kind)).toEqual(unknown);
    },
  );

  it('a number that is stopped is told alike whether or not it has an account', async () => {
    const unknown = await guessingAt('stopped and unknown');
    expect(unknown).toMatchObject({ compared: 0, answer: { code: 'too_many_attempts' } });
    expect(await guessingAt('stopped')).toEqual(unknown);
  });

  it.each(['known', 'suspended', 'dormant'] satisfies Kind[])(
    'a code that nobody asked for is the same for a %s number as for an unknown one',
    async (kind) => {
      const unknown = await guessingWithoutCode('unknown');
      expect(unknown).toMatchObject({ compared: 0, answer: { code: 'code_expired' } });
      expect(await guessingWithoutCode(kind)).toEqual(unknown);
    },
  );
});
