import { randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { testDatabase } from '../db/testing/database';
import { unlinkIdentity } from '../identities/google';
import { linkIdentity } from '../identities/link-store';
import { freshIdentity, signedInAs } from '../identities/testing';
import { depsOn, freshAddress, freshPhone, newestCode } from '../otp/testing';
import { passkeyPolicy } from '../policy';
import { confirmIdentity, sendConfirmation } from '../sessions/confirm-identity';
import { seenNow, signedInWith } from '../sessions/testing';
import { inboxMessagesOf, inboxSender } from '../sms/inbox';
import { exportAccount } from '../users/export-account';
import { addPasskey, passkeyCreationOptions } from './add-passkey';
import { isPasskeyOffered, listPasskeys, putPasskeyOfferOff, removePasskey, renamePasskey } from './manage-passkeys';
import { enterWith, eventsOf, personWithPasskey, withPasskey } from './testing/people';
import { SoftAuthenticator, type Twist } from './testing/soft-authenticator';
import { confirmWithPasskey, passkeyProofOptions } from './confirm-with-passkey';

const { db } = await testDatabase();
const deps = depsOn(db);
const withGoogle = depsOn(db, inboxSender(db), { GOOGLE_CLIENT_ID: 'id', GOOGLE_CLIENT_SECRET: 'secret' });
const somewhere = () => ({ address: freshAddress(), userAgent: null });

/** The same session, whose last proof was eleven minutes ago. */
async function stale(sessionId: string) {
  await db.execute(sql`update sessions set proved_at = now() - interval '11 minutes' where id = ${sessionId}`);
  return (await seenNow(deps, sessionId))!;
}

/** Without a number: what a dormant account is left with. */
async function phoneless(sessionId: string, userId: string) {
  await db.execute(sql`update users set phone = null where id = ${userId}`);
  return (await seenNow(deps, sessionId))!;
}

describe('adding a passkey', () => {
  it('keeps it under a name, tells the number, and asks devices for what we rely on', async () => {
    const phone = freshPhone();
    const who = await signedInWith(deps, phone);
    const begun = await passkeyCreationOptions(deps, who);
    if (!begun.ok) throw new Error(begun.code);
    expect(begun.options).toMatchObject({
      rp: { id: 'localhost', name: 'Latchkey' },
      attestation: 'none',
      authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
      excludeCredentials: [],
    });
    expect(JSON.stringify(begun.options)).not.toContain(phone.slice(3, 9));
    const registration = new SoftAuthenticator(deps.env.APP_URL).register(begun.options);
    const userAgent =
      'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36';
    const added = await addPasskey(deps, who, { registration, address: freshAddress(), userAgent });
    expect(added).toMatchObject({ ok: true, passkey: { name: 'Chrome on Linux', synced: true, last_used_at: null } });
    expect(await listPasskeys(deps, who)).toEqual([expect.objectContaining({ name: 'Chrome on Linux' })]);
    expect((await inboxMessagesOf(db, phone))[0]?.text).toMatch(/^Latchkey: a passkey was added/);
    const again = await passkeyCreationOptions(deps, who);
    expect(again.ok && again.options.excludeCredentials).toEqual([
      expect.objectContaining({ id: registration.id, transports: ['internal', 'hybrid'] }),
    ]);
  });

  it('takes a fresh proof', async () => {
    const { sessionId } = await signedInWith(deps, freshPhone());
    expect(await passkeyCreationOptions(deps, await stale(sessionId))).toMatchObject({ code: 'fresh_proof_required' });
  });

  it.each<[string, Twist, string]>([
    ['made on another site', { origin: 'https://evil.example' }, 'invalid_code'],
    ['made for another relying party', { rpId: 'evil.example' }, 'invalid_code'],
    ['that did not check its owner', { userVerified: false }, 'invalid_code'],
    ['that was only used', { type: 'webauthn.get' }, 'invalid_code'],
    ['that answers no question of ours', { challenge: 'AAAA' }, 'code_expired'],
  ])('does not keep one %s', async (_what, twist, code) => {
    const who = await signedInWith(deps, freshPhone());
    const begun = await passkeyCreationOptions(deps, who);
    if (!begun.ok) throw new Error(begun.code);
    const registration = new SoftAuthenticator(deps.env.APP_URL).register(begun.options, twist);
    expect(await addPasskey(deps, who, { registration, ...somewhere() })).toMatchObject({ ok: false, code });
    expect(await listPasskeys(deps, who)).toEqual([]);
  });

  it('keeps one answer once, in the session that asked, while it lasts', async () => {
    const who = await signedInWith(deps, freshPhone());
    const other = await signedInWith(deps, freshPhone());
    const begun = await passkeyCreationOptions(deps, who);
    if (!begun.ok) throw new Error(begun.code);
    const registration = new SoftAuthenticator(deps.env.APP_URL).register(begun.options);
    const add = (by = who) => addPasskey(deps, by, { registration, ...somewhere() });
    expect(await add(other)).toMatchObject({ code: 'code_expired' });
    await db.execute(sql`update sessions set revoked_at = now() where id = ${who.sessionId}`);
    expect(await add()).toMatchObject({ code: 'code_expired' });
    await db.execute(sql`update sessions set revoked_at = null where id = ${who.sessionId}`);
    await db.execute(sql`update passkey_challenges set consumed_at = null`);
    const all = await Promise.all(Array.from({ length: 10 }, () => add()));
    expect(all.filter(({ ok }) => ok)).toHaveLength(1);
    expect(await listPasskeys(deps, who)).toHaveLength(1);
  });

  it('leaves a passkey with the account that has it', async () => {
    const { who, device } = await personWithPasskey(deps);
    const thief = await signedInWith(deps, freshPhone());
    const begun = await passkeyCreationOptions(deps, thief);
    if (!begun.ok) throw new Error(begun.code);
    const registration = device.register(begun.options);
    expect(await addPasskey(deps, thief, { registration, ...somewhere() })).toMatchObject({ code: 'conflict' });
    expect(await listPasskeys(deps, thief)).toEqual([]);
    expect(await listPasskeys(deps, who)).toHaveLength(1);
  });

  it('ends at twenty', async () => {
    const { who } = await personWithPasskey(deps);
    await db.execute(sql`
      insert into passkeys (id, user_id, credential_id, public_key, counter, transports, device_type, backed_up, aaguid, name)
      select gen_random_uuid(), user_id, 'more-' || n, public_key, 0, transports, device_type, backed_up, aaguid, name
      from passkeys, generate_series(2, ${passkeyPolicy.mostPerUser}::integer) n where user_id = ${who.user.id}`);
    await expect(withPasskey(deps, who)).rejects.toThrow('conflict');
  });
});

describe('one’s own passkeys', () => {
  it('are renamed by their owner and nobody else', async () => {
    const { who } = await personWithPasskey(deps);
    const other = await signedInWith(deps, freshPhone());
    const [{ id } = { id: '' }] = await listPasskeys(deps, who);
    const to = (name: string) => ({ id, name, address: freshAddress() });
    expect(await renamePasskey(deps, other, to('Mine now'))).toMatchObject({ code: 'not_found' });
    expect(await renamePasskey(deps, who, to('Work laptop'))).toMatchObject({ ok: true });
    expect(await listPasskeys(deps, who)).toMatchObject([{ name: 'Work laptop' }]);
  });

  it('are removed by their owner, with a fresh proof, and open nothing from then on', async () => {
    const { who, device } = await personWithPasskey(deps);
    const other = await signedInWith(deps, freshPhone());
    const [{ id } = { id: '' }] = await listPasskeys(deps, who);
    const address = freshAddress();
    expect(await removePasskey(deps, other, { id, address })).toMatchObject({ code: 'not_found' });
    expect(await removePasskey(deps, await stale(who.sessionId), { id, address })).toMatchObject({
      code: 'fresh_proof_required',
    });
    expect(await removePasskey(deps, who, { id, address })).toMatchObject({ ok: true });
    expect(await enterWith(deps, device)).toMatchObject({ code: 'invalid_code' });
    expect(await eventsOf(deps, who.user.id)).toContain('passkey.removed');
  });

  it('can’t be removed when nothing else opens the account: of two that go at once one stays', async () => {
    const { who } = await personWithPasskey(deps);
    await withPasskey(deps, who);
    const me = await phoneless(who.sessionId, who.user.id);
    const own = await listPasskeys(deps, me);
    const all = await Promise.all(own.map(({ id }) => removePasskey(deps, me, { id, address: freshAddress() })));
    expect(all.map((one) => (one.ok ? 'ok' : one.code)).sort()).toEqual(['conflict', 'ok']);
    expect(await listPasskeys(deps, me)).toHaveLength(1);
  });

  it('can’t be removed when the number beside them opens nothing, because nobody proved it for long', async () => {
    const { who } = await personWithPasskey(deps);
    const [{ id } = { id: '' }] = await listPasskeys(deps, who);
    await db.execute(sql`update users set phone_proved_at = now() - interval '366 days' where id = ${who.user.id}`);
    expect(await removePasskey(deps, who, { id, address: freshAddress() })).toMatchObject({ code: 'conflict' });
    await db.execute(sql`update users set phone_proved_at = now() where id = ${who.user.id}`);
    expect(await removePasskey(deps, who, { id, address: freshAddress() })).toMatchObject({ ok: true });
  });

  it('count as a way in beside Google, and Google beside them, where it is configured', async () => {
    const { who } = await personWithPasskey(deps);
    const me = await phoneless(who.sessionId, who.user.id);
    const [{ id } = { id: '' }] = await listPasskeys(deps, me);
    const identity = randomUUID();
    const { APP_URL: appUrl, DORMANT_AFTER_DAYS: dormantAfterDays, GOOGLE_ISSUER: issuer } = withGoogle.env;
    const google = { db, clock: deps.clock, appUrl, issuer, dormantAfterDays };
    const link = () =>
      db.execute(sql`
      insert into identities (id, user_id, issuer, subject) values (${identity}, ${me.user.id}, ${google.issuer}, ${me.user.id})`);
    await link();
    const address = freshAddress();
    expect(await removePasskey(deps, me, { id, address })).toMatchObject({ code: 'conflict' });
    expect(await unlinkIdentity(google, me, { id: identity, address })).toMatchObject({ ok: true });
    await link();
    // Both at once: one of them stays.
    const all = await Promise.all([
      removePasskey(withGoogle, me, { id, address }),
      unlinkIdentity(google, me, { id: identity, address }),
    ]);
    expect(all.filter(({ ok }) => ok)).toHaveLength(1);
  });

  it('make an account more than the shell of a Google account: it is not swept up when that is linked elsewhere', async () => {
    const identity = freshIdentity();
    const came = await signedInAs(db, identity);
    await withPasskey(deps, (await seenNow(deps, came.sessionId))!);
    const other = await signedInWith(deps, freshPhone());
    const by = { userId: other.user.id, sessionId: other.sessionId, phone: other.user.phone, address: null };
    expect(await linkIdentity(db, { ...by, identity })).toBe('taken');
  });

  it('are in the copy of one’s data, without keys', async () => {
    const { who, device } = await personWithPasskey(deps);
    const copy = await exportAccount(deps, who, { address: freshAddress() });
    expect(copy).toMatchObject({ ok: true, data: { passkeys: [{ name: 'Unknown device', backed_up: true }] } });
    expect(JSON.stringify(copy)).not.toMatch(/public_key|credential_id|counter/);
    expect(JSON.stringify(copy)).not.toContain(device.credentialId);
  });

  it('go with the account', async () => {
    const { who } = await personWithPasskey(deps);
    await db.execute(sql`delete from users where id = ${who.user.id}`);
    expect(await db.execute(sql`select 1 from passkeys where user_id = ${who.user.id}`)).toHaveLength(0);
  });
});

describe('confirming with a passkey', () => {
  it('gives a stale session its fresh proof, clears the number’s wrong codes, and works once', async () => {
    const { who, device, phone } = await personWithPasskey(deps);
    const me = await stale(who.sessionId);
    await db.execute(sql`
      insert into phone_throttles (phone, consecutive_failures, last_failed_at) values (${phone}, 100, now())`);
    const begun = await passkeyProofOptions(deps, me);
    if (!begun.ok) throw new Error(begun.code);
    expect(begun.options.allowCredentials).toEqual([expect.objectContaining({ id: device.credentialId })]);
    const assertion = device.assert(begun.options, { userHandle: null });
    const all = await Promise.all(
      Array.from({ length: 20 }, () => confirmWithPasskey(deps, me, { assertion, address: freshAddress() })),
    );
    expect(all.filter(({ ok }) => ok)).toEqual([{ ok: true, freshForSeconds: 600 }]);
    expect(await passkeyCreationOptions(deps, (await seenNow(deps, me.sessionId))!)).toMatchObject({ ok: true });
    expect(await db.execute(sql`select 1 from phone_throttles where phone = ${phone}`)).toHaveLength(0);
    expect(await eventsOf(deps, who.user.id)).toContain('session.confirmed_by_passkey');
  });

  it('ends the wait of the session’s own wrong codes as well', async () => {
    const { who, device, phone } = await personWithPasskey(deps);
    await db.execute(sql`update sessions set wrong_codes = 100, wrong_code_at = now() where id = ${who.sessionId}`);
    await db.execute(sql`delete from rate_limits where bucket like ${`%${phone}`}`);
    expect((await sendConfirmation(deps, who, { address: freshAddress() })).ok).toBe(true);
    const code = await newestCode(db, phone);
    const confirm = () => confirmIdentity(deps, who, { code, address: freshAddress() });
    expect(await confirm()).toMatchObject({ code: 'too_many_attempts' });
    const begun = await passkeyProofOptions(deps, who);
    if (!begun.ok) throw new Error(begun.code);
    const assertion = device.assert(begun.options);
    expect((await confirmWithPasskey(deps, who, { assertion, address: freshAddress() })).ok).toBe(true);
    expect((await confirm()).ok).toBe(true);
  });

  it('is not done with somebody else’s passkey, nor with an answer of another session', async () => {
    const { who } = await personWithPasskey(deps);
    const stranger = await personWithPasskey(deps);
    const me = await stale(who.sessionId);
    const begun = await passkeyProofOptions(deps, me);
    const theirs = await passkeyProofOptions(deps, stranger.who);
    if (!begun.ok || !theirs.ok) throw new Error('no options');
    const address = freshAddress();
    expect(
      await confirmWithPasskey(deps, me, { assertion: stranger.device.assert(begun.options), address }),
    ).toMatchObject({ code: 'invalid_code' });
    expect(
      await confirmWithPasskey(deps, me, { assertion: stranger.device.assert(theirs.options), address }),
    ).toMatchObject({ code: 'code_expired' });
    expect(await passkeyCreationOptions(deps, (await seenNow(deps, me.sessionId))!)).toMatchObject({
      code: 'fresh_proof_required',
    });
  });

  it('is not offered to somebody without one', async () => {
    const who = await signedInWith(deps, freshPhone());
    expect(await passkeyProofOptions(deps, who)).toMatchObject({ code: 'conflict' });
  });
});

it('a passkey is offered to who has none, and not for a month after "not now"', async () => {
  const who = await signedInWith(deps, freshPhone());
  expect(await isPasskeyOffered(deps, who)).toBe(true);
  await putPasskeyOfferOff(deps, who);
  expect(await isPasskeyOffered(deps, who)).toBe(false);
  await db.execute(sql`
    update users set passkey_offer_put_off_at = passkey_offer_put_off_at - interval '31 days' where id = ${who.user.id}`);
  expect(await isPasskeyOffered(deps, who)).toBe(true);
  await withPasskey(deps, who);
  expect(await isPasskeyOffered(deps, who)).toBe(false);
});
