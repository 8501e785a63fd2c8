import { NextResponse } from 'next/server';
import type { Server } from '../server';
import { sessionCookie } from '../sessions/session-cookie';

/** The cookie that signs a browser in to a session. NextAuth reads and writes the same one. */
export async function webSession(app: Server, sessionId: string) {
  const { name, options } = sessionCookie(app.env.APP_URL);
  return { name, options, value: await app.cookies.encode({ sid: sessionId }, options.maxAge, '') };
}

/** An answer that signs its receiver in by cookie as well, to the same session. */
export async function signedInResponse(app: Server, sessionId: string, answer: object): Promise<Response> {
  const response = NextResponse.json(answer, { headers: { 'cache-control': 'no-store' } });
  const { name, value, options } = await webSession(app, sessionId);
  response.cookies.set(name, value, options);
  return response;
}

/** A Set-Cookie value that removes the session cookie. */
export function expiredSessionCookie(appUrl: string): string {
  const { name, options } = sessionCookie(appUrl);
  return `${name}=; Path=${options.path}; Max-Age=0; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`;
}

/** What a browser forgets of us with a sign-out. */
export const CLEAR_SITE_DATA = '"cache", "cookies", "storage"';

/** The headers of an answer after which nobody is signed in any more. A browser also forgets what it kept. */
export function signedOutHeaders(via: 'bearer' | 'cookie', appUrl: string): Headers {
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (via === 'cookie') {
    headers.set('clear-site-data', CLEAR_SITE_DATA);
    headers.append('set-cookie', expiredSessionCookie(appUrl));
  }
  return headers;
}
