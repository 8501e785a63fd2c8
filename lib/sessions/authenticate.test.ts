import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock';
import { testDatabase } from '../db/testing/database';
import { sendCode } from '../otp/send-code';
import { freshAddress, freshPhone, newestCode, depsOn } from '../otp/testing';
import { verifyCode } from '../otp/verify-code';
import { newId } from '../random';
import { authenticate } from './authenticate';
import { sessionLifetimes } from './session-state';
import { type Ending, endSessions, prepareFindSession } from './session-store';

const { db, transaction } = await testDatabase();
const deps = depsOn(db);
const lifetimes = sessionLifetimes(deps.env.REFRESH_TOKEN_TTL_SECONDS);
const findSession = prepareFindSession(db);
const check = (sessionId: string, userId?: string, cookie?: boolean) =>
  authenticate({ db, clock: systemClock, lifetimes, appUrl: deps.env.APP_URL, findSession, log: deps.log }, sessionId, {
    userId,
    cookie,
  });

async function signIn(phone = freshPhone()) {
  // The cool-down between two codes is not what is looked at here.
  await db.execute(sql`delete from rate_limits where bucket = ${`resend:${phone}`}`);
  await sendCode(deps, { phone, address: freshAddress() });
  const verified = await verifyCode(deps, {
    phone,
    code: await newestCode(db, phone),
    kind: 'api',
    address: freshAddress(),
    userAgent: null,
  });
  if (!verified.ok) throw new Error(verified.code);
  return verified;
}

describe('authenticate', () => {
  it('knows a live session and its user', async () => {
    const { sessionId, user } = await signIn();
    expect(await check(sessionId, user.id)).toMatchObject({
      ok: true,
      signedIn: { sessionId, user: { id: user.id, phone: user.phone } },
    });
  });

  it('refuses an unknown session, a malformed id and a token of another user alike', async () => {
    const [mine, theirs] = [await signIn(), await signIn()];
    for (const answer of [await check(newId()), await check("' or 1=1"), await check(mine.sessionId, theirs.user.id)]) {
      expect(answer).toEqual({ ok: false, code: 'token_revoked' });
    }
  });

  it.each([
    ['revoked', (id: string) => sql`update sessions set revoked_at = now() where id = ${id}::uuid`],
    ['ended', (id: string) => sql`update sessions set expires_at = now() where id = ${id}::uuid`],
    [
      'left unused',
      (id: string) => sql`update sessions set last_seen_at = now() - interval '15 days' where id = ${id}::uuid`,
    ],
    [
      'the user is suspended',
      (id: string) =>
        sql`update users set suspended_at = now() where id = (select user_id from sessions where id = ${id}::uuid)`,
    ],
    [
      'the user is gone',
      (id: string) => sql`delete from users where id = (select user_id from sessions where id = ${id}::uuid)`,
    ],
  ])('refuses it on the very next call once %s', async (_name, change) => {
    const { sessionId } = await signIn();
    expect((await check(sessionId)).ok).toBe(true);
    await db.execute(change(sessionId));
    expect((await check(sessionId)).ok).toBe(false);
  });

  it('lives unused as long as its kind, but carried by a cookie no longer than a web session', async () => {
    const unusedFor = async (days: number) => {
      const { sessionId } = await signIn();
      await db.execute(sql`
        update sessions set last_seen_at = now() - make_interval(days => ${days}::integer) where id = ${sessionId}::uuid`);
      return sessionId;
    };
    expect((await check(await unusedFor(6), undefined, true)).ok).toBe(true);
    const long = await unusedFor(8);
    expect(await check(long, undefined, true)).toEqual({ ok: false, code: 'token_revoked' });
    expect((await check(long)).ok).toBe(true);
  });

  it('ends with a change of role, and stays ended when the role comes back', async () => {
    const { sessionId, user } = await signIn();
    const become = (role: string) => db.execute(sql`update users set role = ${role} where id = ${user.id}::uuid`);
    await become('user');
    expect((await check(sessionId)).ok).toBe(true);
    await become('provider');
    expect((await check(sessionId)).ok).toBe(false);
    const next = await signIn(user.phone ?? undefined);
    expect(await check(next.sessionId)).toMatchObject({ signedIn: { user: { role: 'provider' } } });
    await become('user');
    expect((await check(sessionId)).ok).toBe(false);
    expect((await check(next.sessionId)).ok).toBe(false);
  });

  it('notes that a session is in use, at most every five minutes', async () => {
    const { sessionId } = await signIn();
    const lastSeen = async () =>
      (
        await db.execute<{ s: number }>(
          sql`select extract(epoch from now() - last_seen_at)::int as s from sessions where id = ${sessionId}::uuid`,
        )
      )[0]?.s;
    await db.execute(
      sql`update sessions set last_seen_at = now() - interval '4 minutes' where id = ${sessionId}::uuid`,
    );
    await check(sessionId);
    expect(await lastSeen()).toBeGreaterThanOrEqual(240);
    await db.execute(
      sql`update sessions set last_seen_at = now() - interval '6 minutes' where id = ${sessionId}::uuid`,
    );
    await check(sessionId);
    await expect.poll(lastSeen).toBeLessThan(60);
  });
});

