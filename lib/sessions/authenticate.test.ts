import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock';
import { testDatabase } from '../db/testing/database';
import { sendCode } from '../otp/send-code';
import { freshAddress, freshPhone, newestCode, depsOn } from '../otp/testing';
import { verifyCode } from '../otp/verify-code';
import { newId } from '../random';
import { authenticate } from './authenticate';
import { endSessions, prepareFindSession } from './session-store';

const { db } = await testDatabase();
const deps = depsOn(db);
const findSession = prepareFindSession(db);
const check = (sessionId: string, userId?: string) =>
  authenticate({ db, clock: systemClock, appUrl: deps.env.APP_URL, findSession, log: deps.log }, sessionId, userId);

async function signIn() {
  const phone = freshPhone();
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

  it('tells a change of role on the very next call', async () => {
    const { sessionId, user } = await signIn();
    await db.execute(sql`update users set role = 'provider' where id = ${user.id}::uuid`);
    expect(await check(sessionId)).toMatchObject({ signedIn: { user: { role: 'provider' } } });
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
  it('ends one, or all of the user’s and nobody else’s', async () => {
    const [mine, theirs] = [await signIn(), await signIn()];
    const end = (everywhere: boolean) =>
      endSessions(db, { sessionId: mine.sessionId, userId: mine.user.id, everywhere, phone: null, address: null });
    expect(await end(false)).toBe(true);
    expect((await check(mine.sessionId)).ok).toBe(false);
    expect(await end(false)).toBe(false);
    expect(await end(true)).toBe(false);
    expect((await check(theirs.sessionId)).ok).toBe(true);
  });

  it('does not end a session of another user', async () => {
    const [mine, theirs] = [await signIn(), await signIn()];
    expect(
      await endSessions(db, {
        sessionId: theirs.sessionId,
        userId: mine.user.id,
        everywhere: false,
        phone: null,
        address: null,
      }),
    ).toBe(false);
    expect((await check(theirs.sessionId)).ok).toBe(true);
  });
});
