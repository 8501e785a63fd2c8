import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { freshPhone } from '../otp/testing';
import { newId } from '../random';
import type { ClaimedIdentity } from './identity-claims';
import { linkIdentity, unlinkIdentity } from './link-store';
import { freshIdentity, signedInAs } from './testing';

const { db } = await testDatabase();
const issuer = 'https://accounts.google.com';

const somebody = (more: Partial<ClaimedIdentity> = {}) =>
  freshIdentity({
    issuer,
    email: 'gina@example.com',
    emailVerified: true,
    firstName: 'Gina',
    lastName: 'Doe',
    ...more,
  });

const signedIn = (identity: ClaimedIdentity) => signedInAs(db, identity);

async function withNumber(more: { email?: string } = {}): Promise<{ userId: string; phone: string }> {
  const [userId, phone] = [newId(), freshPhone()];
  await db.execute(sql`
    insert into users (id, phone, phone_verified_at, phone_proved_at, email)
    values (${userId}::uuid, ${phone}, now(), now(), ${more.email ?? null})`);
  return { userId, phone };
}

async function link(userId: string, identity: ClaimedIdentity, ended = false) {
  const sessionId = newId();
  await db.execute(sql`
    insert into sessions (id, user_id, kind, expires_at, revoked_at)
    select ${sessionId}::uuid, id, 'web', now() + interval '1 day', case when ${ended}::boolean then now() end
    from users where id = ${userId}::uuid`);
  return linkIdentity(db, { userId, sessionId, phone: null, address: null, identity });
}

const unlink = (userId: string, id: string) =>
  unlinkIdentity(db, { userId, sessionId: newId(), phone: null, address: null, id, dormantAfterDays: 365 });

async function held(identity: ClaimedIdentity): Promise<{ id: string; user_id: string }> {
  const rows = await db.execute<{ id: string; user_id: string }>(
    sql`select id, user_id from identities where issuer = ${issuer} and subject = ${identity.subject}`,
  );
  expect(rows).toHaveLength(1);
  return rows[0]!;
}

describe('signing in with an identity', () => {
  it('makes one account of fifty simultaneous first sign-ins', async () => {
    const identity = somebody();
    const all = await Promise.all(Array.from({ length: 50 }, () => signedIn(identity)));
    expect(new Set(all.map(({ user }) => user.id)).size).toBe(1);
    expect(all.filter(({ created }) => created)).toHaveLength(1);
    const [orphans] = await db.execute(
      sql`select count(*)::int as n from users u where phone is null and not exists (select from identities where user_id = u.id)`,
    );
    expect(orphans).toEqual({ n: 0 });
  });

  it('leaves ten sessions of any number of simultaneous sign-ins', async () => {
    const identity = somebody();
    const { user } = await signedIn(identity);
    await Promise.all(Array.from({ length: 30 }, () => signedIn(identity)));
    const [live] = await db.execute(
      sql`select count(*)::int as n from sessions where user_id = ${user.id}::uuid and revoked_at is null`,
    );
    expect(live).toEqual({ n: 10 });
    const [ended] = await db.execute(
      sql`select count(*)::int as n from audit_events where user_id = ${user.id}::uuid and event = 'session.limit_reached'`,
    );
    expect(ended).toEqual({ n: 21 });
  });

  it('fills blanks and overwrites nothing', async () => {
    const identity = somebody();
    const { user } = await signedIn(identity);
    await db.execute(sql`update users set first_name = 'Regina', bio = 'Mine' where id = ${user.id}::uuid`);
    const again = await signedIn({ ...identity, firstName: 'Other', lastName: 'Name', email: 'other@example.com' });
    expect(again.user).toMatchObject({
      id: user.id,
      firstName: 'Regina',
      lastName: 'Doe',
      email: 'gina@example.com',
      bio: 'Mine',
    });
    expect(again.created).toBe(false);
  });

  it('verifies an address only when it is the profile’s own', async () => {
    const identity = somebody({ email: 'G@Example.com' });
    const { userId } = await withNumber({ email: 'g@example.com' });
    await link(userId, identity);
    expect((await signedIn(identity)).user.emailVerifiedAt).toBeInstanceOf(Date);
    const other = somebody({ email: 'g@example.com' });
    const second = await withNumber({ email: 'mine@example.com' });
    await link(second.userId, other);
    expect((await signedIn(other)).user).toMatchObject({ email: 'mine@example.com', emailVerifiedAt: null });
  });

  it('never finds an account by its e-mail address', async () => {
    const { userId } = await withNumber({ email: 'same@example.com' });
    const { user, created } = await signedIn(somebody({ email: 'same@example.com' }));
    expect(created).toBe(true);
    expect(user.id).not.toBe(userId);
    expect(user.phone).toBeNull();
  });

  it('tells people of another issuer apart by the same subject', async () => {
    const identity = somebody();
    const [here, there] = [await signedIn(identity), await signedIn({ ...identity, issuer: 'https://other.example' })];
    expect(here.user.id).not.toBe(there.user.id);
  });
});

