import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { openDatabase } from '../db/client';
import { signInWithIdentity } from '../identities/google';
import { linkIdentity } from '../identities/link-store';
import { freshIdentity } from '../identities/testing';
import { unlockNumber } from '../admin/look-up';
import { phoneThrottlePolicy, sessionPolicy } from '../policy';
import { newId } from '../random';
import { confirmIdentity, sendConfirmation } from '../sessions/confirm-identity';
import { signOut } from '../sessions/end-sessions';
import { seenNow, signedInWith } from '../sessions/testing';
import { sendCode } from './send-code';
import { depsOn, freshAddress, freshPhone, newestCode, wrongCode } from './testing';
import { clearWrongTries } from './unlock-store';
import { verifyCode } from './verify-code';

const { db, url } = await testDatabase();
const deps = depsOn(db);
const { lockedFrom, stoppedSeconds } = phoneThrottlePolicy;

async function codeFor(phone: string): Promise<string> {
  await db.execute(sql`delete from rate_limits where bucket like ${`%${phone}`}`);
  const sent = await sendCode(deps, { phone, address: freshAddress() });
  if (!sent.ok) throw new Error(sent.code);
  return newestCode(db, phone);
}
const verify = (phone: string, code: string, knownSession?: string, on = deps) =>
  verifyCode(on, { phone, code, kind: 'web', address: freshAddress(), userAgent: null, knownSession });

const failures = async (phone: string) =>
  (
    await db.execute<{ n: number }>(sql`select consecutive_failures as n from phone_throttles where phone = ${phone}`)
  )[0]?.n;
const setFailures = (phone: string, count: number, secondsAgo = 0) =>
  db.execute(sql`
    insert into phone_throttles values (${phone}, ${count}, now() - make_interval(secs => ${secondsAgo}::integer))
    on conflict (phone) do update set consecutive_failures = excluded.consecutive_failures, last_failed_at = excluded.last_failed_at`);
const unlocked = async (phone: string) =>
  [
    ...(await db.execute<{ detail: object }>(
      sql`select detail from audit_events where phone = ${phone} and event = 'code.unlocked'`,
    )),
  ].map(({ detail }) => detail);
/** Within five seconds: the clock goes on while a busy machine hashes. */
const about = (seconds: number) => expect.closeTo(seconds, -1) as number;
const said = (answer: { ok: boolean; code?: string }) => (answer.ok ? 'in' : answer.code);

describe('wrong tries in a row', () => {
  it('count alike on a second instance and after a restart, and a new code resets nothing', async () => {
    const phone = freshPhone();
    const second = openDatabase(url, 2);
    const elsewhere = depsOn(second.db);
    for (const instance of [deps, elsewhere]) {
      const code = await codeFor(phone);
      for (let tried = 0; tried < 5; tried += 1) await verify(phone, wrongCode(code), undefined, instance);
    }
    await second.close();
    const restarted = openDatabase(url, 2);
    const code = await codeFor(phone);
    expect(await verify(phone, code, undefined, depsOn(restarted.db))).toMatchObject({
      code: 'too_many_attempts',
      retryAfterSeconds: about(30),
      message: expect.stringMatching(/^Too many wrong codes for this number\. Try again in \d\d seconds\.$/) as string,
    });
    await restarted.close();
    expect(await failures(phone)).toBe(10);
  });

  it('are not counted while tries are refused, so nobody prolongs a wait', async () => {
    const phone = freshPhone();
    await setFailures(phone, 12);
    const code = await codeFor(phone);
    for (let tried = 0; tried < 5; tried += 1)
      expect(said(await verify(phone, wrongCode(code)))).toBe('too_many_attempts');
    expect(await failures(phone)).toBe(12);
  });
});

