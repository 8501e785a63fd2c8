import type { Clock } from '../clock';
import type { Database } from '../db/client';
import { type ErrorCode, refuse, type Result } from '../errors';
import { isUuid } from '../random';
import { inOwnTime } from '../request-context';
import { type UserView, userView } from '../users/user-view';
import { noteUseAfterSeconds, type SessionLifetimes, sessionState } from './session-state';
import { type SessionRecord, touchSession } from './session-store';

/** Who is asking: a live session and its user, as the database has them now. */
export type SignedIn = { sessionId: string; kind: 'web' | 'api'; provedAt: Date; user: UserView };

type AuthenticateDeps = {
  db: Database;
  clock: Clock;
  lifetimes: SessionLifetimes;
  appUrl: string;
  findSession(id: string): Promise<SessionRecord | null>;
  log: { warn(fields: object, message: string): void };
};

/** What carried the session's id here. */
type Carrier = {
  /** `sub` of a token: must be the session's user. */
  userId?: string;
  /** A browser's cookie: whatever kind of session it is, here it lives no longer unused than a web session. */
  cookie?: boolean;
};

/**
 * Checks a session id against its row: one indexed SELECT. Revocation, suspension and a change of role hold on the very
 * next call.
 */
export async function authenticate(
  deps: AuthenticateDeps,
  sessionId: string,
  { userId, cookie = false }: Carrier = {},
): Promise<Result<{ signedIn: SignedIn }, Extract<ErrorCode, 'token_revoked'>>> {
  const session = isUuid(sessionId) ? await deps.findSession(sessionId) : null;
  const now = deps.clock.now();
  if (!session || (userId !== undefined && session.user.id !== userId)) {
    return refuse('token_revoked');
  }
  const { role, suspendedAt } = session.user;
  const kind = cookie ? 'web' : session.kind;
  if (sessionState({ ...session, kind, role, suspendedAt }, deps.lifetimes, now) !== 'live') {
    return refuse('token_revoked');
  }
  if (now.getTime() - session.lastSeenAt.getTime() > noteUseAfterSeconds(session.kind, deps.lifetimes) * 1000) {
    // Not awaited, and on its own time: nobody should wait, or fail, for a note about when they were last here.
    void inOwnTime(() => touchSession(deps.db, session.id)).catch((error: unknown) =>
      deps.log.warn({ err: error }, 'last seen not noted'),
    );
  }
  return {
    ok: true,
    signedIn: {
      sessionId: session.id,
      kind: session.kind,
      provedAt: session.provedAt,
      user: userView(session.user, deps.appUrl),
    },
  };
}
