/**
 * Whether a state-changing request comes from our own pages (SECURITY rule 8). Browsers say so by Fetch Metadata or
 * Origin; a request with neither is no browser's, and is fine unless it leans on a cookie.
 */
export function isOwnOrigin(headers: Pick<Headers, 'get'>, appOrigin: string, usesCookie: boolean): boolean {
  const origin = headers.get('origin');
  if (origin === 'null') {
    return false;
  }
  const site = headers.get('sec-fetch-site');
  if (site !== null) {
    return site === 'same-origin' || site === 'none';
  }
  if (origin !== null) {
    return origin === appOrigin;
  }
  return !usesCookie;
}

/** Whether the Origin of a form, if it has one, is of the host that was asked: Next compares them again, and fails at any other. */
export function isOfHost(headers: Pick<Headers, 'get'>): boolean {
  const origin = headers.get('origin');
  const host = headers.get('x-forwarded-host') ?? headers.get('host');
  return origin === null || (URL.canParse(origin) && new URL(origin).host === host);
}

/** Whether a page elsewhere made a browser ask: by a link or an image, with which it sends our cookie along. */
export const isFromElsewhere = (headers: Pick<Headers, 'get'>): boolean =>
  /^(cross-site|same-site)$/.test(headers.get('sec-fetch-site') ?? '');
