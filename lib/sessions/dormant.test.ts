import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { depsOn, freshAddress, freshPhone, newestCode } from '../otp/testing';
import { inboxSender } from '../sms/inbox';
import { confirmIdentity, sendConfirmation } from './confirm-identity';
import { isNumberDormant } from './dormancy-store';
import { seenNow, signedInWith, signInWith } from './testing';

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
const sessionOf = async (id: string) =>
  (await db.execute<{ id: string }>(sql`select id from sessions where user_id = ${id}`))[0]!.id;
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

  it('is refused where it is one of ADMIN_PHONES: its next holder becomes no administrator', async () => {
    const { phone, id } = await unseenFor(366);
    expect(await signInWith(withSettings({ ADMIN_PHONES: phone }), phone)).toMatchObject({
      ok: false,
      code: 'forbidden',
    });
    expect(await phoneOf(id)).toBe(phone);
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

describe('a number that nobody proved for a year, of an account that was in use by another way', () => {
  const google = { GOOGLE_CLIENT_ID: 'id', GOOGLE_CLIENT_SECRET: 'secret' };
  const withGoogle = withSettings(google);
  const ways = {
    'a Google account': (id: string) => sql`
      insert into identities (id, user_id, issuer, subject) values (gen_random_uuid(), ${id}, 'https://accounts.google.com', ${id})`,
    'a passkey': (id: string) => sql`
      insert into passkeys (id, user_id, credential_id, public_key, counter, transports, device_type, backed_up, aaguid, name)
      values (gen_random_uuid(), ${id}, ${id}, '', 0, '{}', 'singleDevice', false, gen_random_uuid(), 'Phone')`,
    'a recovery code': (id: string) =>
      sql`insert into recovery_codes (user_id, place, code_hash) values (${id}, 1, ${id})`,
  };
  /** Somebody who has that way in as well, and last came so many days ago. */
  async function using(way: keyof typeof ways, daysAgo: number) {
    const { phone, id } = await unseenFor(366);
    await db.execute(ways[way](id));
    await db.execute(sql`
      update sessions set created_at = created_at - make_interval(days => ${daysAgo}),
        last_seen_at = last_seen_at - make_interval(days => ${daysAgo}),
        expires_at = expires_at - make_interval(days => ${daysAgo}) where user_id = ${id}`);
    await db.execute(
      sql`update audit_events set created_at = created_at - make_interval(days => ${daysAgo}) where user_id = ${id}`,
    );
    return { phone, id };
  }
  const all = Object.keys(ways) as (keyof typeof ways)[];

  it.each(all)('asks for that: %s', async (way) => {
    const { phone, id } = await using(way, 300);
    // What the trail does not know any more, a session still does, and the other way round.
    await db.execute(sql`delete from sessions where user_id = ${id}`);
    expect(await signInWith(withGoogle, phone)).toMatchObject({
      ok: false,
      code: 'forbidden',
      message: expect.stringContaining('Sign in another way (a passkey, a recovery code, Google)'),
    });
    expect(await phoneOf(id)).toBe(phone);
    expect(await eventsOf(id)).toContain('session.refused');
    const seen = await using(way, 300);
    await db.execute(sql`delete from audit_events where user_id = ${seen.id}`);
    expect(await signInWith(withGoogle, seen.phone)).toMatchObject({ ok: false, code: 'forbidden' });
  });

  it.each(all)('starts a fresh account when nobody came for a year: %s', async (way) => {
    const { phone, id } = await using(way, 366);
    expect(await signInWith(withGoogle, phone)).toMatchObject({ ok: true, created: true });
    expect(await phoneOf(id)).toBeNull();
  });

  it('starts a fresh account where that way is shut: Google not configured, the recovery code used up, or an administrator’s', async () => {
    const unconfigured = await using('a Google account', 1);
    expect(await signInWith(deps, unconfigured.phone)).toMatchObject({ ok: true, created: true });
    const used = await using('a recovery code', 1);
    await db.execute(sql`update recovery_codes set used_at = now() where user_id = ${used.id}`);
    expect(await signInWith(deps, used.phone)).toMatchObject({ ok: true, created: true });
    const admin = await using('a recovery code', 1);
    await db.execute(sql`update users set role = 'admin' where id = ${admin.id}`);
    expect(await signInWith(deps, admin.phone)).toMatchObject({ ok: true, created: true });
  });

  it('opens its account again once a session that came the other way has confirmed it', async () => {
    const { phone, id } = await using('a recovery code', 1);
    const who = (await seenNow(deps, await sessionOf(id)))!;
    expect(await isNumberDormant(deps, who)).toBe(true);
    expect(await signInWith(deps, phone)).toMatchObject({ ok: false, code: 'forbidden' });
    await db.execute(sql`delete from rate_limits where bucket like ${`%${phone}`}`);
    const address = freshAddress();
    expect(await sendConfirmation(deps, who, { address })).toMatchObject({ ok: true });
    expect(await confirmIdentity(deps, who, { code: await newestCode(db, phone), address })).toMatchObject({
      ok: true,
    });
    expect(await isNumberDormant(deps, who)).toBe(false);
    expect(await signInWith(deps, phone)).toMatchObject({ ok: true, created: false, user: { id } });
  });
});

describe('a number that was proved within the year', () => {
  it.each([deps, careful])('opens its account, and the year begins anew', async (settings) => {
    const { phone, id } = await unseenFor(364);
    expect(await signInWith(settings, phone)).toMatchObject({ ok: true, created: false, user: { id } });
    await db.execute(sql`update users set phone_proved_at = phone_proved_at - interval '364 days' where id = ${id}`);
    expect(await signInWith(settings, phone)).toMatchObject({ ok: true, created: false, user: { id } });
  });
});
