import { createPublicKey } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { derivedSigningKey } from '@/lib/sessions/signing-keys';
import { bearer } from '../fixtures/http-client';
import { languagesHere, type OtherService, startOtherService, type Verify } from '../fixtures/other-services';
import { startedOnce } from '../fixtures/own-app';
import { expectProblem } from '../fixtures/shapes';
import { signIn, webSession } from '../fixtures/sign-in';
import { expect, test as base } from '../fixtures/test';
import { claimsOf, headerOf, signedAsServer, signedWithHmac, unsigned } from '../fixtures/tokens';
import { currentRun } from '../stack/run';

// One worker, so one service of each language.
base.describe.configure({ mode: 'default' });

/** Go may have to compile its standard library first. */
const GO_COMPILES_WITHIN_MS = 180_000;

// A language that this machine lacks has no tests here; docs/verify-tokens.md says so.
for (const language of languagesHere) {
  const test = base.extend<{ service: OtherService; verifyAccessToken: Verify }>({
    service: startedOnce(() => {
      const { outputDir } = base.info().project;
      fs.mkdirSync(outputDir, { recursive: true });
      const folder = fs.mkdtempSync(path.join(outputDir, `service-${language}-`));
      return startOtherService(language, folder, currentRun().appUrl);
    }, GO_COMPILES_WITHIN_MS),
    verifyAccessToken: async ({ service }, provide) => provide(service.verify),
  });

  test(`another service that follows the docs in ${language} knows who sent a token`, async ({
    client,
    newPhone,
    verifyAccessToken,
  }) => {
    const { tokens, user } = await signIn(client, newPhone());
    const sessionId = claimsOf(tokens.access).sid;
    expect(await verifyAccessToken(tokens.access)).toEqual({ userId: user.id, sessionId });
  });

  test(`another service that follows the docs in ${language} takes no other token, ours or not`, async ({
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
    const [head = '', payload = '', signature = ''] = tokens.access.split('.');
    const { d: _private, ...publicJwk } = derivedSigningKey(run.secret);
    const publicKey = createPublicKey({ key: publicJwk as Record<string, string>, format: 'jwk' });
    const stranger = await generateKeyPair('ES256', { extractable: true });
    const hints = {
      jwk: await exportJWK(stranger.publicKey),
      jku: `${run.appUrl}/keys.json`,
      x5u: `${run.appUrl}/c.pem`,
    };
    const byStranger = (more: object) =>
      new SignJWT(claims).setProtectedHeader({ ...header, ...more }).sign(stranger.privateKey);

    expect(await verifyAccessToken(await as({}))).not.toBeNull();
    // A hint about keys in a token of ours is simply ignored.
    expect(await verifyAccessToken(await as({}, hints))).not.toBeNull();
    for (const token of [
      '',
      'garbage',
      '..',
      'é.ü.ö',
      tokens.refresh,
      cookie.split('=')[1] ?? '',
      `${head}.${payload}`,
      `${head}.${payload}.`,
      `${head}.${payload}.${signature}.`,
      `${head}.${payload}.${Buffer.alloc(64).toString('base64url')}`,
      `${head}.${Buffer.from(JSON.stringify({ ...claims, sub: claims.sid })).toString('base64url')}.${signature}`,
      unsigned({ ...header, alg: 'none' }, claims),
      unsigned(header, claims),
      signedWithHmac(publicKey.export({ type: 'spki', format: 'pem' }), { ...header, alg: 'HS256' }, claims),
      signedWithHmac(String(publicJwk.x), { ...header, alg: 'HS256' }, claims),
      await byStranger({}),
      await byStranger(hints),
      await byStranger({ kid: 'other', ...hints }),
      await as({ iss: 'https://evil.example' }),
      await as({ iss: `${run.appUrl}/` }),
      await as({ aud: 'https://evil.example' }),
      await as({ aud: undefined }),
      await as({ exp: Math.floor(Date.now() / 1000) - 1 }),
      await as({ exp: undefined }),
      await as({ sid: undefined }),
      await as({ sub: undefined }),
      await as({}, { typ: 'JWT' }),
      await as({}, { typ: undefined }),
      await as({}, { kid: 'other' }),
      await as({}, { kid: undefined }),
      await as({}, { crit: ['x'], x: 1 }),
    ]) {
      expect(await verifyAccessToken(token), token).toBeNull();
    }
    // It still works after all that.
    expect(await verifyAccessToken(tokens.access)).not.toBeNull();
  });

  test(`another service in ${language} can’t know by itself that a session has ended; GET /api/me does`, async ({
    client,
    newPhone,
    verifyAccessToken,
  }) => {
    const { tokens, user } = await signIn(client, newPhone());
    await client.post('/api/auth/logout', {}, bearer(tokens.access));
    expect(await verifyAccessToken(tokens.access)).toMatchObject({ userId: user.id });
    expectProblem(await client.get('/api/me', { headers: bearer(tokens.access) }), 'token_revoked');
  });
}
