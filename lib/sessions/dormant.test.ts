import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { depsOn, freshPhone } from '../otp/testing';
import { inboxSender } from '../sms/inbox';
import { signedInWith, signInWith } from './testing';

const { db } = await testDatabase();
const withSettings = (settings: Record<string, string> = {}) => depsOn(db, inboxSender(db), settings);
const deps = withSettings();
const careful = withSettings({ DORMANT_ACCOUNTS: 'second-proof' });

/** Somebody who proved their number so many days ago, and not since. */
async function unseenFor(days: number, more = sql`bio = bio`) {
  const phone = freshPhone();
  const { user } = await signedInWith(deps, phone);
  await db.execute(sql`
    update users set phone_proved_at = now() - make_interval(days => ${days}), first_name = 'Old', ${more} where id = ${user.id}`);
  return { phone, id: user.id };
}
const phoneOf = async (id: string) =>
  (await db.execute<{ phone: string | null }>(sql`select phone from users where id = ${id}`))[0]?.phone;
const eventsOf = async (id: string) =>
  (await db.execute<{ event: string }>(sql`select event from audit_events where user_id = ${id}`)).map((r) => r.event);

describe('a number that nobody proved for a year', () => {
  it('starts a fresh account; the old one keeps its data, without a number', async () => {
    const { phone, id } = await unseenFor(366);
    const fresh = await signInWith(deps, phone);
    expect(fresh).toMatchObject({ ok: true, created: true, user: { phone, first_name: null } });
    expect(fresh.ok && 'user' in fresh && fresh.user.id).not.toBe(id);
    const [old] = await db.execute(sql`select phone, phone_verified_at, first_name from users where id = ${id}`);
    expect(old).toEqual({ phone: null, phone_verified_at: null, first_name: 'Old' });
    expect(await eventsOf(id)).toContain('user.phone_released');
    // From now on the number is the new account's, like any other.
    expect(await signInWith(deps, phone)).toMatchObject({ ok: true, created: false });
  });

  it('is refused where a second proof is asked for, and the code is spent', async () => {
    const { phone, id } = await unseenFor(366);
    expect(await signInWith(careful, phone)).toMatchObject({ ok: false, code: 'forbidden' });
    const live = await db.execute(sql`select 1 from otp_challenges where phone = ${phone} and consumed_at is null`);
    expect(live).toHaveLength(0);
    expect(await phoneOf(id)).toBe(phone);
    expect(await eventsOf(id)).toContain('session.refused');
  });

  it('opens its account when the setting says never', async () => {
    const { phone, id } = await unseenFor(3_000);
    expect(await signInWith(withSettings({ DORMANT_AFTER_DAYS: '0' }), phone)).toMatchObject({
      ok: true,
      user: { id },
    });
  });

  it.each([deps, careful])(
    'keeps a suspended account closed: a fresh one would be a way around it',
    async (settings) => {
      const { phone, id } = await unseenFor(366, sql`suspended_at = now()`);
      expect(await signInWith(settings, phone)).toMatchObject({ ok: false, code: 'account_suspended' });
      expect(await phoneOf(id)).toBe(phone);
    },
  );
});

describe('a number that was proved within the year', () => {
  it.each([deps, careful])('opens its account, and the year begins anew', async (settings) => {
    const { phone, id } = await unseenFor(364);
    expect(await signInWith(settings, phone)).toMatchObject({ ok: true, created: false, user: { id } });
    await db.execute(sql`update users set phone_proved_at = phone_proved_at - interval '364 days' where id = ${id}`);
    expect(await signInWith(settings, phone)).toMatchObject({ ok: true, created: false, user: { id } });
  });
});
