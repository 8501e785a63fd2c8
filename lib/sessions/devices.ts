import type { Clock } from '../clock';
import type { Database } from '../db/client';
import type { SignedIn } from './authenticate';
import { deviceName } from './device-name';
import { type SessionLifetimes, sessionState } from './session-state';
import { sessionsOf } from './session-store';

/** A place where someone is signed in, as the API tells it. Times are ISO 8601 UTC. */
export type Device = {
  id: string;
  kind: 'web' | 'api';
  /** `Chrome on Windows`; an app's own name where it sent one. */
  device: string;
  /** Where it signed in from: IPv4, or the /64 of an IPv6 address. */
  address: string | null;
  created_at: string;
  /** Noted every few minutes. */
  last_seen_at: string;
  current: boolean;
};

/** One's own live sessions: this one first, then by last use. */
export async function devicesOf(
  deps: { db: Database; clock: Clock; lifetimes: SessionLifetimes },
  who: SignedIn,
): Promise<Device[]> {
  const now = deps.clock.now();
  const sessions = await sessionsOf(deps.db, who.user.id);
  return sessions
    .filter((session) => {
      const times = { ...session, role: who.user.role, suspendedAt: null };
      return sessionState(times, deps.lifetimes, now) === 'live';
    })
    .map((session) => ({
      id: session.id,
      kind: session.kind,
      device: deviceName(session.userAgent),
      address: session.address,
      created_at: session.createdAt.toISOString(),
      last_seen_at: session.lastSeenAt.toISOString(),
      current: session.id === who.sessionId,
    }))
    .sort((a, b) => Number(b.current) - Number(a.current));
}