describe('the proof that a sign-in with an identity is', () => {
  const isFresh = async (sessionId: string) =>
    (
      await db.execute<{ fresh: boolean }>(
        sql`select proved_at > now() - interval '10 minutes' as fresh from sessions where id = ${sessionId}::uuid`,
      )
    )[0]?.fresh;

  it('is fresh for an account without a number, which has no other', async () => {
    expect(await isFresh((await signedIn(somebody())).sessionId)).toBe(true);
  });

  it('is none for an account with a number: whoever sits at an open browser has it', async () => {
    const identity = somebody();
    const { userId } = await withNumber();
    expect(await link(userId, identity)).toBe('linked');
    expect(await isFresh((await signedIn(identity)).sessionId)).toBe(false);
  });
});

describe('linking', () => {
  it('each other’s identity at once keeps nobody waiting in a circle', async () => {
    for (let round = 0; round < 20; round += 1) {
      const [a, b] = [somebody(), somebody()];
      const [one, two] = [await withNumber(), await withNumber()];
      await link(one.userId, a);
      await link(two.userId, b);
      expect(await Promise.all([link(one.userId, b), link(two.userId, a)])).toEqual(['has_another', 'has_another']);
    }
  });

  it('of two accounts that want one identity at once, one gets it', async () => {
    for (let round = 0; round < 10; round += 1) {
      const identity = somebody();
      const people = await Promise.all([withNumber(), withNumber()]);
      const outcomes = await Promise.all(people.map(({ userId }) => link(userId, identity)));
      expect(outcomes.sort()).toEqual(['linked', 'taken']);
      await held(identity);
    }
  });

  it('of two identities at once, an account gets one', async () => {
    for (let round = 0; round < 10; round += 1) {
      const { userId } = await withNumber();
      const outcomes = await Promise.all([link(userId, somebody()), link(userId, somebody())]);
      expect(outcomes.sort()).toEqual(['has_another', 'linked']);
    }
  });

  it('again changes nothing', async () => {
    const { userId } = await withNumber();
    const identity = somebody();
    await link(userId, identity);
    const before = await held(identity);
    expect(await link(userId, identity)).toBe('linked');
    expect(await held(identity)).toEqual(before);
  });

  it('empties a shell that this identity made, and ends its sessions', async () => {
    const identity = somebody();
    const shell = await signedIn(identity);
    const { userId } = await withNumber();
    expect(await link(userId, identity)).toBe('linked');
    expect((await held(identity)).user_id).toBe(userId);
    expect(await db.execute(sql`select id from users where id = ${shell.user.id}::uuid`)).toHaveLength(0);
    expect(await db.execute(sql`select id from sessions where id = ${shell.sessionId}::uuid`)).toHaveLength(0);
    const trail = await db.execute<{ event: string }>(
      sql`select event from audit_events where user_id in (${shell.user.id}::uuid, ${userId}::uuid)`,
    );
    expect(trail.map(({ event }) => event).sort()).toEqual([
      'identity.linked',
      'session.created',
      'user.created',
      'user.deleted',
    ]);
    expect((await signedIn(identity)).user.id).toBe(userId);
  });

  it.each([
    ['has a number', sql`phone = ${freshPhone()}, phone_verified_at = now(), phone_proved_at = now()`],
    ['had a number', sql`phone_proved_at = now()`],
    ['was there before its identity', sql`created_at = created_at - interval '1 second'`],
    ['is suspended', sql`suspended_at = now()`],
    ['is an administrator’s', sql`role = 'admin'`],
  ])('takes nothing from an account that %s', async (_what, assignment) => {
    const identity = somebody();
    const other = await signedIn(identity);
    await db.execute(sql`update users set ${assignment} where id = ${other.user.id}::uuid`);
    const { userId } = await withNumber();
    expect(await link(userId, identity)).toBe('taken');
    expect((await held(identity)).user_id).toBe(other.user.id);
  });

  it('takes nothing from a shell that proves a number at the same moment, or takes it whole', async () => {
    for (let round = 0; round < 20; round += 1) {
      const identity = somebody();
      const shell = await signedIn(identity);
      const { userId } = await withNumber();
      const [outcome, proved] = await Promise.all([
        link(userId, identity),
        db.execute(sql`
          update users set phone = ${freshPhone()}, phone_verified_at = now(), phone_proved_at = now()
          where id = ${shell.user.id}::uuid returning id`),
      ]);
      expect(outcome).toBe(proved.length === 1 ? 'taken' : 'linked');
      expect((await held(identity)).user_id).toBe(proved.length === 1 ? shell.user.id : userId);
    }
  });

  it('is nothing for an account that is gone or suspended, nor from a session that ended', async () => {
    expect(await link(newId(), somebody())).toBe('gone');
    const { userId } = await withNumber();
    const identity = somebody();
    expect(await link(userId, identity, true)).toBe('gone');
    expect(await link(userId, identity)).toBe('linked');
    await db.execute(sql`update users set suspended_at = now() where id = ${userId}::uuid`);
    expect(await link(userId, somebody())).toBe('gone');
  });
});

