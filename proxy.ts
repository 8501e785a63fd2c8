import { randomBytes, randomUUID } from 'node:crypto';
import { type NextRequest, NextResponse } from 'next/server';
import { type Refusal, refuse } from './lib/errors';
import { actionRefusal } from './lib/http/action-guard';
import { isForeignOrigin } from './lib/http/cors';
import { isOfHost, isOwnOrigin } from './lib/http/origin-guard';
import { problemResponse } from './lib/http/problem';
import { attemptOf, noteRefusal } from './lib/http/request-log';
import { STRICT_TRANSPORT_SECURITY } from './lib/http/transport-security';
import { GOOGLE_ISSUER } from './lib/identities/google-issuer';
import { createLog } from './lib/log';

/**
 * Headers of pages that need a value of their own per response: the CSP's nonce, and whether the origin is https. It is
 * not a lock: every page, action and route checks the session itself.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const refusal = await pageRefusal(request);
  if (refusal) {
    const requestId = randomUUID();
    noteRefusal(log(), attemptOf(request, requestId), refusal.code);
    return problemResponse(refusal, requestId, refusal.code === 'method_not_allowed' ? { allow: PAGE_METHODS } : {});
  }
  const nonce = randomBytes(16).toString('base64');
  const secure = process.env.NEXTAUTH_URL?.startsWith('https:') === true;
  // The CAPTCHA’s provider is let in where codes are asked for, and nowhere else.
  const captcha = request.nextUrl.pathname.startsWith('/auth') ? captchaOrigins() : [];
  const policy = contentSecurityPolicy(nonce, secure, captcha);
  const headers = new Headers(request.headers);
  if (isForeignOrigin(headers, process.env.NEXTAUTH_URL ?? request.nextUrl.origin)) {
    // A script elsewhere that asks for a page of ours is a stranger, whatever its browser sent along.
    headers.delete('cookie');
  }
  // Next reads the nonce out of this request header and puts it on its own scripts.
  headers.set('content-security-policy', policy);
  headers.set('x-nonce', nonce);
  const response = NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  response.headers.set('cache-control', 'no-store');
  if (secure) {
    response.headers.set('strict-transport-security', STRICT_TRANSPORT_SECURITY);
  }
  return response;
}

// Of its own: the composition root is not for what runs before every page. Both write whole lines to the same place.
let ownLog: ReturnType<typeof createLog> | undefined;
const log = () => (ownLog ??= createLog(process.env.LOG_LEVEL?.trim() || 'info'));

const PAGE_METHODS = 'GET, HEAD, POST';

/** Pages are read, and posted to by their own forms: next to nothing else may be done to one. */
async function pageRefusal(request: NextRequest): Promise<Refusal | null> {
  if (request.method === 'GET' || request.method === 'HEAD') {
    return null;
  }
  if (request.method !== 'POST') {
    return refuse('method_not_allowed');
  }
  // Next answers a foreign origin with a 500. Whoever sends neither header is no browser; each action asks for them itself.
  return isOwnOrigin(request.headers, process.env.NEXTAUTH_URL ?? '', false) && isOfHost(request.headers)
    ? actionRefusal(request)
    : refuse('origin_not_allowed');
}

function contentSecurityPolicy(nonce: string, secure: boolean, captcha: string[]): string {
  // React's development build rebuilds server stacks with eval.
  const development = process.env.NODE_ENV === 'development' ? " 'unsafe-eval'" : '';
  return [
    "default-src 'self'",
    [`script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${development}`, ...captcha].join(' '),
    ["style-src 'self' 'unsafe-inline'", ...captcha].join(' '),
    "img-src 'self' data: blob: https:",
    "font-src 'self'",
    ["connect-src 'self'", ...captcha].join(' '),
    ...(captcha.length > 0 ? [['frame-src', ...captcha].join(' ')] : []),
    "object-src 'none'",
    "base-uri 'none'",
    // Browsers hold the redirects of a form to this as well, and the Google button leads on to its sign-in page.
    ["form-action 'self'", ...googleOrigin()].join(' '),
    "frame-ancestors 'none'",
    ...(secure ? ['upgrade-insecure-requests'] : []),
  ].join('; ');
}

/** Start-up has checked these settings. */
function googleOrigin(): string[] {
  const { GOOGLE_CLIENT_ID, GOOGLE_ISSUER: issuer } = process.env;
  return GOOGLE_CLIENT_ID?.trim() ? [new URL(issuer?.trim() || GOOGLE_ISSUER).origin] : [];
}

/** Where the widget's script and frames come from; nothing while no CAPTCHA is configured. */
function captchaOrigins(): string[] {
  const { CAPTCHA_PROVIDER: provider, CAPTCHA_SCRIPT_URL: script } = process.env;
  if (!provider?.trim()) return [];
  if (script?.trim()) return [new URL(script.trim()).origin];
  return provider.trim() === 'turnstile'
    ? ['https://challenges.cloudflare.com']
    : ['https://hcaptcha.com', 'https://*.hcaptcha.com'];
}

export const config = {
  // Pages only: the API sets its own headers, also where a dialect has it outside of /api, and static files need none of this.
  matcher: [
    '/((?!api/|_next/|\\.well-known/(?:jwks\\.json|security\\.txt)/?$|flags/[A-Z]{2}$|health/?$|auth/(?:passkey|signup|login|verify-otp|verify-login|complete-profile|profile|logout)/?$|token/refresh/?$|manifest\\.webmanifest$|icon\\.svg$|apple-icon\\.png$|favicon\\.ico$|logo\\.svg$|logo-512\\.png$).*)',
  ],
};
