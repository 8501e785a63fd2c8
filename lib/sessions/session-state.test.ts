import { describe, expect, it } from 'vitest';
import { sessionLifetimes, sessionState, type SessionTimes, unusedLifeSeconds } from './session-state';

const lifetimes = sessionLifetimes(14 * 86_400);
const now = new Date('2026-06-01T12:00:00Z');
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000);
const fresh: SessionTimes = {
  kind: 'web',
  role: 'user',
  createdAt: ago(1),
  lastSeenAt: ago(0.5),
  expiresAt: ago(-29),
  revokedAt: null,
  suspendedAt: null,
};

describe('sessionState', () => {
  it.each<[string, Partial<SessionTimes>, string]>([
    ['in use', {}, 'live'],
    ['revoked', { revokedAt: ago(0) }, 'revoked'],
    ['of a suspended user', { suspendedAt: ago(0) }, 'suspended'],
    ['past its end', { expiresAt: now }, 'expired'],
    ['unused for seven days in a browser', { createdAt: ago(8), lastSeenAt: ago(7) }, 'expired'],
    ['unused for seven days in an app', { kind: 'api', createdAt: ago(8), lastSeenAt: ago(7) }, 'live'],
    ['unused for fourteen days in an app', { kind: 'api', createdAt: ago(15), lastSeenAt: ago(14) }, 'expired'],
    ['thirty days old however used', { createdAt: ago(30), expiresAt: ago(-1) }, 'expired'],
    ['of an admin unused for an hour', { role: 'admin', createdAt: ago(0.5), lastSeenAt: ago(1 / 24) }, 'expired'],
    ['of an admin a day old', { role: 'admin', createdAt: ago(1), lastSeenAt: ago(0) }, 'expired'],
    ['of an admin in use', { role: 'admin', createdAt: ago(0.5), lastSeenAt: ago(0.01) }, 'live'],
  ])('a session %s', (_name, change, state) => {
    expect(sessionState({ ...fresh, ...change }, lifetimes, now)).toBe(state);
  });

  it.each<[string, Partial<SessionTimes>, number]>([
    ['an app', {}, 14 * 86_400],
    ['an app, near its absolute end', { createdAt: ago(29), expiresAt: ago(-1) }, 86_400],
    ['an administrator', { role: 'admin', createdAt: ago(0.5) }, 3600],
    ['an administrator, near its absolute end', { role: 'admin', createdAt: ago(0.99) }, 864],
  ])('of %s says how long it lives unused', (_who, change, seconds) => {
    expect(unusedLifeSeconds({ ...fresh, kind: 'api', ...change }, lifetimes, now)).toBe(seconds);
  });

  it('of an app lives unused as long as its refresh tokens do', () => {
    const session = { ...fresh, kind: 'api' as const, lastSeenAt: ago(0.5) };
    expect(sessionState(session, sessionLifetimes(3600), now)).toBe('expired');
    expect(sessionState(session, sessionLifetimes(86_400), now)).toBe('live');
  });
});