describe('a stopped number', () => {
  it('refuses the right code at a hundred, and tells how long and what else there is', async () => {
    const phone = freshPhone();
    const code = await codeFor(phone);
    await setFailures(phone, lockedFrom);
    const google = { GOOGLE_CLIENT_ID: 'id', GOOGLE_CLIENT_SECRET: 'secret', SUPPORT_CONTACT: 'help@example.com' };
    const refused = await verify(phone, code, undefined, depsOn(db, undefined, google));
    expect(refused).toEqual({
      ok: false,
      code: 'too_many_attempts',
      retryAfterSeconds: about(stoppedSeconds),
      message:
        'There were too many wrong codes for this number, so codes to it are stopped. Sign in with a passkey or a recovery code, or with Google if you linked it, or use a browser you signed in with before, or contact support (help@example.com). Without any of these, one more code is checked in 30 days.',
    });
  });

  it('gets one further try when the wait is over: of fifty at once one is judged, and a wrong one stops it as long again', async () => {
    const phone = freshPhone();
    const code = await codeFor(phone);
    await setFailures(phone, lockedFrom, stoppedSeconds + 1);
    const answers = await Promise.all(Array.from({ length: 50 }, () => verify(phone, wrongCode(code))));
    expect(answers.filter((answer) => said(answer) === 'invalid_code')).toHaveLength(1);
    expect(await failures(phone)).toBe(lockedFrom + 1);
    expect(await verify(phone, code)).toHaveProperty('retryAfterSeconds', about(stoppedSeconds));
    await setFailures(phone, lockedFrom + 1, stoppedSeconds + 1);
    expect(said(await verify(phone, code))).toBe('in');
    expect(await failures(phone)).toBeUndefined();
  });

  it('is opened by an administrator, who is written down', async () => {
    const phone = freshPhone();
    const code = await codeFor(phone);
    await setFailures(phone, lockedFrom);
    const admin = await signedInWith(deps, freshPhone());
    expect(await unlockNumber(deps, admin, { phone, address: freshAddress() })).toEqual({ ok: true, wrongInARow: 100 });
    expect(said(await verify(phone, code))).toBe('in');
    expect(await unlocked(phone)).toEqual([{ by: admin.user.id, wrong_in_a_row: 100 }]);
    expect(await clearWrongTries(db, { phone, by: 'a test', sessionId: null, address: null })).toBe(0);
    expect(await unlocked(phone)).toHaveLength(1);
  });

  it('is opened by signing in with the Google account of its owner, and by nobody else’s', async () => {
    const phone = freshPhone();
    const owner = await signedInWith(deps, phone);
    const identity = freshIdentity();
    const address = freshAddress();
    const { user, sessionId } = owner;
    await linkIdentity(db, { userId: user.id, sessionId, phone, address, identity });
    await setFailures(phone, lockedFrom);
    const refreshTtlSeconds = deps.env.REFRESH_TOKEN_TTL_SECONDS;
    const google = { db, appUrl: deps.env.APP_URL, refreshTtlSeconds, log: deps.log };
    await signInWithIdentity(google, { identity: freshIdentity(), address, userAgent: null });
    expect(await failures(phone)).toBe(lockedFrom);
    expect((await signInWithIdentity(google, { identity, address, userAgent: null })).ok).toBe(true);
    expect(await failures(phone)).toBeUndefined();
    expect(await unlocked(phone)).toEqual([{ by: 'google', wrong_in_a_row: 100 }]);
    expect(said(await verify(phone, await codeFor(phone)))).toBe('in');
  });

  it('is opened by a code that a running session confirms with', async () => {
    const phone = freshPhone();
    const who = await signedInWith(deps, phone);
    await setFailures(phone, lockedFrom);
    await db.execute(sql`delete from rate_limits where bucket like ${`%${phone}`}`);
    const address = freshAddress();
    expect((await sendConfirmation(deps, who, { address })).ok).toBe(true);
    expect((await confirmIdentity(deps, who, { code: await newestCode(db, phone), address })).ok).toBe(true);
    expect(await failures(phone)).toBeUndefined();
  });
});

