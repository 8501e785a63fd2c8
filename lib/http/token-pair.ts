import type { Server } from '../server';

/** What an API client is given at a sign-in and at each refresh; lives are in seconds. */
export async function tokenPair(
  app: Server,
  session: { sessionId: string; userId: string; refreshToken: string | null },
) {
  return {
    access: await app.accessTokens.sign(session.userId, session.sessionId),
    refresh: session.refreshToken,
    token_type: 'Bearer',
    expires_in: app.env.ACCESS_TOKEN_TTL_SECONDS,
    refresh_expires_in: app.env.REFRESH_TOKEN_TTL_SECONDS,
  };
}
