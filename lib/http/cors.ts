import { corsPolicy } from '../policy';

/** What the settings say of origins: our own, and those of front ends elsewhere. */
type Site = { APP_URL: string; CORS_ALLOWED_ORIGINS: readonly string[] };
type Asking = { headers: Pick<Headers, 'get'>; url: string };

/**
 * What no page elsewhere has business with, listed or not: the administrators' calls, the vendors' receipts, the development
 * inbox, and the sign-in of our own pages, which sets their cookie. By path and not by route, so that a new route there can't
 * forget it.
 */
const OURS_ALONE = /^\/(api\/(admin|webhooks|dev)|auth\/passkey)(\/|$)/;

/**
 * The page that asks is not one of ours. Browsers name the origin on every call that crosses one, on reading calls too. Fetch
 * Metadata that says `same-origin` counts as well: the same server under another of its names (127.0.0.1 in development).
 */
export function isForeignOrigin(headers: Pick<Headers, 'get'>, appUrl: string): boolean {
  const origin = headers.get('origin');
  if (origin === null || origin === appUrl) {
    return false;
  }
  return origin === 'null' || headers.get('sec-fetch-site') !== 'same-origin';
}

/** The front end elsewhere that asks, where CORS_ALLOWED_ORIGINS lists it and the call is one it may make. */
export function listedOrigin({ headers, url }: Asking, site: Site): string | null {
  const origin = headers.get('origin');
  const listed = origin !== null && site.CORS_ALLOWED_ORIGINS.includes(origin);
  return listed && !OURS_ALONE.test(decodeURIComponent(new URL(url).pathname)) ? origin : null;
}

/**
 * Lets the asking front end read the answer, if it is listed. Credentials are never allowed, and an answer to a page elsewhere
 * neither sets nor clears a cookie: a browser would take one along even where the page can't read the answer.
 */
export function shareAnswer(request: Asking, site: Site, headers: Headers): void {
  headers.append('vary', 'Origin');
  const origin = listedOrigin(request, site);
  if (origin !== null) {
    headers.set('access-control-allow-origin', origin);
    headers.set('access-control-expose-headers', corsPolicy.exposedHeaders.join(', '));
  }
  if (isForeignOrigin(request.headers, site.APP_URL)) {
    headers.delete('set-cookie');
    headers.delete('clear-site-data');
  }
}

/** Answers a preflight for the methods of a route: a listed front end may send a token and JSON. For others it says nothing. */
export function sharePreflight(request: Asking, site: Site, methods: string, headers: Headers): void {
  shareAnswer(request, site, headers);
  headers.append('vary', 'Access-Control-Request-Method, Access-Control-Request-Headers');
  if (listedOrigin(request, site) !== null && request.headers.get('access-control-request-method') !== null) {
    headers.set('access-control-allow-methods', methods);
    headers.set('access-control-allow-headers', corsPolicy.requestHeaders.join(', '));
    headers.set('access-control-max-age', String(corsPolicy.preflightSeconds));
  }
}
