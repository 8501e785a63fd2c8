import { sql } from 'drizzle-orm';
import { describe, expect, it, vi } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { depsOn, freshAddress, newestCode } from '../otp/testing';
import { limitPolicy } from '../policy';
import { confirmIdentity, sendConfirmation } from '../sessions/confirm-identity';
import { missingProof } from '../sessions/fresh-proof';
import { seenNow, signInWith } from '../sessions/testing';
import { inboxSender } from '../sms/inbox';
import { asked, enterWith, eventsOf, fromSomewhere, personWithPasskey } from './testing/people';
import { SoftAuthenticator, tampered, type Twist } from './testing/soft-authenticator';
import { passkeyProofOptions } from './confirm-with-passkey';
import { passkeySignInOptions, signInWithPasskey } from './sign-in-with-passkey';

const { db, transaction } = await testDatabase();
const deps = depsOn(db);
const careful = depsOn(db, inboxSender(db), { DORMANT_ACCOUNTS: 'second-proof' });

const sessionsOf = async (userId: string) =>
  (await db.execute(sql`select 1 from sessions where user_id = ${userId} and revoked_at is null`)).length;

describe('a passkey', () => {
  it('signs in without a message, as a fresh proof, and is noted as used', async () => {
    const { who, device, phone } = await personWithPasskey(deps);
    const before = (await db.execute(sql`select 1 from inbox_messages where phone = ${phone}`)).length;
    const done = await enterWith(deps, device);
    expect(done).toMatchObject({ ok: true, user: { id: who.user.id, phone } });
    const now = done.ok ? await seenNow(deps, done.sessionId) : null;
    expect(now && missingProof(deps.clock, now)).toBeNull();
    const [row] = await db.execute<{ used: boolean }>(
      sql`select last_used_at is not null as used from passkeys where user_id = ${who.user.id}`,
    );
    expect(row?.used).toBe(true);
    expect(await eventsOf(deps, who.user.id)).toEqual(expect.arrayContaining(['passkey.added', 'session.created']));
    expect(await db.execute(sql`select 1 from inbox_messages where phone = ${phone}`)).toHaveLength(before);
  });

  it('of fifty answers to one challenge, sent at once, one signs in', async () => {
    const { who, device } = await personWithPasskey(deps);
    const { flow, options } = await asked(deps);
    const assertion = device.assert(options);
    const before = await sessionsOf(who.user.id);
    const all = await Promise.all(
      Array.from({ length: 50 }, () => signInWithPasskey(deps, { flow, assertion, ...fromSomewhere() })),
    );
    expect(all.filter(({ ok }) => ok)).toHaveLength(1);
    expect(all.filter((one) => !one.ok && one.code === 'code_expired')).toHaveLength(49);
    expect(await sessionsOf(who.user.id)).toBe(before + 1);
  });

  it.each<[string, Twist]>([
    ['was used on another site', { origin: 'https://evil.example' }],
    ['was used on our name at another port', { origin: 'http://localhost:4000' }],
    ['is of another relying party', { rpId: 'evil.example' }],
    ['answers another kind of question', { type: 'webauthn.create' }],
    ['was used without its owner being checked', { userVerified: false }],
    ['was used without anybody touching it', { userPresent: false }],
    ['says that it is somebody else’s', { userHandle: Buffer.alloc(16, 7).toString('base64url') }],
    ['does not say whose it is', { userHandle: null }],
  ])('that %s opens nothing', async (_what, twist) => {
    const { who, device } = await personWithPasskey(deps);
    const before = await sessionsOf(who.user.id);
    expect(await enterWith(deps, device, twist)).toMatchObject({ ok: false, code: 'invalid_code' });
    expect(await sessionsOf(who.user.id)).toBe(before);
  });

  it('used in a frame of another page, or for a question that nobody asked, opens nothing', async () => {
    const { device } = await personWithPasskey(deps);
    expect(await enterWith(deps, device, { crossOrigin: true })).toMatchObject({ code: 'code_expired' });
    const challenge = Buffer.alloc(32, 1).toString('base64url');
    expect(await enterWith(deps, device, { challenge })).toMatchObject({ code: 'code_expired' });
  });

  it.each(['authenticatorData', 'clientDataJSON', 'signature'] as const)(
    'whose %s was changed by one bit opens nothing, and the unchanged answer still does',
    async (part) => {
      const { device } = await personWithPasskey(deps);
      const { flow, options } = await asked(deps);
      const assertion = device.assert(options);
      const changed = { flow, assertion: tampered(assertion, part), ...fromSomewhere() };
      expect(await signInWithPasskey(deps, changed)).toMatchObject({ ok: false, code: 'invalid_code' });
      expect(await signInWithPasskey(deps, { flow, assertion, ...fromSomewhere() })).toMatchObject({ ok: true });
    },
  );

  it('that nobody registered gets the very answer that a wrong signature gets', async () => {
    const { device } = await personWithPasskey(deps);
    const stranger = await enterWith(deps, new SoftAuthenticator(deps.env.APP_URL));
    expect(stranger).toEqual(await enterWith(deps, device, { rpId: 'evil.example' }));
  });

  it('can’t use another person’s credential id with a key of its own', async () => {
    const { who, device } = await personWithPasskey(deps);
    const thief = (await personWithPasskey(deps)).device;
    const { flow, options } = await asked(deps);
    const assertion = { ...thief.assert(options), id: device.credentialId, rawId: device.credentialId };
    assertion.response.userHandle = device.assert(options).response.userHandle;
    const before = await sessionsOf(who.user.id);
    expect(await signInWithPasskey(deps, { flow, assertion, ...fromSomewhere() })).toMatchObject({
      code: 'invalid_code',
    });
    expect(await sessionsOf(who.user.id)).toBe(before);
  });

  it('answers a challenge only in the flow it was asked in, for what it was asked, for five minutes', async () => {
    const { who, device } = await personWithPasskey(deps);
    const first = await asked(deps);
    const second = await asked(deps);
    const assertion = device.assert(first.options);
    expect(await signInWithPasskey(deps, { flow: second.flow, assertion, ...fromSomewhere() })).toMatchObject({
      code: 'code_expired',
    });
    const proof = await passkeyProofOptions(deps, who);
    const forProof = proof.ok ? device.assert(proof.options) : assertion;
    const flow = `session:${who.sessionId}`;
    expect(await signInWithPasskey(deps, { flow, assertion: forProof, ...fromSomewhere() })).toMatchObject({
      code: 'code_expired',
    });
    await db.execute(sql`update passkey_challenges set expires_at = expires_at - interval '301 seconds'`);
    expect(await signInWithPasskey(deps, { flow: first.flow, assertion, ...fromSomewhere() })).toMatchObject({
      code: 'code_expired',
    });
  });
});

