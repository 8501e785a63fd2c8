import { NextRequest } from 'next/server';
import { type ErrorCode, type Refusal, refuse, type Result } from '../errors';
import { isPacked, readBytes } from './body-bytes';
import { isForeignOrigin } from './cors';
import { isOwnOrigin } from './origin-guard';
import { ownPath } from './own-path';
import { parseStrictJson } from './strict-json';
import { bodyPolicy } from '../policy';

/** What NextAuth answers, with the number of path segments it may have. Its log collector is not among them. */
const actions = new Map([
  ['providers', 1],
  ['session', 1],
  ['csrf', 1],
  ['signin', 2],
  ['callback', 2],
  ['signout', 1],
  ['error', 1],
  ['verify-request', 1],
]);

type Site = {
  appUrl: string;
  /** Signing in with Google is configured. */
  google: boolean;
};

/** The request as NextAuth may have it: allowed, and its body read within our limit and known to be what it claims. */
export async function nextAuthRequest(
  request: NextRequest,
  segments: string[],
  { appUrl, google }: Site,
): Promise<Result<{ request: NextRequest }, ErrorCode>> {
  const refusal = nextAuthRefusal(request, segments, { appUrl, google });
  if (refusal || request.method !== 'POST') {
    return refusal ?? { ok: true, request };
  }
  const body = await readBytes(request, bodyPolicy.jsonBytes);
  if (!body) {
    return refuse('payload_too_large');
  }
  const json = /^application\/json/i.test(request.headers.get('content-type') ?? '');
  if (!(json ? isJsonObject(body.toString()) : isUnambiguousForm(body.toString()))) {
    return refuse('invalid_request', { message: 'The body is no JSON object or form, or names a field twice.' });
  }
  const { method, headers } = request;
  const url = new URL(request.url);
  if (segments[0] === 'signin') {
    // NextAuth would hand a query on to the provider, over what we ask it for.
    url.search = '';
  }
  return { ok: true, request: new NextRequest(url, { method, headers, body: new Uint8Array(body) }) };
}

function isJsonObject(text: string): boolean {
  try {
    const value = parseStrictJson(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** Of two fields of one name NextAuth takes the last, and others the first. */
function isUnambiguousForm(text: string): boolean {
  const names = [...new URLSearchParams(text).keys()];
  return new Set(names).size === names.length;
}

/** Why a request must not reach NextAuth, or null. */
function nextAuthRefusal(request: NextRequest, segments: string[], { appUrl, google }: Site): Refusal | null {
  const mostSegments = actions.get(segments[0] ?? '') ?? 0;
  if (segments.length > mostSegments) {
    return refuse('not_found');
  }
  if (request.method !== 'GET' && request.method !== 'HEAD' && request.method !== 'POST') {
    return refuse('method_not_allowed');
  }
  if (segments[1] === 'google' && !google) {
    return refuse('not_found');
  }
  // Google sends people back by a link; a credentials provider has no page to come back to, and NextAuth answers 500.
  if (segments[0] === 'callback' && request.method !== (segments[1] === 'google' ? 'GET' : 'POST')) {
    return refuse('method_not_allowed');
  }
  // Its own CSRF token covers clients that are no browsers; foreign pages, listed or not, are refused before it is even
  // looked at, and don't get to read by our cookie either.
  const posted = request.method === 'POST';
  if ((posted && !isOwnOrigin(request.headers, appUrl, false)) || isForeignOrigin(request.headers, appUrl)) {
    return refuse('origin_not_allowed');
  }
  if (request.method === 'POST') {
    const media = mediaRefusal(request);
    if (media) return media;
  }
  const { searchParams } = request.nextUrl;
  if (!/^[\w.-]{0,100}$/.test(searchParams.get('error') ?? '')) {
    return refuse('invalid_request', { errors: [{ path: 'error', message: 'Must be a name' }] });
  }
  const callbackUrls = [...searchParams.getAll('callbackUrl'), ...callbackUrlCookies(request)];
  return callbackUrls.every((url) => /^(\/|https?:|$)/i.test(url) && ownPath(url, appUrl) !== null)
    ? null
    : refuse('invalid_request', { errors: [{ path: 'callbackUrl', message: 'Must be a path of this site' }] });
}

function mediaRefusal(request: NextRequest): Refusal | null {
  const type = request.headers.get('content-type') ?? '';
  return /^application\/(x-www-form-urlencoded|json)\s*(;|$)/i.test(type) && !isPacked(request.headers)
    ? null
    : refuse('unsupported_media_type');
}

function callbackUrlCookies(request: NextRequest): string[] {
  return request.cookies
    .getAll()
    .flatMap(({ name, value }) => (name.endsWith('next-auth.callback-url') ? [value] : []));
}