describe('unlinking', () => {
  it('leaves the last way in where it is', async () => {
    const identity = somebody();
    const { user } = await signedIn(identity);
    const { id } = await held(identity);
    expect(await unlink(user.id, id)).toBe('last_way_in');
    await held(identity);
  });

  it('leaves it beside a number that nobody proved for long, which opens nothing', async () => {
    const { userId } = await withNumber();
    const identity = somebody();
    await link(userId, identity);
    const { id } = await held(identity);
    await db.execute(sql`update users set phone_proved_at = now() - interval '366 days' where id = ${userId}::uuid`);
    expect(await unlink(userId, id)).toBe('last_way_in');
    await db.execute(sql`update users set phone_proved_at = now() - interval '364 days' where id = ${userId}::uuid`);
    expect(await unlink(userId, id)).toBe('unlinked');
  });

  it('happens once, whoever asks twice', async () => {
    const { userId } = await withNumber();
    const identity = somebody();
    await link(userId, identity);
    const { id } = await held(identity);
    const outcomes = await Promise.all([unlink(userId, id), unlink(userId, id)]);
    expect(outcomes.sort()).toEqual(['not_found', 'unlinked']);
    const trail = await db.execute(
      sql`select id from audit_events where user_id = ${userId}::uuid and event = 'identity.unlinked'`,
    );
    expect(trail).toHaveLength(1);
  });

  it('of somebody else’s is the same as of nothing', async () => {
    const identity = somebody();
    await signedIn(identity);
    const { id } = await held(identity);
    const { userId } = await withNumber();
    expect(await unlink(userId, id)).toBe('not_found');
    expect(await unlink(userId, newId())).toBe('not_found');
    await held(identity);
  });
});
