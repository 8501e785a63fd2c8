import { sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/postgres-js';
import postgres from 'postgres';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { RefusalError, refuse } from '../errors';
import { newId, newToken } from '../random';
import { countAttempt } from './challenge-store';
import { sendCode } from './send-code';
import { freshAddress, freshPhone, newestCode, depsOn, wrongCode } from './testing';
import { verifyCode, type VerifyCodeInput } from './verify-code';

const { db, url } = await testDatabase();
const deps = depsOn(db);

async function codeFor(
  phone: string,
  more: { name?: string; flow?: string; locale?: string } = {},
): Promise<{ code: string; challengeId: string }> {
  await db.execute(sql`delete from rate_limits where bucket like ${`%${phone}`}`);
  const sent = await sendCode(deps, { phone, address: freshAddress(), ...more });
  if (!sent.ok) throw new Error(sent.code);
  return { code: await newestCode(db, phone), challengeId: sent.challengeId };
}

const verify = (phone: string, code: string, more: Partial<VerifyCodeInput> = {}) =>
  verifyCode(deps, { phone, code, kind: 'api', address: freshAddress(), userAgent: 'test', ...more });

const count = async (query: ReturnType<typeof sql>) => (await db.execute<{ n: number }>(query))[0]?.n;

describe('verifyCode', () => {
  it('makes a user of the first right code and knows them at the second', async () => {
    const phone = freshPhone();
    const first = await verify(phone, (await codeFor(phone, { name: 'John Ronald Doe', locale: 'ru-RU' })).code);
    expect(first).toMatchObject({
      ok: true,
      created: true,
      user: { phone, first_name: 'John', last_name: 'Ronald Doe', locale: 'ru', needs_profile_completion: true },
    });
    const second = await verify(phone, (await codeFor(phone, { name: 'Somebody Else' })).code, {
      profile: { firstName: 'No', email: 'john@example.com' },
    });
    expect(second).toMatchObject({
      ok: true,
      created: false,
      user: { first_name: 'John', email: 'john@example.com', locale: 'ru', needs_profile_completion: false },
    });
    expect(await count(sql`select count(*)::int as n from users where phone = ${phone}`)).toBe(1);
  });

  it('lets exactly one of fifty simultaneous right answers sign in', async () => {
    const phone = freshPhone();
    const { code } = await codeFor(phone);
    const answers = await Promise.all(Array.from({ length: 50 }, () => verify(phone, code)));
    expect(answers.filter((answer) => answer.ok)).toHaveLength(1);
    expect(
      await count(
        sql`select count(*)::int as n from sessions s join users u on u.id = s.user_id where u.phone = ${phone}`,
      ),
    ).toBe(1);
  });

  it('lets two answers that were both compared before either was consumed sign in once', async () => {
    const phone = freshPhone();
    const { code } = await codeFor(phone);
    // A barrier: both have passed the compare before either goes on.
    let waiting = 0;
    let open = () => {};
    const bothCompared = new Promise<void>((resolve) => (open = resolve));
    const hasher = {
      ...deps.hasher,
      async matches(...given: Parameters<typeof deps.hasher.matches>) {
        const matches = await deps.hasher.matches(...given);
        if (++waiting === 2) open();
        await bothCompared;
        return matches;
      },
    };
    const racer = () =>
      verifyCode({ ...deps, hasher }, { phone, code, kind: 'api', address: freshAddress(), userAgent: null });
    const answers = await Promise.all([racer(), racer()]);
    expect(answers.map((answer) => (answer.ok ? 'in' : answer.code)).sort()).toEqual(['code_expired', 'in']);
  });

  it('counts at most five of fifty simultaneous wrong guesses', async () => {
    const phone = freshPhone();
    const { code } = await codeFor(phone);
    const answers = await Promise.all(Array.from({ length: 50 }, () => verify(phone, wrongCode(code))));
    expect(answers.filter((answer) => !answer.ok && answer.code === 'invalid_code')).toHaveLength(5);
    expect(await count(sql`select consecutive_failures as n from phone_throttles where phone = ${phone}`)).toBe(5);
  });

  it('counts down the tries, then refuses even the right code', async () => {
    const phone = freshPhone();
    const { code } = await codeFor(phone);
    for (const attemptsLeft of [4, 3, 2, 1, 0]) {
      expect(await verify(phone, wrongCode(code))).toMatchObject({ code: 'invalid_code', attemptsLeft });
    }
    expect(await verify(phone, code)).toMatchObject({ ok: false, code: 'too_many_attempts' });
  });

  it('spends a code once', async () => {
    const phone = freshPhone();
    const { code } = await codeFor(phone);
    expect((await verify(phone, code)).ok).toBe(true);
    expect(await verify(phone, code)).toMatchObject({ ok: false, code: 'code_expired' });
  });

  it('refuses a code whose life is over, one that a newer one replaced, and one never sent', async () => {
    const [expired, replaced, never] = [freshPhone(), freshPhone(), freshPhone()];
    const { code } = await codeFor(expired);
    await db.execute(sql`update otp_challenges set expires_at = now() where phone = ${expired}`);
    expect(await verify(expired, code)).toMatchObject({ code: 'code_expired' });
    const old = await codeFor(replaced);
    const { code: newest } = await codeFor(replaced);
    expect(await verify(replaced, old.code, { challengeId: old.challengeId })).toMatchObject({ code: 'code_expired' });
    expect((await verify(replaced, newest)).ok).toBe(true);
    expect(await verify(never, '123456')).toMatchObject({ code: 'code_expired' });
  });

  it('works only for the number, the challenge and the flow it was issued for, and counts no try for another', async () => {
    const [phone, other] = [freshPhone(), freshPhone()];
    const flow = newToken();
    const { code, challengeId } = await codeFor(phone, { flow });
    const { code: otherCode } = await codeFor(other);
    if (code !== otherCode) expect(await verify(other, code)).toMatchObject({ code: 'invalid_code' });
    expect(await verify(phone, code, { challengeId: newId() })).toMatchObject({ code: 'code_expired' });
    expect(await verify(phone, code, { flow: newToken() })).toMatchObject({ code: 'code_expired' });
    expect(await count(sql`select attempts as n from otp_challenges where id = ${challengeId}`)).toBe(0);
    expect((await verify(phone, code, { challengeId, flow })).ok).toBe(true);
  });

  it('does not accept a hash copied from another challenge', async () => {
    const [mine, theirs] = [freshPhone(), freshPhone()];
    const { code } = await codeFor(mine);
    await codeFor(theirs);
    await db.execute(
      sql`update otp_challenges set code_hash = (select code_hash from otp_challenges where phone = ${mine}) where phone = ${theirs}`,
    );
    expect(await verify(theirs, code)).toMatchObject({ code: 'invalid_code' });
  });

  it('backs off from ten wrong tries in a row, over several codes; a new code does not reset the count, a right one does', async () => {
    const phone = freshPhone();
    for (let round = 0; round < 2; round++) {
      const { code } = await codeFor(phone);
      for (let i = 0; i < 5; i++) await verify(phone, wrongCode(code));
    }
    const { code } = await codeFor(phone);
    const throttled = await verify(phone, code);
    expect(throttled).toMatchObject({ ok: false, code: 'too_many_attempts' });
    expect(throttled).toHaveProperty('retryAfterSeconds', 30);
    await db.execute(
      sql`update phone_throttles set last_failed_at = last_failed_at - interval '31 seconds' where phone = ${phone}`,
    );
    expect((await verify(phone, code)).ok).toBe(true);
    expect(await count(sql`select count(*)::int as n from phone_throttles where phone = ${phone}`)).toBe(0);
  });

  it('doubles the wait with each further wrong try, up to an hour', async () => {
    const phone = freshPhone();
    const { code } = await codeFor(phone);
    for (const [failures, wait] of [
      [10, 30],
      [11, 60],
      [14, 480],
      [17, 3600],
      [60, 3600],
    ] as const) {
      await db.execute(sql`insert into phone_throttles values (${phone}, ${failures}, now())
        on conflict (phone) do update set consecutive_failures = excluded.consecutive_failures, last_failed_at = now()`);
      expect(await verify(phone, code)).toMatchObject({ code: 'too_many_attempts', retryAfterSeconds: wait });
    }
  });

  it('stops at a hundred wrong tries in a row, however long one waits', async () => {
    const phone = freshPhone();
    const { code } = await codeFor(phone);
    await db.execute(sql`insert into phone_throttles values (${phone}, 100, now() - interval '3 days')`);
    expect(await verify(phone, code)).toMatchObject({ ok: false, code: 'too_many_attempts' });
  });

  it('limits the checks of one address, malformed numbers counted', async () => {
    const address = freshAddress();
    for (let i = 0; i < 30; i++) await verify(i % 2 ? freshPhone() : 'hello', '123456', { address });
    expect(await verify(freshPhone(), '123456', { address })).toMatchObject({ code: 'too_many_requests' });
  });

  it('tells a suspension only after a right code, and starts no session', async () => {
    const phone = freshPhone();
    await verify(phone, (await codeFor(phone)).code);
    await db.execute(sql`update users set suspended_at = now() where phone = ${phone}`);
    const { code } = await codeFor(phone);
    expect(await verify(phone, wrongCode(code))).toMatchObject({ code: 'invalid_code' });
    expect(await verify(phone, code)).toMatchObject({ ok: false, code: 'account_suspended' });
    expect(
      await count(
        sql`select count(*)::int as n from sessions s join users u on u.id = s.user_id where u.phone = ${phone}`,
      ),
    ).toBe(1);
  });

  it('keeps ten live sessions a user; the oldest ends', async () => {
    const phone = freshPhone();
    const ids: string[] = [];
    for (let i = 0; i < 11; i++) {
      const signedIn = await verify(phone, (await codeFor(phone)).code);
      if (signedIn.ok) ids.push(signedIn.sessionId);
    }
    const revoked = await db.execute<{ id: string; revoked_reason: string }>(sql`
      select s.id, revoked_reason from sessions s join users u on u.id = s.user_id where u.phone = ${phone} and revoked_at is not null`);
    expect([...revoked]).toEqual([{ id: ids[0], revoked_reason: 'session_limit' }]);
  });

  it('counts as live what may still be used: sessions that ran out unused end none that is', async () => {
    const phone = freshPhone();
    const enter = async (kind: 'web' | 'api') => {
      const entered = await verify(phone, (await codeFor(phone)).code, { kind });
      if (!entered.ok) throw new Error(entered.code);
      return entered.sessionId;
    };
    const first = await enter('web');
    for (let i = 0; i < 9; i += 1) await enter(i % 2 ? 'web' : 'api');
    // A browser runs out after seven days, an app after fourteen.
    await db.execute(sql`
      update sessions set last_seen_at = now() - make_interval(days => case kind when 'web' then 8 else 15 end)
      where id <> ${first} and user_id = (select id from users where phone = ${phone})`);
    for (let i = 0; i < 9; i += 1) await enter('web');
    const revoked = async () => [
      ...(await db.execute(sql`
        select s.id from sessions s join users u on u.id = s.user_id where u.phone = ${phone} and revoked_at is not null`)),
    ];
    expect(await revoked()).toEqual([]);
    // Now there are ten that live, and the oldest of them goes.
    await enter('web');
    expect(await revoked()).toEqual([{ id: first }]);
  });

  it('gives who can keep one token only a session that lives as long as that, without a refresh token', async () => {
    const phone = freshPhone();
    const { code } = await codeFor(phone);
    const entered = await verify(phone, code, { accessTokenOnly: true });
    expect(entered).toMatchObject({ ok: true, refreshToken: null });
    const [session] = await db.execute(sql`
      select extract(epoch from expires_at - created_at)::integer as seconds,
        (select count(*)::integer from refresh_tokens where session_id = s.id) as refresh_tokens
      from sessions s where id = ${entered.ok ? entered.sessionId : null}`);
    expect(session).toEqual({ seconds: deps.env.ACCESS_TOKEN_TTL_SECONDS, refresh_tokens: 0 });
  });

  it('stores the refresh token as a hash, and none for the browser', async () => {
    const phone = freshPhone();
    const api = await verify(phone, (await codeFor(phone)).code);
    expect(api).toHaveProperty('refreshToken', expect.stringMatching(/^[\w-]{43}$/));
    const web = await verify(phone, (await codeFor(phone)).code, { kind: 'web' });
    expect(web).toHaveProperty('refreshToken', null);
    const rows = await db.execute<{ token_hash: string }>(sql`
      select token_hash from refresh_tokens r join sessions s on s.id = r.session_id join users u on u.id = s.user_id where u.phone = ${phone}`);
    expect(rows).toHaveLength(1);
    expect(api.ok && rows[0]?.token_hash).not.toBe(api.ok && api.refreshToken);
  });

  it('audits the request, each try and the sign-in', async () => {
    const phone = freshPhone();
    const { code } = await codeFor(phone);
    await verify(phone, wrongCode(code));
    await verify(phone, code);
    const rows = await db.execute<{ event: string }>(
      sql`select event from audit_events where phone = ${phone} order by created_at, id`,
    );
    expect(rows.map(({ event }) => event).sort()).toEqual([
      'code.attempted',
      'code.attempted',
      'code.requested',
      'session.created',
      'user.created',
    ]);
  });
});

describe('verifyCode under pressure', () => {
  it('counts no try while the hashing queue is full', async () => {
    const phone = freshPhone();
    const { code } = await codeFor(phone);
    const full = {
      ...deps.hasher,
      assertRoom: () => {
        throw new RefusalError(refuse('overloaded'));
      },
    };
    for (let i = 0; i < 6; i++) {
      const attempt = verifyCode(
        { ...deps, hasher: full },
        { phone, code, kind: 'api', address: freshAddress(), userAgent: null },
      );
      await expect(attempt).rejects.toThrow('overloaded');
    }
    expect((await verify(phone, code)).ok).toBe(true);
  });

  it('never deadlocks between simultaneous first attempts on a number, however slow the commits', async () => {
    for (let round = 0; round < 3; round++) {
      const phone = freshPhone();
      const { code } = await codeFor(phone);
      // Each attempt in a transaction of its own that commits late. Two queue up behind the first with snapshots in which the
      // number has no count of wrong tries yet; the last starts when it has one.
      const startsMs = [0, 20, 40, 110];
      const clients = startsMs.map(() => postgres(url, { max: 1, prepare: false }));
      await Promise.all(clients.map((client) => client`select 1`));
      await Promise.all(
        clients.map(async (client, index) => {
          await new Promise((resolve) => setTimeout(resolve, startsMs[index]));
          await client.begin(async (transaction) => {
            const within = drizzle(Object.assign(transaction as unknown as postgres.Sql, { options: client.options }));
            await countAttempt(
              within,
              { phone, purpose: 'sign_in', challengeId: null, flowHash: null, address: null, knownSession: null },
              60,
            );
            await transaction`select pg_sleep(0.1)`;
          });
        }),
      );
      await Promise.all(clients.map((client) => client.end()));
      expect(await count(sql`select attempts as n from otp_challenges where phone = ${phone}`)).toBe(4);
      expect((await verify(phone, code)).ok).toBe(true);
    }
  });
});
