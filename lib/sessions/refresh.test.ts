import { sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../clock';
import { testDatabase } from '../db/testing/database';
import { sendCode } from '../otp/send-code';
import { depsOn, freshAddress, freshPhone, newestCode } from '../otp/testing';
import { verifyCode } from '../otp/verify-code';
import { newToken } from '../random';
import { signOutByRefreshToken } from './end-sessions';
import { refreshSession } from './refresh';
import { sessionLifetimes } from './session-state';

const { db, transaction } = await testDatabase();
const deps = depsOn(db);
const refreshTtlSeconds = 1_209_600;
const lifetimes = sessionLifetimes(refreshTtlSeconds);
const refreshDeps = { db, clock: systemClock, lifetimes, successorKey: Buffer.alloc(32, 3), refreshTtlSeconds };
const refresh = (token: string) => refreshSession(refreshDeps, { token, address: '203.0.113.1' });

async function signIn(): Promise<{ sessionId: string; token: string }> {
  const phone = freshPhone();
  await sendCode(deps, { phone, address: freshAddress() });
  const code = await newestCode(db, phone);
  const verified = await verifyCode(deps, { phone, code, kind: 'api', address: freshAddress(), userAgent: null });
  if (!verified.ok || !verified.refreshToken) throw new Error('not signed in');
  return { sessionId: verified.sessionId, token: verified.refreshToken };
}

async function rotated(token: string): Promise<string> {
  const result = await refresh(token);
  if (!result.ok) throw new Error(result.code);
  return result.refreshToken;
}

const longAgo = (sessionId: string) =>
  db.execute(
    sql`update refresh_tokens set used_at = used_at - interval '31 seconds' where session_id = ${sessionId}::uuid`,
  );
const reasonOf = async (sessionId: string) =>
  (
    await db.execute<{ r: string | null }>(sql`select revoked_reason as r from sessions where id = ${sessionId}::uuid`)
  )[0]?.r;
const liveTokens = async (sessionId: string) =>
  (
    await db.execute<{ n: number }>(
      sql`select count(*)::int as n from refresh_tokens where session_id = ${sessionId}::uuid and used_at is null`,
    )
  )[0]?.n;

describe('refreshSession', () => {
  it('rotates: each token leads to another, within one session', async () => {
    const { sessionId, token } = await signIn();
    const second = await rotated(token);
    const third = await rotated(second);
    expect(new Set([token, second, third]).size).toBe(3);
    expect(await refresh(third)).toMatchObject({ ok: true, sessionId });
  });

  it('gives twenty-five simultaneous callers one and the same successor, and keeps one alive', async () => {
    const { sessionId, token } = await signIn();
    const answers = await Promise.all(Array.from({ length: 25 }, () => refresh(token)));
    expect(new Set(answers.map((answer) => (answer.ok ? answer.refreshToken : answer.code))).size).toBe(1);
    expect(answers[0]?.ok).toBe(true);
    expect(await liveTokens(sessionId)).toBe(1);
  });

  it('repeats a lost answer for a short while', async () => {
    const { token } = await signIn();
    expect(await rotated(token)).toBe(await rotated(token));
  });

  it('ends the whole family when a token comes back later, and writes it down', async () => {
    const { sessionId, token } = await signIn();
    const successor = await rotated(token);
    await longAgo(sessionId);
    expect(await refresh(token)).toMatchObject({ code: 'refresh_reused' });
    expect(await reasonOf(sessionId)).toBe('refresh_reused');
    expect(await refresh(successor)).toMatchObject({ code: 'token_revoked' });
    const events = await db.execute(
      sql`select 1 from audit_events where session_id = ${sessionId}::uuid and event = 'session.refresh_reused'`,
    );
    expect(events).toHaveLength(1);
  });

  it('ends the whole family when a token comes back after its successor was used, however soon', async () => {
    const { sessionId, token } = await signIn();
    await rotated(await rotated(token));
    expect(await refresh(token)).toMatchObject({ code: 'refresh_reused' });
    expect(await reasonOf(sessionId)).toBe('refresh_reused');
  });

  it('refuses a token never issued, one of an ended session and one past its idle life', async () => {
    const [ended, idle] = [await signIn(), await signIn()];
    await db.execute(sql`update sessions set revoked_at = now() where id = ${ended.sessionId}::uuid`);
    await db.execute(sql`update refresh_tokens set expires_at = now() where session_id = ${idle.sessionId}::uuid`);
    expect(await refresh(newToken())).toMatchObject({ code: 'unauthenticated' });
    expect(await refresh(ended.token)).toMatchObject({ code: 'token_revoked' });
    expect(await refresh(idle.token)).toMatchObject({ code: 'token_expired' });
  });

  it('counts unknown tokens by address, whether they are to refresh or to sign out, and no others', async () => {
    const address = freshAddress();
    const { token } = await signIn();
    const guess = () => refreshSession(refreshDeps, { token: newToken(), address });
    const signOut = () =>
      signOutByRefreshToken({ db, clock: systemClock, lifetimes }, { refresh: newToken(), address });
    for (let asked = 0; asked < 30; asked++) {
      expect(await guess()).toMatchObject({ code: 'unauthenticated' });
      expect(await signOut()).toMatchObject({ code: 'unauthenticated' });
    }
    const limited = { code: 'too_many_requests', retryAfterSeconds: expect.any(Number) };
    expect([await guess(), await signOut()]).toMatchObject([limited, limited]);
    expect(await refreshSession(refreshDeps, { token, address })).toMatchObject({ ok: true });
    expect(await refresh(newToken())).toMatchObject({ code: 'unauthenticated' });
  });

  it('never outlives the session', async () => {
    const { sessionId, token } = await signIn();
    await db.execute(sql`update sessions set expires_at = now() + interval '1 hour' where id = ${sessionId}::uuid`);
    await rotated(token);
    const [row] = await db.execute<{ inside: boolean }>(sql`
      select t.expires_at <= s.expires_at as inside from refresh_tokens t join sessions s on s.id = t.session_id
      where s.id = ${sessionId}::uuid and t.used_at is null`);
    expect(row?.inside).toBe(true);
  });

  it('never revives a session that ends at the same moment', async () => {
    const { sessionId, token } = await signIn();
    let refreshing: ReturnType<typeof refresh> | undefined;
    await transaction(async (tx) => {
      await tx.execute(sql`update sessions set revoked_at = now() where id = ${sessionId}::uuid`);
      refreshing = refresh(token);
      const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await vi.waitFor(async () => expect(await db.execute(waiting)).toHaveLength(1), { timeout: 5_000 });
    });
    const answer = await refreshing;
    const [row] = await db.execute(
      sql`select revoked_at is not null as ended from sessions where id = ${sessionId}::uuid`,
    );
    expect(row).toEqual({ ended: true });
    // The token may have been exchanged before; what it was exchanged for is dead.
    expect(answer?.ok && (await refresh(answer.refreshToken))).toMatchObject({ code: 'token_revoked' });
  });

  it('limits the refreshes of one session', async () => {
    let { token } = await signIn();
    for (let i = 0; i < 30; i++) token = await rotated(token);
    expect(await refresh(token)).toMatchObject({ code: 'too_many_requests' });
  });
});
