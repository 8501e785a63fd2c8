import { bearer, type Client } from '../fixtures/http-client';
import { askForChange, changeCode, LOST, verifyChange } from '../fixtures/number-change';
import { complaints, expectProblem, instant, userOf, uuid } from '../fixtures/shapes';
import {
  messagesTo,
  newestCode,
  requestCode,
  signIn,
  signInAgain,
  verify,
  webSession,
  wrongCode,
} from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const DAY_MS = 86_400_000;
const me = (client: Client, headers: Record<string, string>) => client.get('/api/me', { headers });
const own = async (client: Client, phone: string) => {
  const { user, tokens } = await signIn(client, phone);
  return { user, headers: bearer(tokens.access) };
};
/** The newest message to a number, if it is a notice. */
const noticeTo = async (client: Client, phone: string) =>
  (await messagesTo(client, phone)).map(({ text }) => text).find((text) => !text.includes('code is:'));

test.describe('with the old number at hand', () => {
  test('the number changes, in exactly the promised shapes; other sessions end and the old number is told', async ({
    client,
    newClient,
    newPhone,
    clock,
  }) => {
    const [old, fresh] = [newPhone(), newPhone('BD')];
    const other = await own(newClient(), old);
    await clock.passForPhone(old, 61);
    const { headers, user } = await own(client, old);
    const sent = await askForChange(client, headers, fresh.replace(/(\d{4})$/, ' $1'));
    expect(sent.json()).toEqual({
      success: true,
      message: 'OTP sent successfully',
      phone: fresh,
      challenge_id: uuid,
      channel: 'sms',
      code_length: 6,
      expires_in_seconds: 300,
      resend_in_seconds: 60,
    });
    const changed = await verifyChange(client, headers, fresh, await newestCode(client, fresh));
    expect(changed.json()).toEqual({
      success: true,
      message: 'Phone number changed',
      user: userOf(fresh, { id: user.id }),
    });
    expect((await me(client, headers)).json()).toMatchObject({ phone: fresh });
    expectProblem(await me(client, other.headers), 'token_revoked');
    expect(await noticeTo(client, old)).toBe(
      `Latchkey: your account now has the number ending in ${fresh.slice(-4)}, not this one. Not you? Contact support at once.`,
    );
    expect(await noticeTo(client, fresh)).toBeUndefined();
    expect(await signInAgain(client, old, clock)).toMatchObject({ created: true });
    expect(await signInAgain(client, fresh, clock)).toMatchObject({ created: false, user: { id: user.id } });
  });

  test('asks for a fresh proof, before the code and when it comes back', async ({ client, newPhone, clock }) => {
    const [old, fresh] = [newPhone(), newPhone()];
    const { user, headers } = await own(client, old);
    const code = await changeCode(client, headers, fresh);
    await clock.passForSessions(user.id, 601);
    expectProblem(await askForChange(client, headers, newPhone()), 'fresh_proof_required');
    expectProblem(await verifyChange(client, headers, fresh, code), 'fresh_proof_required');
    await clock.passForPhone(old, 61);
    await client.call('POST', '/api/me/proof', { headers });
    await client.post('/api/me/proof/verify', { otp: await newestCode(client, old) }, headers);
    // Nothing was counted against the code meanwhile.
    expect((await verifyChange(client, headers, fresh, code)).status).toBe(200);
  });

  test('one of fifty parallel right answers changes it', async ({ client, newClient, newPhone, sql }) => {
    const { user, headers } = await own(client, newPhone());
    const fresh = newPhone();
    const code = await changeCode(client, headers, fresh);
    const clients = Array.from({ length: 10 }, () => newClient());
    const answers = await Promise.all(
      Array.from({ length: 50 }, (_, n) => verifyChange(clients[n % 10]!, headers, fresh, code)),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const events = await sql`
      select 1 from audit_events where user_id = ${user.id} and event = 'user.phone_changed'`;
    expect(events).toHaveLength(1);
  });

  test('the number one has already is refused, and so is what is no number', async ({ client, newPhone }) => {
    const phone = newPhone();
    const { headers } = await own(client, phone);
    const same = await askForChange(client, headers, phone);
    expectProblem(same, 'invalid_request', { errors: expect.any(Array) });
    expect(complaints(same)).toEqual(['phone']);
    expect(complaints(await verifyChange(client, headers, phone, '123456'))).toEqual(['phone']);
    expectProblem(await askForChange(client, headers, '12345'), 'invalid_phone');
    expect(complaints(await client.post('/api/me/phone', { phone: newPhone(), country: 'IN' }, headers))).toEqual([
      'country',
    ]);
    expect(
      complaints(await client.post('/api/me/phone', { phone: newPhone(), old_number_lost: 'yes' }, headers)),
    ).toEqual(['old_number_lost']);
    expectProblem(await client.post('/api/me/phone', { phone: newPhone() }), 'unauthenticated');
  });

  test('whose number it is, is told to nobody who has not got the code: same answer, then a conflict that spends it', async ({
    client,
    newClient,
    newPhone,
    clock,
  }) => {
    const taken = newPhone();
    const owner = await own(newClient(), taken);
    await clock.passForPhone(taken, 61);
    const { headers, user } = await own(client, newPhone());
    const free = (await askForChange(client, headers, newPhone())).json();
    const asked = (await askForChange(client, headers, taken)).json();
    expect({ ...asked, phone: '', challenge_id: '' }).toEqual({ ...free, phone: '', challenge_id: '' });
    const code = await newestCode(client, taken);
    expectProblem(await verifyChange(client, headers, taken, wrongCode(code)), 'invalid_code', { attempts_left: 4 });
    const conflict = await verifyChange(client, headers, taken, code);
    expectProblem(conflict, 'conflict');
    expect(conflict.json().message).toMatch(/belongs to another account/);
    expectProblem(await verifyChange(client, headers, taken, code), 'code_expired');
    expect((await me(client, headers)).json()).toMatchObject({ id: user.id, phone: user.phone });
    expect((await me(client, owner.headers)).json()).toMatchObject({ phone: taken });
  });

  test('an account that came without a number gets its first one', async ({ client, newPhone, sql }) => {
    const { user, headers } = await own(client, newPhone());
    await sql`update users set phone = null, phone_verified_at = null, phone_proved_at = null where id = ${user.id}`;
    expectProblem(await askForChange(client, headers, newPhone(), LOST), 'invalid_request', {
      errors: expect.any(Array),
    });
    const fresh = newPhone();
    const changed = await verifyChange(client, headers, fresh, await changeCode(client, headers, fresh));
    expect(changed.json()).toMatchObject({ user: { phone: fresh, is_verified: true } });
  });
});

test.describe('a code', () => {
  test('for a new number is no sign-in, no proof, and not another session’s or purpose’s', async ({
    client,
    newClient,
    newPhone,
    clock,
  }) => {
    const old = newPhone();
    const { headers } = await own(client, old);
    await clock.passForPhone(old, 61);
    const elsewhere = await own(newClient(), old);
    const stranger = await own(newClient(), newPhone());
    const fresh = newPhone();
    const code = await changeCode(client, headers, fresh);
    expectProblem(await verify(client, fresh, code), 'code_expired');
    expectProblem(await verifyChange(client, elsewhere.headers, fresh, code), 'code_expired');
    expectProblem(await verifyChange(client, stranger.headers, fresh, code), 'code_expired');
    expectProblem(await verifyChange(client, headers, fresh, code, LOST), 'code_expired');
    expectProblem(await client.post('/api/me/proof/verify', { otp: code }, headers), 'code_expired');
    expect((await verifyChange(client, headers, fresh, code)).status).toBe(200);
  });

  test('for signing in, or for a change that waits, changes nothing at once', async ({ client, newPhone, clock }) => {
    const { headers, user } = await own(client, newPhone());
    const fresh = newPhone();
    const { code, challenge_id } = await requestCode(client, fresh);
    expectProblem(await verifyChange(client, headers, fresh, code), 'code_expired');
    expect(complaints(await verifyChange(client, headers, fresh, code, { challenge_id }))).toEqual(['challenge_id']);
    await clock.passForPhone(fresh, 61);
    const waiting = await changeCode(client, headers, fresh, LOST);
    expectProblem(await verifyChange(client, headers, fresh, waiting), 'code_expired');
    expect((await me(client, headers)).json()).toMatchObject({ phone: user.phone });
  });

  test('wears out after five wrong tries', async ({ client, newPhone }) => {
    const { headers } = await own(client, newPhone());
    const fresh = newPhone();
    const code = await changeCode(client, headers, fresh);
    for (const attempts_left of [4, 3, 2, 1, 0]) {
      expectProblem(await verifyChange(client, headers, fresh, wrongCode(code)), 'invalid_code', { attempts_left });
    }
    expect((await verifyChange(client, headers, fresh, code)).status).toBe(429);
  });
});

test('with the cookie, only our own pages change, cancel or download anything', async ({ client, newPhone }) => {
  const phone = newPhone();
  const cookie = await webSession(client, phone);
  for (const headers of [{ cookie }, { cookie, origin: 'https://evil.example' }] as Record<string, string>[]) {
    expectProblem(await askForChange(client, headers, newPhone()), 'origin_not_allowed');
    expectProblem(await verifyChange(client, headers, newPhone(), '123456'), 'origin_not_allowed');
    expectProblem(await client.call('DELETE', '/api/me/phone', { headers }), 'origin_not_allowed');
    expectProblem(await client.call('DELETE', '/api/me', { headers }), 'origin_not_allowed');
  }
  const fresh = newPhone();
  const headers = { cookie, origin: client.url };
  expect((await verifyChange(client, headers, fresh, await changeCode(client, headers, fresh))).status).toBe(200);
});

test.describe('without the old number', () => {
  test('the change waits three days, is told at once to the old number, and any session takes it back', async ({
    client,
    newClient,
    newPhone,
    clock,
  }) => {
    const [old, fresh] = [newPhone(), newPhone()];
    const elsewhere = await own(newClient(), old);
    await clock.passForPhone(old, 61);
    const { headers, user } = await own(client, old);
    // No fresh proof: there is nothing left to prove it with.
    await clock.passForSessions(user.id, 3_600);
    const answer = await verifyChange(client, headers, fresh, await changeCode(client, headers, fresh, LOST), LOST);
    expect(answer.json()).toEqual({ success: true, message: expect.any(String), effective_at: instant });
    const { effective_at } = answer.json<{ effective_at: string }>();
    expect(Math.abs(Date.parse(effective_at) - Date.now() - 3 * DAY_MS)).toBeLessThan(60_000);
    expect(await noticeTo(client, old)).toMatch(
      new RegExp(`^Latchkey: your number changes to one ending in ${fresh.slice(-4)} on .+ Sign in with this number`),
    );
    const waits = await client.get('/api/me/phone', { headers: elsewhere.headers });
    expect(waits.json()).toEqual({
      phone: old,
      pending: { phone: expect.stringMatching(/^\+91 •+ \d{4}$/), requested_at: instant, effective_at },
    });
    const { notices } = (await client.get('/api/me/activity', { headers: elsewhere.headers })).json<{
      notices: { event: string }[];
    }>();
    expect(notices.map(({ event }) => event)).toContain('user.phone_change_requested');
    expect((await me(client, headers)).json()).toMatchObject({ phone: old });
    const cancelled = await client.call('DELETE', '/api/me/phone', { headers: elsewhere.headers });
    expect(cancelled.json()).toEqual({ success: true, message: 'The change of number is cancelled' });
    expectProblem(await client.call('DELETE', '/api/me/phone', { headers }), 'not_found');
    expect((await client.get('/api/me/phone', { headers })).json()).toEqual({ phone: old, pending: null });
  });

  test('while it waits, no session that lacks a fresh proof throws another out', async ({
    client,
    newClient,
    newPhone,
    clock,
  }) => {
    const old = newPhone();
    const elsewhere = await own(newClient(), old);
    await clock.passForPhone(old, 61);
    const { headers, user } = await own(client, old);
    await clock.passForSessions(user.id, 3_600);
    const fresh = newPhone();
    await verifyChange(client, headers, fresh, await changeCode(client, headers, fresh, LOST), LOST);
    const { sessions } = (await client.get('/api/me/sessions', { headers })).json<{
      sessions: { id: string; current: boolean }[];
    }>();
    const other = sessions.find(({ current }) => !current)!;
    const end = () => client.call('DELETE', `/api/me/sessions/${other.id}`, { headers });
    expectProblem(await end(), 'fresh_proof_required');
    expect((await me(client, elsewhere.headers)).status).toBe(200);
    await client.call('DELETE', '/api/me/phone', { headers: elsewhere.headers });
    expect((await end()).status).toBe(200);
  });

  test('a sign-in with the old number takes it back: it is not lost', async ({ client, newPhone, clock }) => {
    const [old, fresh] = [newPhone(), newPhone()];
    const { headers } = await own(client, old);
    await verifyChange(client, headers, fresh, await changeCode(client, headers, fresh, LOST), LOST);
    await clock.passForPhone(old, 61);
    // The notice is the newest message; a new code follows it.
    await signIn(client, old);
    expect((await client.get('/api/me/phone', { headers })).json()).toMatchObject({ pending: null });
  });

  test('administrators have no such way', async ({ client, newPhone, sql, clock }) => {
    const phone = newPhone();
    const { user } = await own(client, phone);
    await sql`update users set role = 'admin' where id = ${user.id}`;
    await clock.passForPhone(phone, 61);
    const { headers } = await own(client, phone);
    expectProblem(await askForChange(client, headers, newPhone(), LOST), 'forbidden');
    expectProblem(await verifyChange(client, headers, newPhone(), '123456', LOST), 'forbidden');
  });

  test('another account’s number is a conflict here too, and nothing waits', async ({
    client,
    newClient,
    newPhone,
    clock,
  }) => {
    const taken = newPhone();
    await own(newClient(), taken);
    await clock.passForPhone(taken, 61);
    const { headers } = await own(client, newPhone());
    const code = await changeCode(client, headers, taken, LOST);
    expectProblem(await verifyChange(client, headers, taken, code, LOST), 'conflict');
    expect((await client.get('/api/me/phone', { headers })).json()).toMatchObject({ pending: null });
  });

  test('nobody takes back or sees what waits for somebody else', async ({ client, newClient, newPhone }) => {
    const { headers } = await own(client, newPhone());
    const fresh = newPhone();
    await verifyChange(client, headers, fresh, await changeCode(client, headers, fresh, LOST), LOST);
    const stranger = await own(newClient(), newPhone());
    expectProblem(await client.call('DELETE', '/api/me/phone', { headers: stranger.headers }), 'not_found');
    expect((await client.get('/api/me/phone', { headers: stranger.headers })).json()).toMatchObject({ pending: null });
    expect((await client.get('/api/me/phone', { headers })).json()).not.toMatchObject({ pending: null });
  });
});
