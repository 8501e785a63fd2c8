import fs from 'node:fs';
import { pathToFileURL } from 'node:url';
import { derivedSigningKey } from '@/lib/sessions/signing-keys';
import { codeBlock } from '../fixtures/docs';
import { bearer } from '../fixtures/http-client';
import { expectProblem } from '../fixtures/shapes';
import { signIn, webSession } from '../fixtures/sign-in';
import { expect, test as base } from '../fixtures/test';
import { claimsOf, headerOf, signedAsServer, signedWithHmac, unsigned } from '../fixtures/tokens';

type Verify = (token: string) => Promise<{ userId: string; sessionId: string }>;

/** The Node code of docs/verify-tokens.md, as a service has it that copied it and put our address in. */
const test = base.extend<{ verifyAccessToken: Verify }>({
  verifyAccessToken: async ({ run }, provide, testInfo) => {
    const code = codeBlock('docs/verify-tokens.md', 'js').replace('https://auth.example.com', run.appUrl);
    const file = testInfo.outputPath('verify.mjs');
    fs.writeFileSync(file, code);
    await provide(((await import(pathToFileURL(file).href)) as { verifyAccessToken: Verify }).verifyAccessToken);
  },
});

test('another service that follows the docs knows who sent a token', async ({
  client,
  newPhone,
  verifyAccessToken,
}) => {
  const { tokens, user } = await signIn(client, newPhone());
  const sessionId = claimsOf(tokens.access).sid;
  expect(await verifyAccessToken(tokens.access)).toEqual({ userId: user.id, sessionId });
});

test('another service that follows the docs takes no other token, ours or not', async ({
  client,
  newPhone,
  run,
  verifyAccessToken,
}) => {
  const { tokens } = await signIn(client, newPhone());
  const cookie = await webSession(client, newPhone());
  const as = (claims: object, header?: Record<string, unknown>) =>
    signedAsServer(run.secret, tokens.access, { ...claims }, header);
  const [header, claims] = [headerOf(tokens.access), claimsOf(tokens.access)];
  await verifyAccessToken(await as({}));
  for (const token of [
    '',
    tokens.refresh,
    cookie.split('=')[1] ?? '',
    unsigned({ ...header, alg: 'none' }, claims),
    signedWithHmac(String(derivedSigningKey(run.secret).x), { ...header, alg: 'HS256' }, claims),
    await as({ iss: 'https://evil.example' }),
    await as({ aud: 'https://evil.example' }),
    await as({ exp: Math.floor(Date.now() / 1000) - 1 }),
    await as({ exp: undefined }),
    await as({ sid: undefined }),
    await as({ sub: undefined }),
    await as({}, { typ: 'JWT' }),
    await as({}, { kid: 'other' }),
  ]) {
    await expect(verifyAccessToken(token), token).rejects.toThrow();
  }
});

test('another service can’t know by itself that a session has ended; GET /api/me does', async ({
  client,
  newPhone,
  verifyAccessToken,
}) => {
  const { tokens, user } = await signIn(client, newPhone());
  await client.post('/api/auth/logout', {}, bearer(tokens.access));
  expect(await verifyAccessToken(tokens.access)).toMatchObject({ userId: user.id });
  expectProblem(await client.get('/api/me', { headers: bearer(tokens.access) }), 'token_revoked');
});
