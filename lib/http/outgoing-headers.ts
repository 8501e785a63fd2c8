import type { ServerResponse } from 'node:http';
import { databasePolicy } from '../policy';
import type { RequestContext } from '../request-context';
import { STRICT_TRANSPORT_SECURITY } from './transport-security';

/**
 * Of a document that brought no policy of its own (an error of Next's, a static file opened by itself): it may be looked at,
 * and runs nothing.
 */
const FALLBACK_POLICY =
  "default-src 'self'; script-src 'none'; style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** On every response of every kind. */
const common = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'x-frame-options': 'DENY',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=(), browsing-topics=()',
  'content-security-policy': FALLBACK_POLICY,
};

/**
 * Puts on a response, at the last moment, what every one must have and whoever made it may not have set: static files,
 * redirects and errors of Next pass no code of ours, and its own settings reach only some of them. Nor has it a way to let a page or an
 * action answer 503, so that is put right here as well. `secure`: our public origin is https.
 */
export function completeHeaders(response: ServerResponse, secure: boolean, request: RequestContext): void {
  const writeHead = response.writeHead;
  response.writeHead = function complete(this: ServerResponse, ...args: unknown[]) {
    response.writeHead = writeHead;
    const seconds = unavailableFor(request, Number(args[0]));
    if (seconds !== null) {
      args[0] = response.statusCode = 503;
      response.setHeader('retry-after', seconds);
    }
    for (const [name, value] of Object.entries(common)) {
      if (!response.hasHeader(name)) response.setHeader(name, value);
    }
    if (secure) {
      response.setHeader('strict-transport-security', STRICT_TRANSPORT_SECURITY);
    }
    if (![200, 304].includes(Number(args[0])) && !response.hasHeader('cache-control')) {
      response.setHeader('cache-control', 'no-store');
    }
    return (writeHead as (...all: unknown[]) => ServerResponse).apply(this, args);
  } as ServerResponse['writeHead'];
}

/**
 * Seconds after which to try again, where the answer is that we can't: a page that failed because the database was away (500 to Next), or
 * an action that hands the problem to its form (200). Null: the status is right as it is.
 */
function unavailableFor(request: RequestContext, status: number): number | null {
  if (status === 500 && request.databaseFailed) {
    return databasePolicy.retryAfterSeconds;
  }
  return status === 200 ? request.unavailableForSeconds : null;
}
