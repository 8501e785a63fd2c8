import { tampered } from '@/lib/passkeys/testing/soft-authenticator';
import type { RequestOptions } from '@/lib/passkeys/request-options';
import { addPasskey, askToSign, enter } from '../fixtures/passkeys';
import { bearer } from '../fixtures/http-client';
import { complaints, expectProblem, instant, userOf, uuid } from '../fixtures/shapes';
import { messagesTo, sessionCookieOf, signIn, webSession } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const token = expect.stringMatching(/^[A-Za-z0-9_-]{43}$/);

test('a passkey is added, named, used, and removed, in exactly the promised shapes', async ({ client, newPhone }) => {
  const phone = newPhone();
  const { tokens } = await signIn(client, phone);
  const own = bearer(tokens.access);
  expect((await client.get('/api/me/passkeys', { headers: own })).json()).toEqual({ passkeys: [] });
  const { device, passkey } = await addPasskey(client, own, 'My phone');
  expect(passkey).toEqual({ id: uuid, name: 'My phone', synced: true, created_at: instant, last_used_at: null });
  const path = `/api/me/passkeys/${passkey.id}`;
  const renamed = await client.call('PATCH', path, { headers: own, json: { name: 'Old phone 📱' } });
  expect(renamed.json()).toEqual({ success: true, message: 'Passkey renamed' });

  const messages = (await messagesTo(client, phone)).length;
  const answer = await enter(client, device);
  expect(answer.status, answer.text).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.json()).toEqual({
    success: true,
    message: 'Login successful',
    created: false,
    needs_profile_completion: true,
    user: userOf(phone),
    tokens: {
      access: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refresh: token,
      token_type: 'Bearer',
      expires_in: 900,
      refresh_expires_in: 1_209_600,
    },
  });
  expect(await messagesTo(client, phone)).toHaveLength(messages);
  const inside = bearer(answer.json<{ tokens: { access: string } }>().tokens.access);
  expect((await client.get('/api/me/passkeys', { headers: inside })).json()).toEqual({
    passkeys: [{ ...passkey, name: 'Old phone 📱', last_used_at: instant }],
  });

  const removed = await client.call('DELETE', path, { headers: inside });
  expect(removed.json()).toEqual({ success: true, message: 'Passkey removed' });
  expectProblem(await client.call('DELETE', path, { headers: inside }), 'not_found');
  expectProblem(await enter(client, device), 'invalid_code');
});

test('what a device is asked to sign says nothing of anybody', async ({ client, newClient }) => {
  const first = await client.call('POST', '/api/auth/passkey/options', { json: {} });
  const second = (await newClient().call('POST', '/api/auth/passkey/options')).json<{ flow: string }>();
  const shape = {
    success: true,
    flow: token,
    expires_in_seconds: 300,
    options: { challenge: token, rpId: 'localhost', timeout: 300_000, userVerification: 'required' },
  };
  expect(first.json()).toEqual(shape);
  expect(second).toEqual(shape);
  expect(second.flow).not.toBe(first.json<{ flow: string }>().flow);
});

test('an answer that is replayed, changed, or made elsewhere opens nothing', async ({ client, newPhone }) => {
  const { tokens } = await signIn(client, newPhone());
  const { device } = await addPasskey(client, bearer(tokens.access));
  const { flow, options } = await askToSign(client);
  const credential = device.assert(options);
  const send = (changed: object) => client.post('/api/auth/passkey/verify', { flow, credential, ...changed });
  for (const part of ['authenticatorData', 'clientDataJSON', 'signature'] as const) {
    expectProblem(await send({ credential: tampered(credential, part) }), 'invalid_code');
  }
  expectProblem(await send({ credential: device.assert(options, { origin: 'https://evil.example' }) }), 'invalid_code');
  expectProblem(await send({ credential: device.assert(options, { rpId: 'evil.example' }) }), 'invalid_code');
  expectProblem(await send({ flow: (await askToSign(client)).flow }), 'code_expired');
  expect((await send({})).status).toBe(200);
  expectProblem(await send({}), 'code_expired');
});

test('our pages sign in by the cookie, from our own origin only', async ({ client, newPhone }) => {
  const phone = newPhone();
  const { device } = await addPasskey(client, bearer((await signIn(client, phone)).tokens.access));
  const { flow, options } = await askToSign(client);
  const json = { flow, credential: device.assert(options) };
  for (const headers of [{ origin: 'https://evil.example' }, { 'sec-fetch-site': 'cross-site' }]) {
    expectProblem(await client.call('POST', '/auth/passkey', { headers, json }), 'origin_not_allowed');
    expectProblem(await client.call('POST', '/api/auth/passkey/options', { headers, json: {} }), 'origin_not_allowed');
  }
  const answer = await client.call('POST', '/auth/passkey', { headers: { origin: client.url }, json });
  expect(answer.json()).toEqual({ success: true, redirect_to: '/auth/about-you' });
  expect(answer.text).not.toContain('refresh');
  const cookie = sessionCookieOf(answer) ?? '';
  expect(answer.headers['set-cookie']?.join()).toMatch(/HttpOnly.*SameSite=lax/i);
  const session = await client.get('/api/auth/session', { headers: { cookie } });
  expect(session.json()).toMatchObject({ user: { phone } });

  // Signing in over a running session ends that one.
  const again = await askToSign(client);
  const over = { flow: again.flow, credential: device.assert(again.options) };
  const replaced = await client.call('POST', '/auth/passkey', { headers: { origin: client.url, cookie }, json: over });
  expect(replaced.status).toBe(200);
  expect((await client.get('/api/me', { headers: { cookie } })).status).toBe(401);
});

