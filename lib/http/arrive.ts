import { cookies } from 'next/headers';
import type { Server } from '../server';
import type { UserView } from '../users/user-view';
import { endReplaced, sessionCookieValue } from './credentials';
import { webSession } from './session-cookies';

/**
 * Gives the browser its new session's cookie (NextAuth's own, see `webSession`), ends the session that it replaces, and answers
 * the path of ours to go on to.
 */
export async function arriveInBrowser(
  app: Server,
  arrived: { sessionId: string; user: UserView },
  address: string,
): Promise<'/auth/add-phone' | '/auth/about-you' | '/dashboard'> {
  const store = await cookies();
  await endReplaced(app, sessionCookieValue(app, store), address);
  const session = await webSession(app, arrived.sessionId);
  store.set(session.name, session.value, session.options);
  if (!arrived.user.phone) {
    return '/auth/add-phone';
  }
  return arrived.user.needs_profile_completion ? '/auth/about-you' : '/dashboard';
}
