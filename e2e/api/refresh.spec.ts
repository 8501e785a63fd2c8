import { createRemoteJWKSet, decodeJwt, jwtVerify } from 'jose';
import { bearer, type Client } from '../fixtures/http-client';
import { expectProblem } from '../fixtures/shapes';
import { signIn, type Tokens, webSession } from '../fixtures/sign-in';
import { expect, test } from '../fixtures/test';

const refresh = (client: Client, token: unknown) => client.post('/api/auth/refresh', { refresh: token });

test('a refresh token buys a new pair for the same session, of exactly the promised shape', async ({
  client,
  newPhone,
}) => {
  const { tokens, user } = await signIn(client, newPhone());
  const answer = await refresh(client, tokens.refresh);
  const renewed = answer.json<Tokens>();
  expect([answer.status, renewed]).toEqual([
    200,
    {
      access: expect.any(String),
      refresh: expect.stringMatching(/^[\w-]{43}$/),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_expires_in: 1_209_600,
    },
  ]);
  expect(renewed.refresh).not.toBe(tokens.refresh);
  expect(decodeJwt(renewed.access).sid).toBe(decodeJwt(tokens.access).sid);
  const me = await client.get('/api/me', { headers: bearer(renewed.access) });
  expect([me.status, me.json<{ id: string }>().id]).toEqual([200, user.id]);
});

test('what is told of a refresh token’s life is the session’s: at most to its end', async ({
  client,
  newPhone,
  sql,
}) => {
  const { user, tokens } = await signIn(client, newPhone());
  await sql`
    update sessions set created_at = created_at - interval '29 days', expires_at = expires_at - interval '29 days'
    where user_id = ${user.id}`;
  const renewed = (await client.post('/api/auth/refresh', { refresh: tokens.refresh })).json<Tokens>();
  expect(Math.abs(renewed.refresh_expires_in - 86_400)).toBeLessThan(60);
});

test('fifty simultaneous refreshes leave one live successor, and nobody honest signed out', async ({
  client,
  newClient,
  newPhone,
  sql,
}) => {
  const { tokens } = await signIn(client, newPhone());
  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(newClient(), tokens.refresh)));
  const renewed = answers.filter(({ status }) => status === 200).map((answer) => answer.json<Tokens>());
  // Thirty in five minutes is the limit of one session; the rest are told to wait.
  expect(renewed).toHaveLength(30);
  expect(answers.filter(({ status }) => status === 429)).toHaveLength(20);
  expect(new Set(renewed.map((pair) => pair.refresh)).size).toBe(1);
  const sid = String(decodeJwt(tokens.access).sid);
  const [row] =
    await sql`select count(*)::int as live from refresh_tokens where session_id = ${sid} and used_at is null`;
  expect(row).toEqual({ live: 1 });
  expect((await client.get('/api/me', { headers: bearer(renewed[0]!.access) })).status).toBe(200);
});

test('a token that comes back after its successor was used ends everything of that session', async ({
  client,
  newPhone,
}) => {
  const { tokens } = await signIn(client, newPhone());
  const second = (await refresh(client, tokens.refresh)).json<Tokens>();
  const third = (await refresh(client, second.refresh)).json<Tokens>();
  expectProblem(await refresh(client, tokens.refresh), 'refresh_reused');
  expectProblem(await refresh(client, third.refresh), 'token_revoked');
  expectProblem(await client.get('/api/me', { headers: bearer(third.access) }), 'token_revoked');
});

test('a refresh of a session that was signed out, or of a suspended user, is refused', async ({
  client,
  newPhone,
  sql,
}) => {
  const [out, suspended] = [await signIn(client, newPhone()), await signIn(client, newPhone())];
  await client.post('/api/auth/logout', {}, bearer(out.tokens.access));
  await sql`update users set suspended_at = now() where id = ${suspended.user.id}`;
  expectProblem(await refresh(client, out.tokens.refresh), 'token_revoked');
  expectProblem(await refresh(client, suspended.tokens.refresh), 'token_revoked');
});

test('what is no refresh token of ours is refused as such', async ({ client, newPhone }) => {
  const { tokens } = await signIn(client, newPhone());
  const cookie = await webSession(client, newPhone());
  for (const token of [tokens.access, cookie.split('=')[1], 'x', 'a'.repeat(43)]) {
    expectProblem(await refresh(client, token), 'unauthenticated');
  }
  for (const body of [{}, { refresh: 5 }, { refresh: '' }, { refresh: 'x', more: 1 }, { refresh: 'x'.repeat(513) }]) {
    expect((await client.post('/api/auth/refresh', body)).json()).toMatchObject({ code: 'invalid_request' });
  }
});

test('another service verifies our tokens with the published keys, which hold nothing private', async ({
  client,
  newPhone,
  run,
}) => {
  const { tokens, user } = await signIn(client, newPhone());
  const published = (await client.get('/.well-known/jwks.json')).json<{ keys: Record<string, unknown>[] }>();
  expect(published.keys).toHaveLength(1);
  expect(Object.keys(published.keys[0]!).sort()).toEqual(['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']);
  const keys = createRemoteJWKSet(new URL('/.well-known/jwks.json', run.appUrl));
  const { payload } = await jwtVerify(tokens.access, keys, {
    issuer: run.appUrl,
    audience: run.appUrl,
    typ: 'at+jwt',
    algorithms: ['ES256'],
  });
  expect(payload).toMatchObject({ sub: user.id, sid: expect.any(String), jti: expect.any(String) });
});
