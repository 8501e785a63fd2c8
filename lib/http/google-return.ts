import { cookies } from 'next/headers';
import type { NextRequest } from 'next/server';
import type { Refusal } from '../errors';
import { googleAddressBuckets } from '../identities/google';
import { identityOf } from '../identities/identity-claims';
import type { LinkOutcome } from '../identities/link-store';
import type { Server } from '../server';
import { arriveInBrowser } from './arrive';
import { credentials, sessionCookieValue } from './credentials';
import { addressOf } from './front-door';
import { linkIntentCookie, linkingSession } from './link-intent';
import { ownPath } from './own-path';

const SECURITY = '/dashboard/security';

/** What can go wrong on the way, as the pages are told in `?error=` (`components/auth/google-words.ts`). */
export type GoogleTrouble =
  | 'google_cancelled'
  | 'google_unreachable'
  | 'google_failed'
  | 'google_taken'
  | 'google_has_another'
  | 'google_link_expired'
  | 'account_suspended'
  | 'fresh_proof_required'
  | 'too_many_requests'
  | 'service_unavailable';

export const troubleAt = (page: '/auth' | typeof SECURITY, trouble: GoogleTrouble): string =>
  `${page}?error=${trouble}`;

/**
 * What follows a checked answer of Google: signs in, or links where this round was started for that. Sets the cookies and
 * answers the path of ours to go on to.
 */
async function arriveFromGoogle(app: Server, request: NextRequest, claims: unknown): Promise<string> {
  const store = await cookies();
  const client = { address: addressOf(request.headers), userAgent: request.headers.get('user-agent') };
  const identity = identityOf(claims, app.env.GOOGLE_ISSUER);
  const intent = linkIntentCookie(app.env.APP_URL);
  const state = request.nextUrl.searchParams.get('state');
  const linking = await linkingSession(app.cookies, store.get(intent.name)?.value, state);
  if (linking) {
    store.set(intent.name, '', { ...intent.options, maxAge: 0 });
    const asking = await credentials(app, null, sessionCookieValue(app, store));
    const who = asking.ok ? asking.credentials.signedIn : null;
    if (!who || !identity || who.sessionId !== linking) {
      return troubleAt(who ? SECURITY : '/auth', identity ? 'google_link_expired' : 'google_failed');
    }
    return afterLinking[await app.linkIdentity(who, { identity, address: client.address })];
  }
  if (!identity) {
    return troubleAt('/auth', 'google_failed');
  }
  const arrived = await app.signInWithIdentity({ identity, ...client });
  if (!arrived.ok) {
    return troubleAt('/auth', arrived.code);
  }
  const next = await arriveInBrowser(app, arrived, client.address);
  return next === '/dashboard' ? wantedPath(request, app.env.APP_URL) : next;
}

const afterLinking: Record<LinkOutcome, string> = {
  linked: `${SECURITY}?linked=google`,
  taken: troubleAt(SECURITY, 'google_taken'),
  has_another: troubleAt(SECURITY, 'google_has_another'),
  gone: troubleAt('/auth', 'google_link_expired'),
};

/** What NextAuth's `callbackUrl` asked for at the start, where that is a page of ours. */
function wantedPath(request: NextRequest, appUrl: string): string {
  const cookie = request.cookies.getAll().find(({ name }) => name.endsWith('next-auth.callback-url'));
  return (cookie && ownPath(cookie.value, appUrl)) || '/dashboard';
}

/** Where an answer leads that brought nobody in: Google was left, or said something we don't believe. */
export async function leadBack(app: Server, request: NextRequest, trouble: GoogleTrouble): Promise<string> {
  const { searchParams } = request.nextUrl;
  const cookie = request.cookies.get(linkIntentCookie(app.env.APP_URL).name)?.value;
  const linking = await linkingSession(app.cookies, cookie, searchParams.get('state'));
  return troubleAt(linking ? SECURITY : '/auth', trouble);
}

/** A round to Google takes a place in the window of the address, at its start and at its end. */
export function googleLimit(app: Server, request: NextRequest): Promise<Refusal<'too_many_requests'> | null> {
  return app.takePlacesOrRefuse(googleAddressBuckets(addressOf(request.headers)));
}

/** People come back to a page of ours whatever happened: `work` is NextAuth's check of Google's answer. */
export async function returnFromGoogle(
  app: Server,
  request: NextRequest,
  work: (onGoogle: (claims: unknown) => Promise<string>) => Promise<Response>,
): Promise<Response> {
  if (await googleLimit(app, request)) {
    return leadTo(app, await leadBack(app, request, 'too_many_requests'));
  }
  const error = request.nextUrl.searchParams.get('error');
  if (error !== null) {
    return leadTo(app, await leadBack(app, request, error === 'access_denied' ? 'google_cancelled' : 'google_failed'));
  }
  let arrived = false;
  const response = await work((claims) => {
    arrived = true;
    return arriveFromGoogle(app, request, claims);
  });
  return arrived ? response : leadTo(app, await leadBack(app, request, 'google_failed'));
}

/** A redirect to a page of ours. */
export const leadTo = (app: Server, path: string): Response =>
  new Response(null, { status: 303, headers: { location: `${app.env.APP_URL}${path}` } });