describe('endSessions', () => {
  const ending = (by: Awaited<ReturnType<typeof signIn>>, which: Ending['which']) =>
    endSessions(db, lifetimes, {
      userId: by.user.id,
      which,
      reason: 'ended_by_user',
      event: 'session.ended_by_user',
      by: by.sessionId,
      phone: null,
      address: null,
    });
  const isLive = async ({ sessionId }: { sessionId: string }) => (await check(sessionId)).ok;

  it('ends one, all but one, or all of the user’s, and nobody else’s', async () => {
    const [first, theirs] = [await signIn(), await signIn()];
    const again = async () => signIn(first.user.phone ?? undefined);
    const [second, third, fourth] = [await again(), await again(), await again()];
    const live = () => Promise.all([first, second, third, fourth].map(isLive));
    expect(await ending(first, { only: second.sessionId })).toBe(1);
    expect(await live()).toEqual([true, false, true, true]);
    expect(await ending(first, { except: third.sessionId })).toBe(2);
    expect(await live()).toEqual([false, false, true, false]);
    expect(await ending(first, 'all')).toBe(1);
    expect(await ending(first, 'all')).toBe(0);
    expect(await isLive(theirs)).toBe(true);
  });

  it('waits for the person before it takes their sessions, as whatever ends them by trigger holds the person, and then ends one that began meanwhile', async () => {
    const mine = await signIn();
    const begun = { sessionId: newId() };
    let ended: Promise<number> | undefined;
    await transaction(async (tx) => {
      await tx.execute(sql`select from users where id = ${mine.user.id} for update`);
      await tx.execute(sql`
        insert into sessions (id, user_id, kind, expires_at)
        values (${begun.sessionId}::uuid, ${mine.user.id}::uuid, 'web', now() + interval '1 day')`);
      ended = ending(mine, 'all');
      const waiting = sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await expect.poll(async () => (await db.execute(waiting)).length).toBe(1);
      await tx.execute(sql`select from sessions where id = ${mine.sessionId} for update nowait`);
    });
    expect(await ended).toBe(2);
    expect(await isLive(begun)).toBe(false);
  });

  it('does not end a session of another user', async () => {
    const [mine, theirs] = [await signIn(), await signIn()];
    expect(await ending(mine, { only: theirs.sessionId })).toBe(0);
    expect(await isLive(theirs)).toBe(true);
  });

  it('leaves alone what ended by itself', async () => {
    const mine = await signIn();
    await db.execute(
      sql`update sessions set last_seen_at = now() - interval '15 days' where id = ${mine.sessionId}::uuid`,
    );
    expect(await ending(mine, 'all')).toBe(0);
  });

  it('writes down who ended which, once', async () => {
    const mine = await signIn();
    await ending(mine, 'all');
    await ending(mine, 'all');
    const rows = await db.execute(
      sql`select session_id, detail from audit_events where event = 'session.ended_by_user' and user_id = ${mine.user.id}::uuid`,
    );
    expect([...rows]).toEqual([{ session_id: mine.sessionId, detail: { ended: [mine.sessionId] } }]);
  });
});
