import { createPublicKey } from 'node:crypto';
import { exportSPKI, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose';
import { systemClock } from '@/lib/clock';
import { derivedKey } from '@/lib/keys';
import { createCookieTokens } from '@/lib/sessions/session-cookie';
import { derivedSigningKey } from '@/lib/sessions/signing-keys';
import { bearer } from '../fixtures/http-client';
import { expectProblem } from '../fixtures/shapes';
import { signIn, signInAgain, webSession } from '../fixtures/sign-in';
import { expect, test as base } from '../fixtures/test';
import { claimsOf, headerOf, signedAsServer, signedWithHmac, unsigned } from '../fixtures/tokens';

/** A token that works. */
const test = base.extend<{ access: string; refresh: string; userId: string }>({
  refresh: async ({}, provide) => provide(''),
  userId: async ({ access }, provide) => provide(String(claimsOf(access).sub)),
  access: async ({ client, newPhone }, provide) => provide((await signIn(client, newPhone())).tokens.access),
});

test('an access token is an at+jwt that names issuer, audience, user, session, and an end in fifteen minutes', async ({
  client,
  run,
  newPhone,
}) => {
  const { user, tokens } = await signIn(client, newPhone());
  expect(headerOf(tokens.access)).toEqual({ alg: 'ES256', typ: 'at+jwt', kid: expect.any(String) });
  const claims = claimsOf(tokens.access);
  expect(claims).toEqual({
    iss: run.appUrl,
    aud: run.appUrl,
    sub: user.id,
    sid: expect.any(String),
    jti: expect.any(String),
    iat: expect.any(Number),
    exp: Number(claims.iat) + 900,
  });
  expect(JSON.stringify(claims)).not.toContain(String(user.phone));
});

test('a token signed like the server’s own is taken, so what follows is refused for its own fault', async ({
  client,
  run,
  access,
}) => {
  const again = await signedAsServer(run.secret, access);
  expect((await client.get('/api/me', { headers: bearer(again) })).status).toBe(200);
});

const faults: [string, Record<string, unknown>, Record<string, unknown>?][] = [
  ['another issuer', { iss: 'https://evil.example' }],
  ['no issuer', { iss: undefined }],
  ['another audience', { aud: 'https://evil.example' }],
  ['no audience', { aud: undefined }],
  ['no end', { exp: undefined }],
  ['an end that is no number', { exp: '4102444800' as unknown as number }],
  ['no time of issue', { iat: undefined }],
  ['no jti', { jti: undefined }],
  ['no session', { sid: undefined }],
  ['a session that is no text', { sid: 5 }],
  ['no user', { sub: undefined }],
  ['the type of any JWT', {}, { typ: 'JWT' }],
  ['the type of a session cookie', {}, { typ: 'session+jwt' }],
  ['no type', {}, { typ: undefined }],
  ['an unknown kid', {}, { kid: 'other' }],
  ['no kid', {}, { kid: undefined }],
  ['a critical extension', {}, { crit: ['x'], x: 1 }],
  ['a beginning in the future', { nbf: Math.floor(Date.now() / 1000) + 3_600 }],
];
for (const [name, claims, header] of faults) {
  test(`a well-signed token with ${name} is worth nothing`, async ({ client, run, access }) => {
    const token = await signedAsServer(run.secret, access, claims, header);
    expectProblem(await client.get('/api/me', { headers: bearer(token) }), 'unauthenticated');
  });
}

test('a token past its end is told to be expired', async ({ client, run, access }) => {
  const now = Math.floor(Date.now() / 1000);
  const expired = await signedAsServer(run.secret, access, { iat: now - 901, exp: now - 1 });
  expectProblem(await client.get('/api/me', { headers: bearer(expired) }), 'token_expired');
});

test('a token of one person with the session of another is worth nothing', async ({
  client,
  run,
  access,
  newPhone,
}) => {
  const other = await signIn(client, newPhone());
  const mixed = await signedAsServer(run.secret, access, { sub: other.user.id });
  expectProblem(await client.get('/api/me', { headers: bearer(mixed) }), 'token_revoked');
  for (const sid of ['01890a5d-ac96-774b-bcce-b302099a8057', 'x', "'; drop table sessions; --", '\u0000', '']) {
    expectProblem(
      await client.get('/api/me', { headers: bearer(await signedAsServer(run.secret, access, { sid })) }),
      'token_revoked',
    );
  }
});

test('an unsigned token is worth nothing', async ({ client, access }) => {
  for (const alg of ['none', 'None', 'NONE', '']) {
    const token = unsigned({ ...headerOf(access), alg }, claimsOf(access));
    expectProblem(await client.get('/api/me', { headers: bearer(token) }), 'unauthenticated');
    expectProblem(
      await client.get('/api/me', { headers: bearer(`${token}${access.split('.')[2]}`) }),
      'unauthenticated',
    );
  }
});

test('a token signed with the public key as if it were a shared one is worth nothing', async ({
  client,
  run,
  access,
}) => {
  const { d: _private, ...publicJwk } = derivedSigningKey(run.secret);
  const publicKey = createPublicKey({ key: publicJwk as Record<string, string>, format: 'jwk' });
  const pem = publicKey.export({ type: 'spki', format: 'pem' });
  const der = publicKey.export({ type: 'spki', format: 'der' });
  for (const key of [
    pem,
    der,
    JSON.stringify(publicJwk),
    Buffer.from(String(publicJwk.x), 'base64url'),
    run.secret,
    '',
  ]) {
    for (const alg of ['HS256', 'ES256']) {
      const token = signedWithHmac(key, { ...headerOf(access), alg }, claimsOf(access));
      expectProblem(await client.get('/api/me', { headers: bearer(token) }), 'unauthenticated');
    }
  }
});

test('a token that brings its own key, or says where one is, is worth nothing', async ({ client, run, access }) => {
  const { publicKey, privateKey } = await generateKeyPair('ES256', { extractable: true });
  const jwk = await exportJWK(publicKey);
  const hints = {
    jwk,
    jku: `${run.appUrl}/keys.json`,
    x5u: `${run.appUrl}/cert.pem`,
    // The key's own name is known and the key is not.
    kid: headerOf(access).kid,
    x5c: [await exportSPKI(publicKey)],
  };
  for (const [name, value] of Object.entries(hints)) {
    const header = { ...headerOf(access), [name]: value };
    const token = await new SignJWT(claimsOf(access)).setProtectedHeader(header).sign(privateKey);
    expectProblem(await client.get('/api/me', { headers: bearer(token) }), 'unauthenticated');
    // On a well-signed token the hint is simply ignored.
    const ours = await importJWK(derivedSigningKey(run.secret), 'ES256');
    const good = await new SignJWT(claimsOf(access)).setProtectedHeader(header).sign(ours);
    expect((await client.get('/api/me', { headers: bearer(good) })).status).toBe(200);
  }
});

test('a token with anything changed is worth nothing', async ({ client, access }) => {
  const [header = '', payload = '', signature = ''] = access.split('.');
  const flip = (text: string, at: number) => `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`;
  const spoilt = [
    `${flip(header, 5)}.${payload}.${signature}`,
    `${header}.${flip(payload, 20)}.${signature}`,
    `${header}.${payload}.${flip(signature, 3)}`,
    `${header}.${payload}.`,
    `${header}.${payload}`,
    `${header}.${payload}.${signature}.x`,
    `.${payload}.${signature}`,
    `${header}..${signature}`,
    `${header}.${payload}.${signature.slice(0, -4)}`,
    `${header}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
  ];
  for (const token of spoilt) expectProblem(await client.get('/api/me', { headers: bearer(token) }), 'unauthenticated');
});

test('a huge token is refused, and a well-signed one is read', async ({ client, run, access }) => {
  const padded = await signedAsServer(run.secret, access, { padding: 'x'.repeat(9_000) });
  expect((await client.get('/api/me', { headers: bearer(padded) })).status).toBe(200);
  const nested = JSON.parse('['.repeat(4_000) + ']'.repeat(4_000)) as unknown;
  for (const token of [
    'x'.repeat(15_000),
    '.'.repeat(15_000),
    padded.slice(0, -1),
    unsigned(headerOf(access), { ...claimsOf(access), nested }),
    unsigned({ ...headerOf(access), nested }, claimsOf(access)),
    unsigned({ ...headerOf(access), kid: 'x'.repeat(9_000) }, claimsOf(access)),
  ]) {
    expectProblem(await client.get('/api/me', { headers: bearer(token) }), 'unauthenticated');
  }
});

test('the word Bearer may be written in any case (RFC 9110, 11.1)', async ({ client, access }) => {
  for (const scheme of ['bearer', 'BEARER', 'bEARER']) {
    const answer = await client.get('/api/me', { headers: { authorization: `${scheme} ${access}` } });
    expect(answer.status).toBe(200);
  }
});

test('of two Authorization headers neither counts, nor the cookie beside them', async ({
  client,
  access,
  newPhone,
}) => {
  const cookie = await webSession(client, newPhone());
  const other = (await signIn(client, newPhone())).tokens.access;
  for (const tokens of [
    [access, other],
    [access, 'x.y.z'],
    ['x.y.z', access],
    [access, access],
  ]) {
    const headers = { Authorization: tokens.map((token) => `Bearer ${token}`), cookie };
    expectProblem(await client.get('/api/me', { headers }), 'unauthenticated');
  }
});

test('refresh token, cookie and access token never stand in for each other', async ({
  client,
  run,
  newPhone,
  clock,
}) => {
  const phone = newPhone();
  const cookie = await webSession(client, phone);
  const sessionToken = cookie.split('=')[1] ?? '';
  const { tokens } = await signInAgain(client, phone, clock);
  for (const token of [tokens.refresh, sessionToken]) {
    expectProblem(await client.get('/api/me', { headers: bearer(token) }), 'unauthenticated');
  }
  for (const token of [tokens.access, tokens.refresh]) {
    expectProblem(
      await client.get('/api/me', { headers: { cookie: `next-auth.session-token=${token}` } }),
      'unauthenticated',
    );
  }
  // Even rightly signed: a browser's session in a bearer token.
  const { sid, sub } = { sid: claimsOf(sessionToken).sid, sub: claimsOf(tokens.access).sub };
  const forged = await signedAsServer(run.secret, tokens.access, { sid, sub });
  expectProblem(await client.get('/api/me', { headers: bearer(forged) }), 'unauthenticated');
});

test('NextAuth’s CSRF cookies are no sessions', async ({ client }) => {
  const answer = await client.get('/api/auth/csrf');
  const values = (answer.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]?.split('=')[1] ?? '');
  expect(values).not.toEqual([]);
  for (const value of values) {
    expectProblem(
      await client.get('/api/me', { headers: { cookie: `next-auth.session-token=${value}` } }),
      'unauthenticated',
    );
  }
});

test('a cookie of an OAuth sign-in that names a live session is no session, though rightly signed', async ({
  client,
  run,
  newPhone,
}) => {
  const live = await webSession(client, newPhone());
  const { sid } = claimsOf(live.split('=')[1] ?? '');
  const cookies = await createCookieTokens(derivedKey(run.secret, 'session-cookie'), systemClock);
  const me = (value: string) => client.get('/api/me', { headers: { cookie: `next-auth.session-token=${value}` } });
  expect((await me(await cookies.encode({ sid }, 900, ''))).status).toBe(200);
  for (const salt of ['next-auth.state', 'next-auth.pkce.code_verifier', 'next-auth.nonce', 'session']) {
    expectProblem(await me(await cookies.encode({ sid }, 900, salt)), 'unauthenticated');
  }
});

test('a session cookie that is expired, unsigned, endless or of another key is no session', async ({
  client,
  run,
  newPhone,
}) => {
  const [, good = ''] = (await webSession(client, newPhone())).split('=');
  const key = derivedKey(run.secret, 'session-cookie');
  const [header, claims] = [headerOf(good), claimsOf(good)];
  const me = (value: string) => client.get('/api/me', { headers: { cookie: `next-auth.session-token=${value}` } });
  expect((await me(signedWithHmac(key, header, claims))).status).toBe(200);
  for (const value of [
    signedWithHmac(key, header, { ...claims, exp: Number(claims.iat) - 1 }),
    signedWithHmac(key, header, { ...claims, exp: undefined }),
    signedWithHmac(key, header, { ...claims, aud: undefined }),
    signedWithHmac(key, { ...header, typ: 'at+jwt' }, claims),
    signedWithHmac(key, { ...header, typ: undefined }, claims),
    signedWithHmac(key, { ...header, crit: ['x'], x: 1 }, claims),
    signedWithHmac(key, { ...header, alg: 'none' }, claims),
    signedWithHmac(run.secret, header, claims),
    signedWithHmac('', header, claims),
    unsigned({ ...header, alg: 'none' }, claims),
    unsigned(header, claims),
  ]) {
    expectProblem(await me(value), 'unauthenticated');
  }
});
