import { sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { sendCode } from '../otp/send-code';
import { depsOn, freshAddress, freshPhone, newestCode } from '../otp/testing';
import { verifyCode } from '../otp/verify-code';
import { confirmPhoneChange, requestPhoneChange } from '../phone-changes/change-phone';
import { inboxSender } from '../sms/inbox';
import { signedInWith } from './testing';

const { db, transaction } = await testDatabase();
const deps = depsOn(db);

/** Begins `work` while another transaction holds a session, which once `work` waits for it locks a number's wrong tries as well. */
async function whileHeld<Value>(sessionId: string, phone: string, work: () => Promise<Value>): Promise<Value> {
  const started = await transaction(async (tx) => {
    await tx.execute(sql`select from sessions where id = ${sessionId} for update`);
    const promise = work();
    const waiting = sql`
      select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
    await vi.waitFor(async () => expect(await db.execute(waiting)).toHaveLength(1), { timeout: 5_000 });
    expect(await tx.execute(sql`select from phone_throttles where phone = ${phone} for update nowait`)).toHaveLength(1);
    return { promise };
  });
  return started.promise;
}

async function codeFor(phone: string): Promise<string> {
  await db.execute(sql`delete from rate_limits where bucket like ${`%${phone}`}`);
  expect(await sendCode(deps, { phone, address: freshAddress() })).toMatchObject({ ok: true });
  return newestCode(db, phone);
}

const enter = (phone: string, code: string, on = deps) =>
  verifyCode(on, { phone, code, kind: 'web', address: freshAddress(), userAgent: null });

describe('a right code clears the wrong tries of its number after all else it locks, as a known device’s try does', () => {
  it('where the sign-in ends the oldest session', async () => {
    const phone = freshPhone();
    const { sessionId } = await signedInWith(deps, phone);
    await db.execute(sql`
      insert into sessions (id, user_id, kind, expires_at, created_at)
      select gen_random_uuid(), user_id, kind, expires_at, now() + n * interval '1 second'
      from sessions, generate_series(1, 9) as n where id = ${sessionId}`);
    const code = await codeFor(phone);
    expect(await whileHeld(sessionId, phone, () => enter(phone, code))).toMatchObject({ ok: true });
    expect(await db.execute(sql`select from phone_throttles where phone = ${phone}`)).toHaveLength(0);
  });

  it('where it makes somebody an administrator, which ends the sessions of before', async () => {
    const phone = freshPhone();
    const { sessionId } = await signedInWith(deps, phone);
    const promoting = depsOn(db, inboxSender(db), { ADMIN_PHONES: phone });
    const code = await codeFor(phone);
    const entered = await whileHeld(sessionId, phone, () => enter(phone, code, promoting));
    expect(entered).toMatchObject({ ok: true, user: { role: 'admin' } });
    expect(await db.execute(sql`select from phone_throttles where phone = ${phone}`)).toHaveLength(0);
  });

  it('where it changes a number, which ends all other sessions', async () => {
    const phone = freshPhone();
    const other = await signedInWith(deps, phone);
    const who = await signedInWith(deps, phone);
    const change = { phone: freshPhone(), oldNumberLost: false, address: freshAddress() };
    expect(await requestPhoneChange(deps, who, change)).toMatchObject({ ok: true });
    const code = await newestCode(db, change.phone);
    const changed = await whileHeld(other.sessionId, change.phone, () =>
      confirmPhoneChange(deps, who, { ...change, code }),
    );
    expect(changed).toMatchObject({ ok: true, user: { phone: change.phone } });
    expect(await db.execute(sql`select from phone_throttles where phone = ${change.phone}`)).toHaveLength(0);
  });
});