test('a stale session needs a fresh proof to add or remove one, and a passkey is such a proof', async ({
  client,
  newPhone,
  clock,
}) => {
  const { tokens, user } = await signIn(client, newPhone());
  const own = bearer(tokens.access);
  const { device, passkey } = await addPasskey(client, own);
  await clock.passForSessions(user.id, 661);
  const path = `/api/me/passkeys/${passkey.id}`;
  for (const [method, target] of [
    ['DELETE', path],
    ['POST', '/api/me/passkeys/options'],
    ['POST', '/api/me/recovery-codes'],
  ] as const) {
    expectProblem(await client.call(method, target, { headers: own }), 'fresh_proof_required');
  }
  const begun = await client.call('POST', '/api/me/proof/passkey/options', { headers: own });
  const { options } = begun.json<{ options: RequestOptions }>();
  expect(options.allowCredentials).toEqual([
    { id: device.credentialId, type: 'public-key', transports: ['internal', 'hybrid'] },
  ]);
  const credential = device.assert(options);
  // It confirms, and signs nobody in.
  const { flow } = await askToSign(client);
  expectProblem(await client.post('/api/auth/passkey/verify', { flow, credential }), 'code_expired');
  const proof = await client.post('/api/me/proof/passkey', { credential }, own);
  expect(proof.json()).toEqual({ success: true, message: 'Confirmed', expires_in_seconds: 600 });
  expectProblem(await client.post('/api/me/proof/passkey', { credential }, own), 'code_expired');
  expect((await client.call('DELETE', path, { headers: own })).status).toBe(200);
});

test('one’s passkeys are one’s own', async ({ client, newClient, newPhone }) => {
  const own = bearer((await signIn(client, newPhone())).tokens.access);
  const { passkey, device } = await addPasskey(client, own);
  const stranger = newClient();
  const theirs = bearer((await signIn(stranger, newPhone())).tokens.access);
  const path = `/api/me/passkeys/${passkey.id}`;
  expectProblem(await stranger.call('PATCH', path, { headers: theirs, json: { name: 'Mine' } }), 'not_found');
  expectProblem(await stranger.call('DELETE', path, { headers: theirs }), 'not_found');
  const begun = await stranger.call('POST', '/api/me/passkeys/options', { headers: theirs });
  const credential = device.register(begun.json<{ options: never }>().options);
  expectProblem(await stranger.post('/api/me/passkeys', { credential }, theirs), 'conflict');
  expectProblem(await stranger.call('POST', '/api/me/proof/passkey/options', { headers: theirs }), 'conflict');
});

test('what no client would send is refused, field by field', async ({ client, newPhone }) => {
  const { tokens } = await signIn(client, newPhone());
  const own = bearer(tokens.access);
  const { device } = await addPasskey(client, own);
  const { flow, options } = await askToSign(client);
  const credential = device.assert(options);
  const bodies: [object, string[]][] = [
    [{}, ['flow', 'credential']],
    [{ flow: 5, credential }, ['flow']],
    [{ flow, credential, admin: true }, ['admin']],
    [{ flow, credential: { ...credential, type: 'password' } }, ['credential.type']],
    [{ flow, credential: { ...credential, id: 'a b' } }, ['credential.id']],
    [
      { flow, credential: { ...credential, response: { ...credential.response, signature: '' } } },
      ['credential.response.signature'],
    ],
    [
      { flow, credential: { ...credential, response: { ...credential.response, extra: 1 } } },
      ['credential.response.extra'],
    ],
  ];
  for (const [body, paths] of bodies) {
    const answer = await client.post('/api/auth/passkey/verify', body);
    expect([answer.status, answer.json<{ code: string }>().code], answer.text).toEqual([400, 'invalid_request']);
    expect(complaints(answer)).toEqual(expect.arrayContaining(paths));
  }
  for (const name of ['', 'x'.repeat(61), 'a\u202eb', 7]) {
    const answer = await client.call('PATCH', '/api/me/passkeys/00000000-0000-0000-0000-000000000000', {
      headers: own,
      json: { name },
    });
    expect(answer.status).toBe(400);
  }
  for (const garbage of ['AAAA', Buffer.from('{"challenge":5}').toString('base64url')]) {
    const changed = { ...credential, response: { ...credential.response, clientDataJSON: garbage } };
    expectProblem(await client.post('/api/auth/passkey/verify', { flow, credential: changed }), 'code_expired');
    expectProblem(
      await client.post(
        '/api/me/passkeys',
        { credential: { ...changed, response: { clientDataJSON: garbage, attestationObject: 'AAAA' } } },
        own,
      ),
      'code_expired',
    );
  }
});

test('nobody who is signed out, and no foreign page, comes near them', async ({ client, newPhone }) => {
  const calls = [
    ['GET', '/api/me/passkeys'],
    ['POST', '/api/me/passkeys'],
    ['POST', '/api/me/passkeys/options'],
    ['DELETE', '/api/me/passkeys/offer'],
    ['POST', '/api/me/proof/passkey'],
    ['POST', '/api/me/proof/passkey/options'],
    ['POST', '/api/me/recovery-codes'],
  ] as const;
  const cookie = await webSession(client, newPhone());
  for (const [method, path] of calls) {
    const json = method === 'POST' ? {} : undefined;
    expectProblem(await client.call(method, path, { json }), 'unauthenticated');
    if (method === 'GET') continue;
    const foreign = { cookie, origin: 'https://evil.example' };
    expectProblem(await client.call(method, path, { json, headers: foreign }), 'origin_not_allowed');
  }
});
