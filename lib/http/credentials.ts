import { type ErrorCode, refuse, type Result } from '../errors';
import type { Server } from '../server';
import type { SignedIn } from '../sessions/authenticate';
import { sessionCookie } from '../sessions/session-cookie';

export type Credentials = { via: 'bearer' | 'cookie'; signedIn: SignedIn };
type CredentialRefusal = Extract<ErrorCode, 'unauthenticated' | 'token_expired' | 'token_revoked'>;

/**
 * Who is asking. A sent Authorization header is the whole answer, good or bad; the session cookie counts only without
 * one, so that a call with a spoilt token never succeeds by accident of a browser's cookie.
 */
export async function credentials(
  app: Server,
  authorization: string | null,
  cookieValue: string | undefined,
): Promise<Result<{ credentials: Credentials }, CredentialRefusal>> {
  if (authorization !== null) {
    const token = /^Bearer ([\w.-]+)$/i.exec(authorization)?.[1];
    const verified = token ? await app.accessTokens.verify(token) : refuse('unauthenticated');
    return verified.ok ? live(app, 'bearer', verified.sessionId, verified.userId) : verified;
  }
  const payload = cookieValue ? await app.cookies.decode(cookieValue, '') : null;
  return typeof payload?.sid === 'string' ? live(app, 'cookie', payload.sid) : refuse('unauthenticated');
}

async function live(
  app: Server,
  via: 'bearer' | 'cookie',
  sessionId: string,
  userId?: string,
): Promise<Result<{ credentials: Credentials }, CredentialRefusal>> {
  const result = await app.authenticate(sessionId, userId);
  if (!result.ok) {
    return result;
  }
  // A cookie carries web sessions, a bearer token API sessions; neither stands in for the other.
  const expected = via === 'cookie' ? 'web' : 'api';
  return result.signedIn.kind === expected
    ? { ok: true, credentials: { via, signedIn: result.signedIn } }
    : refuse('unauthenticated');
}

/** The session cookie's value in a Cookie header or Next's cookie store. */
export function sessionCookieValue(
  app: Server,
  store: { get(name: string): { value: string } | undefined },
): string | undefined {
  return store.get(sessionCookie(app.env.APP_URL).name)?.value;
}
