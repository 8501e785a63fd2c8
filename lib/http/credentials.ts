import type { NextRequest } from 'next/server';
import { type ErrorCode, refuse, type Result } from '../errors';
import type { Server } from '../server';
import type { SignedIn } from '../sessions/authenticate';
import { sessionCookie } from '../sessions/session-cookie';
import { isForeignOrigin } from './cors';

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

/** The same of a call, where it does not come from a page elsewhere: what a browser sent along with that says nothing. */
export function ownCookieValue(app: Server, { headers, cookies }: NextRequest): string | undefined {
  return isForeignOrigin(headers, app.env.APP_URL) ? undefined : sessionCookieValue(app, cookies);
}

/**
 * Ends the session of a cookie that a new one takes the place of: nobody would have it any more to sign out with. A sign-in that is
 * done stays done, whatever becomes of this.
 */
export async function endReplaced(app: Server, cookieValue: string | undefined, address: string): Promise<void> {
  try {
    const replaced = await credentials(app, null, cookieValue);
    if (replaced.ok) {
      await app.signOut(replaced.credentials.signedIn, { address });
    }
  } catch (error) {
    app.log.warn({ err: error }, 'the session that a sign-in replaces could not be ended');
  }
}