describe('a counter', () => {
  it('that grows is kept; one that does not is a copy: it opens nothing and is written down', async () => {
    const { who, device } = await personWithPasskey(deps, false);
    expect(await enterWith(deps, device)).toMatchObject({ ok: true });
    expect(await enterWith(deps, device)).toMatchObject({ ok: true });
    for (const counter of [0, 1, 2]) {
      expect(await enterWith(deps, device, { counter })).toMatchObject({ ok: false, code: 'invalid_code' });
    }
    const [row] = await db.execute<{ counter: string }>(
      sql`select counter from passkeys where user_id = ${who.user.id}`,
    );
    expect(Number(row?.counter)).toBe(2);
    const told = (await eventsOf(deps, who.user.id)).filter((event) => event === 'passkey.copy_refused');
    expect(told).toHaveLength(3);
    device.counter = 10;
    expect(await enterWith(deps, device)).toMatchObject({ ok: true });
  });

  it('shown twice at one moment passes once', async () => {
    const { device } = await personWithPasskey(deps, false);
    const all = await Promise.all([1, 2, 3, 4].map(() => enterWith(deps, device, { counter: 5 })));
    expect(all.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('of a synced passkey stays at 0, and that is no copy', async () => {
    const { device } = await personWithPasskey(deps);
    for (let time = 0; time < 3; time += 1) {
      expect(await enterWith(deps, device)).toMatchObject({ ok: true });
    }
  });
});

describe('whose account it is', () => {
  it('that it is suspended is told only after a right answer', async () => {
    const { who, device } = await personWithPasskey(deps);
    await db.execute(sql`update users set suspended_at = now() where id = ${who.user.id}`);
    expect(await enterWith(deps, device, { userVerified: false })).toMatchObject({ code: 'invalid_code' });
    expect(await enterWith(deps, device)).toMatchObject({ ok: false, code: 'account_suspended' });
    expect(await eventsOf(deps, who.user.id)).toContain('session.refused');
  });

  it('is kept from a deletion that was asked for', async () => {
    const { who, device } = await personWithPasskey(deps);
    await db.execute(sql`update users set deletion_requested_at = now() where id = ${who.user.id}`);
    expect(await enterWith(deps, device)).toMatchObject({ ok: true });
    const rows = await db.execute(sql`select 1 from users where id = ${who.user.id} and deletion_requested_at is null`);
    expect(rows).toHaveLength(1);
    expect(await eventsOf(deps, who.user.id)).toContain('user.deletion_cancelled');
  });

  it('opens though it is dormant, and the number is still unproved until a code says otherwise', async () => {
    const { who, device, phone } = await personWithPasskey(careful);
    await db.execute(sql`update users set phone_proved_at = now() - interval '366 days' where id = ${who.user.id}`);
    expect(await signInWith(careful, phone)).toMatchObject({ code: 'forbidden' });
    const done = await enterWith(careful, device);
    expect(done).toMatchObject({ ok: true, user: { id: who.user.id } });
    expect(await signInWith(careful, phone)).toMatchObject({ code: 'forbidden' });
    const inside = done.ok ? await seenNow(careful, done.sessionId) : null;
    await db.execute(sql`delete from rate_limits where bucket like ${`%${phone}`}`);
    await sendConfirmation(careful, inside!, { address: freshAddress() });
    const code = await newestCode(db, phone);
    expect(await confirmIdentity(careful, inside!, { code, address: freshAddress() })).toMatchObject({ ok: true });
    expect(await signInWith(careful, phone)).toMatchObject({ ok: true });
  });

  it('has its number back that a hundred wrong codes locked', async () => {
    const { device, phone } = await personWithPasskey(deps);
    await db.execute(sql`
      insert into phone_throttles (phone, consecutive_failures, last_failed_at) values (${phone}, 100, now())`);
    expect(await signInWith(deps, phone)).toMatchObject({ code: 'too_many_attempts' });
    expect(await enterWith(deps, device, { userVerified: false })).toMatchObject({ ok: false });
    expect(await signInWith(deps, phone)).toMatchObject({ code: 'too_many_attempts' });
    expect(await enterWith(deps, device)).toMatchObject({ ok: true });
    expect(await signInWith(deps, phone)).toMatchObject({ ok: true });
  });

  it('ends its oldest session before it clears the wrong codes, as a try of that session’s browser locks them', async () => {
    const { who, device, phone } = await personWithPasskey(deps);
    await db.execute(sql`
      insert into sessions (id, user_id, kind, expires_at, created_at)
      select gen_random_uuid(), user_id, kind, expires_at, now() + n * interval '1 second'
      from sessions, generate_series(1, 9) as n where id = ${who.sessionId}`);
    await db.execute(sql`insert into phone_throttles values (${phone}, 3, now())`);
    let entering: ReturnType<typeof enterWith> | undefined;
    await transaction(async (tx) => {
      await tx.execute(sql`select from sessions where id = ${who.sessionId} for update`);
      entering = enterWith(deps, device);
      await vi.waitFor(
        async () =>
          expect(
            await db.execute(
              sql`select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`,
            ),
          ).toHaveLength(1),
        { timeout: 5_000 },
      );
      // Free: who waits for the session holds nothing that its holder goes on to.
      await tx.execute(sql`select from phone_throttles where phone = ${phone} for update nowait`);
    });
    expect((await entering)?.ok).toBe(true);
  });

  it('has ten sessions at most, the oldest of which end', async () => {
    const { who, device } = await personWithPasskey(deps);
    for (let time = 0; time < 11; time += 1) await enterWith(deps, device);
    expect(await sessionsOf(who.user.id)).toBe(10);
  });

  it('administers the app, and a test number’s code may have made the passkey: it stays out', async () => {
    const { who, device, phone } = await personWithPasskey(deps);
    const reviewed = depsOn(db, inboxSender(db), { TEST_NUMBERS: `${phone}=738264` });
    expect(await enterWith(reviewed, device)).toMatchObject({ ok: true });
    await db.execute(sql`update users set role = 'admin' where id = ${who.user.id}`);
    expect(await enterWith(reviewed, device)).toMatchObject({ ok: false, code: 'forbidden' });
  });
});

describe('one address', () => {
  it('asks and answers so often and no more', async () => {
    const address = freshAddress();
    const { device } = await personWithPasskey(deps);
    for (let time = 0; time < limitPolicy.passkeyOptionsPerAddress.places; time += 1) {
      expect(await passkeySignInOptions(deps, { address })).toMatchObject({ ok: true });
    }
    expect(await passkeySignInOptions(deps, { address })).toMatchObject({ code: 'too_many_requests' });
    const { flow, options } = await asked(deps);
    const answer = { ...fromSomewhere(), address, flow };
    const wrong = device.assert(options, { userVerified: false });
    for (let time = 0; time < limitPolicy.passkeyVerificationsPerAddress.places; time += 1) {
      expect(await signInWithPasskey(deps, { ...answer, assertion: wrong })).toMatchObject({ code: 'invalid_code' });
    }
    expect(await signInWithPasskey(deps, { ...answer, assertion: device.assert(options) })).toMatchObject({
      code: 'too_many_requests',
    });
  });
});

it('an app at an address instead of a name has no passkeys', async () => {
  const numeric = depsOn(db, inboxSender(db), { APP_URL: 'http://127.0.0.1:3000' });
  expect(await passkeySignInOptions(numeric, { address: freshAddress() })).toMatchObject({ code: 'not_found' });
});
