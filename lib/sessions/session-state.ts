import { sessionPolicy } from '../policy';

export type SessionTimes = {
  kind: 'web' | 'api';
  role: 'user' | 'provider' | 'admin';
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  revokedAt: Date | null;
  suspendedAt: Date | null;
};

type SessionState = 'live' | 'revoked' | 'expired' | 'suspended';

/** How long a session may live, and live unused, by its kind; administrators' are a kind of their own. */
export type SessionLifetimes = Record<'web' | 'api' | 'admin', { idleSeconds: number; absoluteSeconds: number }>;

/** The policy, with the setting for API clients: a family of refresh tokens lives unused as long as one token does. */
export const sessionLifetimes = (refreshTtlSeconds: number): SessionLifetimes => ({
  ...sessionPolicy,
  api: { ...sessionPolicy.api, idleSeconds: refreshTtlSeconds },
});

/**
 * Whether a session may be used at `now`, read off its timestamps: revoked, past its absolute life, or unused for too
 * long. Admins' sessions live shorter.
 */
export function sessionState(session: SessionTimes, lifetimes: SessionLifetimes, now: Date): SessionState {
  if (session.revokedAt) return 'revoked';
  if (session.suspendedAt) return 'suspended';
  return now.getTime() < endOf(session, lifetimes) ? 'live' : 'expired';
}

/** How long a session that is used now lives if nobody uses it again. */
export const unusedLifeSeconds = (session: Lasting, lifetimes: SessionLifetimes, now: Date): number =>
  Math.floor((endOf({ ...session, lastSeenAt: now }, lifetimes) - now.getTime()) / 1000);

type Lasting = Pick<SessionTimes, 'kind' | 'role' | 'createdAt' | 'expiresAt'>;

function endOf(session: Lasting & Pick<SessionTimes, 'lastSeenAt'>, lifetimes: SessionLifetimes): number {
  const { idleSeconds, absoluteSeconds } = lifetimes[session.role === 'admin' ? 'admin' : session.kind];
  return Math.min(
    session.expiresAt.getTime(),
    session.createdAt.getTime() + absoluteSeconds * 1000,
    session.lastSeenAt.getTime() + idleSeconds * 1000,
  );
}

/** How old "last seen" may be before a use is noted: rarely, but well within the time a session may go unused. */
export const noteUseAfterSeconds = (kind: 'web' | 'api', lifetimes: SessionLifetimes): number =>
  Math.min(sessionPolicy.lastSeenEverySeconds, lifetimes[kind].idleSeconds / 4);