describe('a device that the account knows', () => {
  it('signs in while strangers have stopped the number, which opens it', async () => {
    const phone = freshPhone();
    const { sessionId } = await signedInWith(deps, phone, 'web');
    await setFailures(phone, lockedFrom);
    const code = await codeFor(phone);
    expect(said(await verify(phone, code))).toBe('too_many_attempts');
    expect(said(await verify(phone, code, sessionId))).toBe('in');
    expect(await failures(phone)).toBeUndefined();
  });

  it('begins anew with each right code', async () => {
    const phone = freshPhone();
    const { sessionId } = await signedInWith(deps, phone, 'web');
    for (let round = 0; round < 12; round += 1) {
      expect(said(await verify(phone, await codeFor(phone), sessionId)), String(round)).toBe('in');
    }
  });

  it('still does when its session has ended of itself', async () => {
    const phone = freshPhone();
    const { sessionId } = await signedInWith(deps, phone, 'web');
    await db.execute(sql`update sessions set expires_at = now() - interval '3 days' where id = ${sessionId}`);
    expect(await seenNow(deps, sessionId)).toBeNull();
    await setFailures(phone, lockedFrom);
    expect(said(await verify(phone, await codeFor(phone), sessionId))).toBe('in');
  });

  it('has a count of its own, with the same waits and the same stop', async () => {
    const phone = freshPhone();
    const { sessionId } = await signedInWith(deps, phone, 'web');
    for (let round = 0; round < 2; round += 1) {
      const code = await codeFor(phone);
      const answers = await Promise.all(Array.from({ length: 20 }, () => verify(phone, wrongCode(code), sessionId)));
      expect(answers.filter((answer) => said(answer) === 'invalid_code')).toHaveLength(5);
    }
    // They are tries for the number as well: its count is over all codes and all ways in.
    expect(await failures(phone)).toBe(10);
    const code = await codeFor(phone);
    expect(await verify(phone, code, sessionId)).toMatchObject({
      code: 'too_many_attempts',
      retryAfterSeconds: about(30),
    });
    await db.execute(sql`update sessions set wrong_codes = ${lockedFrom} where id = ${sessionId}`);
    expect(await verify(phone, code, sessionId)).toMatchObject({ retryAfterSeconds: about(stoppedSeconds) });
    expect(await verify(phone, code)).toMatchObject({ code: 'too_many_attempts', retryAfterSeconds: about(30) });
  });

  it('keeps its count whatever other account a right code opens with its cookie', async () => {
    const phone = freshPhone();
    const { sessionId } = await signedInWith(deps, phone, 'web');
    const thief = freshPhone();
    for (let round = 0; round < 2; round += 1) {
      const code = await codeFor(phone);
      for (let tried = 0; tried < 5; tried += 1) {
        expect(said(await verify(phone, wrongCode(code), sessionId))).toBe('invalid_code');
      }
      expect(said(await verify(thief, await codeFor(thief), sessionId))).toBe('in');
    }
    expect(said(await verify(phone, await codeFor(phone), sessionId))).toBe('too_many_attempts');
  });

  it('is none where the session was signed out, ended for safety, or is another account’s', async () => {
    const phone = freshPhone();
    const stranger = await signedInWith(deps, freshPhone(), 'web');
    const { sessionId } = await signedInWith(deps, phone, 'web');
    await setFailures(phone, lockedFrom);
    const code = await codeFor(phone);
    expect(said(await verify(phone, code, stranger.sessionId))).toBe('too_many_attempts');
    expect(said(await verify(phone, code, newId()))).toBe('too_many_attempts');
    for (const reason of ['signed_out', 'signed_out_everywhere', 'ended_by_user', 'refresh_reused', 'phone_changed']) {
      await db.execute(sql`update sessions set revoked_at = now(), revoked_reason = ${reason} where id = ${sessionId}`);
      expect(said(await verify(phone, code, sessionId)), reason).toBe('too_many_attempts');
    }
  });

  it('is none once the person signed out everywhere, even where its session had ended of itself or made room before', async () => {
    const phone = freshPhone();
    const { sessionId: runOut } = await signedInWith(deps, phone, 'web');
    const { sessionId: madeRoom } = await signedInWith(deps, phone, 'web');
    const who = await signedInWith(deps, phone, 'web');
    await db.execute(sql`update sessions set expires_at = now() - interval '3 days' where id = ${runOut}`);
    await db.execute(
      sql`update sessions set revoked_at = now(), revoked_reason = 'session_limit' where id = ${madeRoom}`,
    );
    const lifetimes = sessionPolicy;
    const done = await signOut({ db, clock: deps.clock, lifetimes }, who, {
      everywhere: true,
      address: freshAddress(),
    });
    expect(done.ok).toBe(true);
    await setFailures(phone, lockedFrom);
    const code = await codeFor(phone);
    expect(said(await verify(phone, code, runOut))).toBe('too_many_attempts');
    expect(said(await verify(phone, code, madeRoom))).toBe('too_many_attempts');
    // What is told to have ended is what still ran.
    const [event] = await db.execute<{ detail: { ended: string[] } }>(
      sql`select detail from audit_events where event = 'session.ended_everywhere' and user_id = ${who.user.id}`,
    );
    expect(event?.detail.ended).toEqual([who.sessionId]);
  });

  it('is one of the ten newest, however many sessions somebody made: more would be as many further counts', async () => {
    const phone = freshPhone();
    const { sessionId } = await signedInWith(deps, phone, 'web');
    await db.execute(sql`
      insert into sessions (id, user_id, kind, expires_at, created_at)
      select gen_random_uuid(), user_id, kind, now() - interval '1 day', now() + n * interval '1 second'
      from sessions, generate_series(1, ${sessionPolicy.maxLivePerUser - 1}::integer) as n where id = ${sessionId}`);
    await setFailures(phone, lockedFrom);
    const code = await codeFor(phone);
    expect(said(await verify(phone, wrongCode(code), sessionId))).toBe('invalid_code');
    await db.execute(sql`
      insert into sessions (id, user_id, kind, expires_at, created_at)
      select gen_random_uuid(), user_id, kind, expires_at, now() + interval '1 minute' from sessions where id = ${sessionId}`);
    expect(said(await verify(phone, code, sessionId))).toBe('too_many_attempts');
  });
});
