import type { Server } from '../server';
import type { Refreshed } from '../sessions/refresh';
import type { UserView } from '../users/user-view';

/** What an API client is given at a sign-in and at each refresh; lives are in seconds. */
export async function tokenPair(
  app: Server,
  session: Refreshed | { sessionId: string; user: Pick<UserView, 'id' | 'role'>; refreshToken: string | null },
) {
  const { userId, refreshExpiresInSeconds } =
    'user' in session
      ? {
          userId: session.user.id,
          refreshExpiresInSeconds: app.lifetimes[session.user.role === 'admin' ? 'admin' : 'api'].idleSeconds,
        }
      : session;
  return {
    access: await app.accessTokens.sign(userId, session.sessionId),
    refresh: session.refreshToken,
    token_type: 'Bearer',
    expires_in: app.env.ACCESS_TOKEN_TTL_SECONDS,
    refresh_expires_in: refreshExpiresInSeconds,
  };
}
