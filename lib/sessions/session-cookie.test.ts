import { describe, expect, it } from 'vitest';
import { createAccessTokens } from './access-token';
import { createCookieTokens, sessionCookie } from './session-cookie';
import { derivedSigningKey } from './signing-keys';

let now = new Date('2026-01-01T00:00:00Z');
const clock = { now: () => now };
const cookies = await createCookieTokens(Buffer.alloc(32, 7), clock);

describe('cookie tokens', () => {
  it('carry a payload for their life', async () => {
    const token = await cookies.encode({ sid: 'a' }, 60, '');
    for (let i = 0; i < 2; i++) expect(await cookies.decode(token, '')).toMatchObject({ sid: 'a' });
    expect(await cookies.decode(token, 'next-auth.state')).toBeNull();
    now = new Date(now.getTime() + 61_000);
    expect(await cookies.decode(token, '')).toBeNull();
  });

  it('of one kind are worth nothing as another', async () => {
    const state = await cookies.encode({ sid: 'a' }, 60, 'next-auth.state');
    expect(await cookies.decode(state, '')).toBeNull();
    expect(await cookies.decode(state, 'next-auth.pkce.code_verifier')).toBeNull();
    expect(await cookies.decode(await cookies.encode({ sid: 'a' }, 60, ''), 'next-auth.state')).toBeNull();
  });

  it('made with another key, tampered with or of another kind altogether are refused', async () => {
    const other = await createCookieTokens(Buffer.alloc(32, 8), clock);
    expect(await cookies.decode(await other.encode({ sid: 'a' }, 60, ''), '')).toBeNull();
    const access = await createAccessTokens([derivedSigningKey('s'.repeat(32))], {
      appUrl: 'http://localhost',
      ttlSeconds: 60,
      clock,
    });
    expect(await cookies.decode(await access.sign('u', 's'), '')).toBeNull();
    for (const garbage of ['', 'x', 'a.b.c', '.'.repeat(9)]) expect(await cookies.decode(garbage, '')).toBeNull();
  });
});

describe('sessionCookie', () => {
  it('is bound to the host where there is https', () => {
    expect(sessionCookie('https://latchkey.example')).toMatchObject({
      name: '__Host-next-auth.session-token',
      options: { secure: true, httpOnly: true, path: '/' },
    });
    expect(sessionCookie('http://localhost:3000')).toMatchObject({
      name: 'next-auth.session-token',
      options: { secure: false, httpOnly: true },
    });
  });
});
