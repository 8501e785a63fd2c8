import { sessionCookie } from '../sessions/session-cookie';

/** A Set-Cookie value that removes the session cookie. */
export function expiredSessionCookie(appUrl: string): string {
  const { name, options } = sessionCookie(appUrl);
  return `${name}=; Path=${options.path}; Max-Age=0; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`;
}
