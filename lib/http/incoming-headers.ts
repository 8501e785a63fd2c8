import type { IncomingHttpHeaders } from 'node:http';

/**
 * How Next's own parts speak to each other. Next believes these from a client as well: one of them makes every address answer
 * `200 {}`, and an older one jumped over the proxy (CVE-2025-29927). Nothing outside has a use for them, but for the two ids
 * by which `next dev` finds the page that a router asks for something: without them every link there waits for ever.
 */
const internal =
  /^(x-middleware-|x-invoke-|x-nextjs-(?!(html-)?request-id$)|x-next-|x-prerender-|x-action-|x-matched-path$|x-now-route-matches$|next-resume$)/;

/** What a browser's router asks pages for. The API has one answer to a request, whoever asks. */
const router = /^(rsc|next-.*)$/;

/** Who a proxy says was asked. Our origin is a setting; the client's address is read before this. */
const forwarding = /^(forwarded|x-forwarded-(host|proto|port|prefix|server|scheme|ssl)|x-original-url|x-rewrite-url)$/;

/** Where the API is, and where dialects have it beside our pages. */
const api = /^\/(api|health|\.well-known|_next)(\/|\?|$)/;
const besidePages =
  /^\/(auth\/(passkey|signup|login|verify-otp|verify-login|complete-profile|profile|logout)|token\/refresh)\/?(\?|$)/;
const isPage = (path: string) => !api.test(path) && !besidePages.test(path);

/** Takes out of a request what only we and our proxies may say, before Next sees it. `appUrl`: our public origin. */
export function cleanHeaders(headers: IncomingHttpHeaders, path: string, appUrl: string): void {
  for (const name of Object.keys(headers)) {
    if (internal.test(name) || forwarding.test(name) || (router.test(name) && !isPage(path))) {
      delete headers[name];
    }
  }
  if (headers.origin === appUrl) {
    // Next compares a form's Origin with the Host, which a proxy may have put its own into.
    headers['x-forwarded-host'] = new URL(appUrl).host;
  }
}
