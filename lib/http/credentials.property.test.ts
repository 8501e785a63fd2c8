import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Server } from '../server';
import { createAccessTokens } from '../sessions/access-token';
import { createCookieTokens } from '../sessions/session-cookie';
import { derivedSigningKey } from '../sessions/signing-keys';
import { credentials } from './credentials';

const clock = { now: () => new Date('2026-01-01T00:00:00Z') };
const accessTokens = await createAccessTokens([derivedSigningKey('a secret of at least thirty-two characters')], {
  appUrl: 'https://latchkey.example',
  ttlSeconds: 900,
  clock,
});
const cookies = await createCookieTokens(Buffer.alloc(32, 7), clock);
const signedIn = { sessionId: 'session-1', kind: 'api' };
const asked: string[] = [];
/** As much of the server as credentials come to; every session it is asked for is live. */
const app = {
  accessTokens,
  cookies,
  authenticate: async (sessionId: string) => {
    asked.push(sessionId);
    return { ok: true, signedIn };
  },
} as unknown as Server;
const access = await accessTokens.sign('user-1', 'session-1');
const cookie = await cookies.encode({ sid: 'session-1' }, 60, '');

const scheme = fc.constantFrom(
  'Bearer',
  'bearer',
  'BEARER',
  'Basic',
  'Digest',
  'Token',
  'Bearer:',
  'Bearer,',
  '',
  'Bearer Bearer',
  'bеarer',
);
const gap = fc.constantFrom('', ' ', '  ', '\t', '\u00a0', '\n', ', ');
const token = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.constantFrom(
    `${access}x`,
    ` ${access}`,
    `${access} `,
    `"${access}"`,
    `${access},${access}`,
    `${access};`,
    cookie,
    '',
    'null',
    'undefined',
    '..',
  ),
);
const header = fc
  .oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.tuple(scheme, gap, token).map((all) => all.join('')),
  )
  .filter((written) => written.replace(/^bearer /i, '') !== access);

describe('credentials, of whatever is sent', () => {
  it('takes an Authorization header of one form only, never throws, and never falls back on the cookie beside it', async () => {
    await fc.assert(
      fc.asyncProperty(header, fc.constantFrom(undefined, cookie), async (authorization, beside) => {
        const before = asked.length;
        const who = await credentials(app, authorization, beside);
        expect(who).toMatchObject({ ok: false, code: expect.stringMatching(/^(unauthenticated|token_expired)$/) });
        expect(asked.length).toBe(before);
      }),
      { numRuns: 2_000 },
    );
    expect((await credentials(app, `Bearer ${access}`, undefined)).ok).toBe(true);
  });

  it('takes no other cookie than one of ours', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(token, fc.constant(access)).filter((value) => value !== cookie),
        async (value) => {
          expect(await credentials(app, null, value)).toMatchObject({ ok: false, code: 'unauthenticated' });
        },
      ),
      { numRuns: 1_000 },
    );
  });
});
