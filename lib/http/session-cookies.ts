import type { Server } from '../server';
import { sessionCookie } from '../sessions/session-cookie';

/** The cookie that signs a browser in to a session. NextAuth reads and writes the same one. */
export async function webSession(app: Server, sessionId: string) {
  const { name, options } = sessionCookie(app.env.APP_URL);
  return { name, options, value: await app.cookies.encode({ sid: sessionId }, options.maxAge, '') };
}

/** A Set-Cookie value that removes the session cookie. */
export function expiredSessionCookie(appUrl: string): string {
  const { name, options } = sessionCookie(appUrl);
  return `${name}=; Path=${options.path}; Max-Age=0; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`;
}
