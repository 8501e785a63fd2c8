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
    return verified.ok ? liveByToken(app, verified) : verified;
  }
  const payload = cookieValue ? await app.cookies.decode(cookieValue, '') : null;
  return typeof payload?.sid === 'string' ? liveByCookie(app, payload.sid) : refuse('unauthenticated');
}

/**
 * The session that a browser has the cookie of, whether or not it is still live: it says that this device was signed in to the
 * account before, and nothing more.
 */
export async function knownSession(app: Server, cookieValue: string | undefined): Promise<string | undefined> {
  const payload = cookieValue ? await app.cookies.decode(cookieValue, '') : null;
  return typeof payload?.sid === 'string' ? payload.sid : undefined;
}

type Live = Promise<Result<{ credentials: Credentials }, CredentialRefusal>>;

/** Web sessions never leave their cookie: no token stands in for one. */
async function liveByToken(app: Server, { sessionId, userId }: { sessionId: string; userId: string }): Live {
  const result = await app.authenticate(sessionId, { userId });
  if (!result.ok) {
    return result;
  }
  return result.signedIn.kind === 'api'
    ? { ok: true, credentials: { via: 'bearer', signedIn: result.signedIn } }
    : refuse('unauthenticated');
}

/** A cookie carries a web session, or the API session that it was handed out together with (`lib/dialects/fast.ts`). */
async function liveByCookie(app: Server, sessionId: string): Live {
  const result = await app.authenticate(sessionId, { cookie: true });
  return result.ok ? { ok: true, credentials: { via: 'cookie', signedIn: result.signedIn } } : result;
}

/** The session cookie's value in a Cookie header or Next's cookie store. */
export function sessionCookieValue(
  app: Server,
  store: { get(name: string): { value: string } | undefined },
): string | undefined {
  return store.get(sessionCookie(app.env.APP_URL).name)?.value;
}
