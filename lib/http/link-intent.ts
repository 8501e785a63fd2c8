import type { CookieTokens } from '../sessions/session-cookie';
import { tokenHash } from '../random';

/**
 * What makes a round to Google link an account instead of signing in: a signed cookie that names the session it was started
 * in and the one `state` it is for. Its audience is its own, so it is never a session; whoever holds it without that
 * session and that round holds nothing.
 */

/** As long as NextAuth's own state cookie. */
const INTENT_SECONDS = 15 * 60;
const AUDIENCE = 'google-link';

export function linkIntentCookie(appUrl: string) {
  const secure = appUrl.startsWith('https:');
  return {
    name: secure ? '__Host-latchkey.google-link' : 'latchkey.google-link',
    options: { httpOnly: true, sameSite: 'lax' as const, path: '/', secure, maxAge: INTENT_SECONDS },
  };
}

export const newLinkIntent = (tokens: CookieTokens, sessionId: string, state: string): Promise<string> =>
  tokens.encode({ sid: sessionId, state: tokenHash(state) }, INTENT_SECONDS, AUDIENCE);

/** The session that asked to link by the round of this `state`; null: that round is a sign-in. */
export async function linkingSession(
  tokens: CookieTokens,
  cookie: string | undefined,
  state: string | null,
): Promise<string | null> {
  const intent = cookie && state ? await tokens.decode(cookie, AUDIENCE) : null;
  return state && intent?.state === tokenHash(state) && typeof intent.sid === 'string' ? intent.sid : null;
}
