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

export type SessionState = 'live' | 'revoked' | 'expired' | 'suspended';

/**
 * Whether a session may be used at `now`, read off its timestamps: revoked, past its absolute life, or unused for too
 * long. Admins' sessions live shorter, from the moment the role is given.
 */
export function sessionState(session: SessionTimes, now: Date): SessionState {
  if (session.revokedAt) return 'revoked';
  if (session.suspendedAt) return 'suspended';
  const { idleSeconds, absoluteSeconds } = session.role === 'admin' ? sessionPolicy.admin : sessionPolicy[session.kind];
  const endsAt = Math.min(
    session.expiresAt.getTime(),
    session.createdAt.getTime() + absoluteSeconds * 1000,
    session.lastSeenAt.getTime() + idleSeconds * 1000,
  );
  return now.getTime() < endsAt ? 'live' : 'expired';
}
