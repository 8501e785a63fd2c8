import { sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '../clock';
import { testDatabase } from '../db/testing/database';
import { depsOn, freshAddress, freshPhone, newestCode } from '../otp/testing';
import { sendCode } from '../otp/send-code';
import { linkIdentity } from '../identities/link-store';
import { freshIdentity, signedInAs } from '../identities/testing';
import { confirmPhoneChange, requestPhoneChange } from '../phone-changes/change-phone';
import { sendNotice } from '../notifications/send-notice';
import type { SignedIn } from '../sessions/authenticate';
import { verifyCode } from '../otp/verify-code';
import { seenNow, signedInWith, signInWith } from '../sessions/testing';
import { inboxMessagesOf } from '../sms/inbox';
import { deleteDueAccounts, requestDeletion } from './delete-account';
import { exportAccount } from './export-account';

const { db, transaction } = await testDatabase();
const deps = { ...depsOn(db), clock: systemClock };
const DAY_MS = 86_400_000;

async function asked(phone = freshPhone()) {
  const who = await signedInWith(deps, phone);
  const done = await requestDeletion(deps, who, { address: freshAddress() });
  if (!done.ok) throw new Error(done.code);
  return { who, phone, id: who.user.id, deletedAt: done.deletedAt };
}
async function changeNumber(who: SignedIn, phone: string, oldNumberLost = false) {
  await db.execute(sql`delete from rate_limits`);
  const input = { phone, oldNumberLost, address: freshAddress() };
  await requestPhoneChange(deps, who, input);
  return confirmPhoneChange(deps, who, { ...input, code: await newestCode(db, phone) });
}
const pass = (id: string, days: number) =>
  db.execute(
    sql`update users set deletion_requested_at = deletion_requested_at - make_interval(days => ${days}) where id = ${id}`,
  );
const exists = async (id: string) => (await db.execute(sql`select 1 from users where id = ${id}`)).length === 1;

describe('deletion', () => {
  it('needs a fresh proof', async () => {
    const who = await signedInWith(deps, freshPhone());
    const stale = { ...who, provedAt: new Date(who.provedAt.getTime() - 601_000) };
    expect(await requestDeletion(deps, stale, { address: 'x' })).toMatchObject({ code: 'fresh_proof_required' });
  });

  it('ends all sessions now, tells the number when, and deletes after the grace period', async () => {
    const phone = freshPhone();
    const other = await signedInWith(deps, phone);
    const { who, id, deletedAt } = await asked(phone);
    expect(Math.round((deletedAt.getTime() - Date.now()) / DAY_MS)).toBe(14);
    expect(await seenNow(deps, who.sessionId)).toBeNull();
    expect(await seenNow(deps, other.sessionId)).toBeNull();
    expect((await inboxMessagesOf(db, phone))[0]?.text).toMatch(/^Latchkey: your account will be deleted on \d/);
    await pass(id, 13);
    expect([await deleteDueAccounts(deps), await exists(id)]).toEqual([0, true]);
    await pass(id, 1);
    expect([await deleteDueAccounts(deps), await exists(id)]).toEqual([1, false]);
  });

  it('ends a session that a sign-in of the same moment starts', async () => {
    const { phone, id } = await asked();
    const identity = freshIdentity();
    const { sessionId } = await signedInWith(deps, phone);
    await linkIdentity(db, { userId: id, sessionId, phone, address: null, identity });
    let asking: ReturnType<typeof requestDeletion> | undefined;
    await transaction(async (tx) => {
      await signedInAs(tx, identity);
      asking = requestDeletion(deps, (await seenNow(deps, sessionId))!, { address: freshAddress() });
      const waiting = sql`select 1 from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`;
      await vi.waitFor(async () => expect(await db.execute(waiting)).toHaveLength(1), { timeout: 5_000 });
    });
    expect(await asking).toMatchObject({ ok: true });
    const live = await db.execute(sql`select 1 from sessions where user_id = ${id} and revoked_at is null`);
    expect(live).toHaveLength(0);
  });

  it('is taken back by signing in before then', async () => {
    const { id, phone } = await asked();
    await pass(id, 13);
    expect(await signInWith(deps, phone)).toMatchObject({ ok: true, created: false, user: { id } });
    await pass(id, 30);
    expect([await deleteDueAccounts(deps), await exists(id)]).toEqual([0, true]);
    const rows = await db.execute(
      sql`select 1 from audit_events where user_id = ${id} and event = 'user.deletion_cancelled'`,
    );
    expect(rows).toHaveLength(1);
  });

  it('leaves nothing of the person, and a trail without one', async () => {
    const { id, phone } = await asked();
    await db.execute(
      sql`insert into identities (id, user_id, issuer, subject) values (gen_random_uuid(), ${id}, 'i', ${id})`,
    );
    await db.execute(sql`delete from rate_limits`);
    await sendCode(deps, { phone, address: '203.0.113.77' });
    await db.execute(sql`insert into phone_throttles values (${phone}, 3, now())`);
    await pass(id, 15);
    expect(await deleteDueAccounts(deps)).toBe(1);
    const [left] = await db.execute(sql`
      select (select count(*)::int from otp_challenges where phone = ${phone}) as codes,
        (select count(*)::int from phone_throttles where phone = ${phone}) as tries,
        (select count(*)::int from inbox_messages where phone = ${phone}) as messages,
        (select count(*)::int from sms_deliveries where phone = ${phone}) as deliveries,
        (select count(*)::int from sessions where user_id = ${id}) as sessions,
        (select count(*)::int from identities where user_id = ${id}) as identities,
        (select count(*)::int from audit_events where phone = ${phone}) as of_the_number,
        (select count(*)::int from audit_events where user_id = ${id} and (address is not null or detail <> '{}')) as told,
        (select count(*)::int from audit_events where user_id = ${id} and event = 'user.deleted') as deleted`);
    expect(left).toEqual({
      codes: 0,
      tries: 0,
      messages: 0,
      deliveries: 0,
      sessions: 0,
      identities: 0,
      of_the_number: 0,
      told: 0,
      deleted: 1,
    });
    expect(await signInWith(deps, phone)).toMatchObject({ ok: true, created: true });
  });

  it('touches nobody else, and not the trail another account has under the same number', async () => {
    const { id, phone } = await asked();
    const bystander = await signedInWith(deps, freshPhone());
    await db.execute(
      sql`insert into audit_events (id, event, user_id, phone) values (gen_random_uuid(), 'session.created', ${bystander.user.id}, ${phone})`,
    );
    await pass(id, 15);
    await deleteDueAccounts(deps);
    expect(await seenNow(deps, bystander.sessionId)).not.toBeNull();
    const kept = await db.execute(
      sql`select 1 from audit_events where user_id = ${bystander.user.id} and phone = ${phone}`,
    );
    expect(kept).toHaveLength(1);
  });

  it('of a suspended account waits until the suspension is lifted: the number would open a fresh one', async () => {
    const { id } = await asked();
    await pass(id, 15);
    await db.execute(sql`update users set suspended_at = now() where id = ${id}`);
    expect([await deleteDueAccounts(deps), await exists(id)]).toEqual([0, true]);
    await db.execute(sql`update users set suspended_at = null where id = ${id}`);
    // Nobody could take it back meanwhile, so the grace period begins anew.
    await pass(id, 13);
    expect([await deleteDueAccounts(deps), await exists(id)]).toEqual([0, true]);
    await pass(id, 1);
    expect([await deleteDueAccounts(deps), await exists(id)]).toEqual([1, false]);
  });

  it('cleans what former and once wanted numbers left, up to when somebody else had them', async () => {
    const [first, wanted, last] = [freshPhone(), freshPhone(), freshPhone()];
    const who = await signedInWith(deps, first);
    expect((await changeNumber(who, wanted, true)).ok).toBe(true);
    expect((await changeNumber(who, last)).ok).toBe(true);
    const heir = await signedInWith(deps, first);
    const id = who.user.id;
    await requestDeletion(deps, (await seenNow(deps, who.sessionId))!, { address: 'x' });
    await pass(id, 15);
    expect(await deleteDueAccounts(deps)).toBe(1);
    const left = (phone: string) =>
      db.execute<Record<string, number>>(sql`
        select (select count(*)::int from audit_events where phone = ${phone} and user_id is distinct from ${heir.user.id}) as trail,
          (select count(*)::int from otp_challenges where phone = ${phone}) as codes,
          (select count(*)::int from sms_deliveries where phone = ${phone} and challenge_id is null) as notices,
          (select count(*)::int from inbox_messages where phone = ${phone}) as messages`);
    expect([...(await left(wanted)), ...(await left(last))]).toEqual([
      { trail: 0, codes: 0, notices: 0, messages: 0 },
      { trail: 0, codes: 0, notices: 0, messages: 0 },
    ]);
    // The code by which the heir signed in, asked for and tried before the number was theirs, after it was the other's.
    expect([...(await left(first))]).toEqual([{ trail: 2, codes: 1, notices: 0, messages: 0 }]);
    expect(await seenNow(deps, heir.sessionId)).not.toBeNull();
  });

  it('of one with a very long trail is done bit by bit, and one that fails holds nobody up', async () => {
    const [long, failing, next] = [await asked(), await asked(), await asked()];
    for (let i = 0; i < 12; i += 1) {
      await db.execute(sql`
        insert into audit_events (id, event, user_id, phone, address, detail)
        select gen_random_uuid(), 'user.profile_changed', ${long.id}, ${long.phone}, '203.0.113.1', '{"fields": ["bio"]}'
        from generate_series(1, 10000)`);
    }
    await pass(failing.id, 30);
    await pass(long.id, 20);
    await pass(next.id, 15);
    await db.execute(sql`create table holds (user_id uuid references users (id))`);
    await db.execute(sql`insert into holds values (${failing.id})`);
    const warn = vi.fn();
    expect(await deleteDueAccounts({ db, log: { warn } })).toBe(2);
    expect(warn).toHaveBeenCalledWith(expect.objectContaining({ userId: failing.id }), expect.any(String));
    expect([await exists(failing.id), await exists(long.id), await exists(next.id)]).toEqual([true, false, false]);
    const named = await db.execute(
      sql`select 1 from audit_events where user_id = ${long.id} and (phone is not null or address is not null)`,
    );
    expect(named).toHaveLength(0);
    await db.execute(sql`drop table holds`);
    expect(await deleteDueAccounts(deps)).toBe(1);
  }, 60_000);

  it('of an empty account whose Google account was linked elsewhere leaves a trail without a person', async () => {
    const identity = freshIdentity();
    const shell = await signedInAs(db, identity, '203.0.113.5');
    const { user, sessionId } = await signedInWith(deps, freshPhone());
    const by = { userId: user.id, sessionId, phone: user.phone, address: '203.0.113.6' };
    expect(await linkIdentity(db, { ...by, identity })).toBe('linked');
    const rows = await db.execute<{ address: string | null }>(
      sql`select address from audit_events where user_id = ${shell.user.id}`,
    );
    expect(rows.length).toBeGreaterThan(2);
    expect(rows.filter(({ address }) => address !== null)).toEqual([]);
  });

  it('happens once though several instances work together, and a sign-in at that moment leaves no half account', async () => {
    const people = await Promise.all(Array.from({ length: 6 }, () => asked()));
    await db.execute(sql`delete from rate_limits`);
    const returning = await Promise.all(
      people.slice(0, 3).map(async ({ phone }) => {
        await sendCode(deps, { phone, address: freshAddress() });
        return {
          phone,
          code: await newestCode(db, phone),
          kind: 'api',
          address: freshAddress(),
          userAgent: null,
        } as const;
      }),
    );
    for (const { id } of people) await pass(id, 15);
    const [signIns, counts] = await Promise.all([
      Promise.all(returning.map((input) => verifyCode(deps, input))),
      Promise.all(Array.from({ length: 3 }, () => deleteDueAccounts(deps))),
    ]);
    await deleteDueAccounts(deps);
    expect(counts.reduce((a, b) => a + b, 0)).toBeGreaterThanOrEqual(3);
    for (const { id } of people) {
      const rows = await db.execute(sql`select 1 from audit_events where user_id = ${id} and event = 'user.deleted'`);
      expect(rows.length).toBe((await exists(id)) ? 0 : 1);
    }
    // The code of somebody who was deleted first went with them: the next one opens a fresh account.
    for (const [i, signIn] of signIns.entries()) {
      const { id, phone } = people[i]!;
      if (signIn.ok) expect(await exists(signIn.user.id)).toBe(true);
      else expect([signIn.code, await exists(id)]).toEqual(['code_expired', false]);
      expect(await signInWith(deps, phone)).toMatchObject({ ok: true });
    }
  });
});

describe('an export', () => {
  it('holds what is known of the person, no key and no hash, and nothing of others', async () => {
    const phone = freshPhone();
    const who = await signedInWith(deps, phone);
    const stranger = await signedInWith(deps, freshPhone());
    await sendNotice(deps, { phone, kind: 'phoneArrived', text: 'You are told.' });
    const exported = await exportAccount(deps, who, { address: '203.0.113.9' });
    if (!exported.ok) throw new Error(exported.code);
    expect(exported.data).toMatchObject({
      exported_at: expect.any(String),
      user: { id: who.user.id, phone, phone_proved_at: expect.stringContaining('T') },
      identities: [],
      phone_change: null,
      sessions: [{ id: who.sessionId, kind: 'api' }],
      activity: expect.arrayContaining([expect.objectContaining({ event: 'user.exported', address: '203.0.113.9' })]),
      messages_to_the_number: [{ kind: 'notice', channel: 'sms', provider: 'inbox', failed_at: null }],
    });
    const text = JSON.stringify(exported.data);
    expect(text).not.toMatch(/hash|token|flow/);
    expect(text).not.toContain(stranger.user.id);
    expect(text).not.toContain(stranger.user.phone);
  });

  it('masks a number that was asked for, and leaves out what those who run the service noted', async () => {
    const who = await signedInWith(deps, freshPhone());
    const wanted = freshPhone();
    await changeNumber(who, wanted, true);
    await db.execute(sql`update users set suspended_reason = 'a note' where id = ${who.user.id}`);
    const exported = await exportAccount(deps, who, { address: '203.0.113.9' });
    if (!exported.ok) throw new Error(exported.code);
    expect(exported.data).toMatchObject({ phone_change: { new_phone: expect.stringMatching(/•.*\d{4}$/) } });
    expect(JSON.stringify(exported.data)).not.toContain(wanted);
    expect(JSON.stringify(exported.data)).not.toMatch(/suspended|a note/);
  });
});
