import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { depsOn, freshPhone } from '../otp/testing';
import { seenNow, signedInWith, signInWith } from '../sessions/testing';
import { administrators, changeAdminRole } from './role-store';

const { db } = await testDatabase();
const deps = depsOn(db);

const trailOf = async (phone: string) => [
  ...(await db.execute<{ detail: Record<string, string>; session_id: string | null }>(sql`
    select detail, session_id from audit_events where phone = ${phone} and event = 'user.role_changed' order by created_at`)),
];
const roleOf = async (phone: string) =>
  (await db.execute<{ role: string }>(sql`select role from users where phone = ${phone}`))[0]?.role;

describe('the role of an administrator', () => {
  it('is granted and revoked at once, ends what was signed in before, and is written down once each', async () => {
    const phone = freshPhone();
    const who = await signedInWith(deps, phone);
    expect(await changeAdminRole(db, { phone, grant: true, by: 'a test' })).toBe('changed');
    expect(await changeAdminRole(db, { phone, grant: true, by: 'a test' })).toBe('unchanged');
    expect(await seenNow(deps, who.sessionId)).toBeNull();
    expect(await roleOf(phone)).toBe('admin');
    expect((await administrators(db)).map((found) => found.phone)).toContain(phone);
    expect(await changeAdminRole(db, { phone, grant: false, by: 'a test' })).toBe('changed');
    expect(await changeAdminRole(db, { phone, grant: false, by: 'a test' })).toBe('unchanged');
    expect(await roleOf(phone)).toBe('user');
    expect(await seenNow(deps, who.sessionId)).toBeNull();
    expect((await trailOf(phone)).map(({ detail }) => detail)).toEqual([
      { from: 'user', to: 'admin', by: 'a test' },
      { from: 'admin', to: 'user', by: 'a test' },
    ]);
  });

  it('is for accounts that exist and are not suspended', async () => {
    const phone = freshPhone();
    expect(await changeAdminRole(db, { phone, grant: true, by: 'a test' })).toBe('unknown');
    await signInWith(deps, phone);
    await db.execute(sql`update users set suspended_at = now() where phone = ${phone}`);
    expect(await changeAdminRole(db, { phone, grant: true, by: 'a test' })).toBe('suspended');
    expect(await roleOf(phone)).toBe('user');
    expect(await trailOf(phone)).toEqual([]);
  });

  it('takes no other role away', async () => {
    const phone = freshPhone();
    await signInWith(deps, phone);
    await db.execute(sql`update users set role = 'provider' where phone = ${phone}`);
    expect(await changeAdminRole(db, { phone, grant: false, by: 'a test' })).toBe('unchanged');
    expect(await roleOf(phone)).toBe('provider');
  });
});

describe('ADMIN_PHONES', () => {
  it('makes an administrator of a new and of a known account at a right code, and says so once in the trail', async () => {
    const [fresh, known] = [freshPhone(), freshPhone()];
    await signInWith(deps, known);
    const withAdmins = depsOn(db, undefined, { ADMIN_PHONES: `${fresh}, ${known}` });
    for (const phone of [fresh, known]) {
      const first = await signInWith(withAdmins, phone);
      expect(first).toMatchObject({ ok: true, user: { role: 'admin' } });
      await signInWith(withAdmins, phone);
      expect(await trailOf(phone)).toEqual([
        { detail: { from: 'user', to: 'admin', by: 'ADMIN_PHONES' }, session_id: first.ok && first.sessionId },
      ]);
    }
  });

  it('makes nobody else one, demotes nobody who was taken out of it, and lifts no suspension', async () => {
    const [admin, other, suspended] = [freshPhone(), freshPhone(), freshPhone()];
    await signInWith(deps, suspended);
    await db.execute(sql`update users set suspended_at = now() where phone = ${suspended}`);
    const withAdmins = depsOn(db, undefined, { ADMIN_PHONES: `${admin},${suspended}` });
    await signInWith(withAdmins, admin);
    expect(await signInWith(withAdmins, suspended)).toMatchObject({ ok: false, code: 'account_suspended' });
    await signInWith(withAdmins, other);
    await signInWith(deps, admin);
    expect(await Promise.all([admin, other, suspended].map(roleOf))).toEqual(['admin', 'user', 'user']);
  });
});
