import { randomUUID } from 'node:crypto';
import NextAuth from 'next-auth';
import type { NextRequest } from 'next/server';
import { addressOf } from '@/lib/http/front-door';
import { setSecurityHeaders } from '@/lib/http/endpoint';
import { googleLimit, leadTo, leadBack, returnFromGoogle } from '@/lib/http/google-return';
import { nextAuthOptions } from '@/lib/http/next-auth';
import { nextAuthRequest } from '@/lib/http/next-auth-guard';
import { problemResponse } from '@/lib/http/problem';
import { noteRefusal } from '@/lib/http/request-log';
import { CLEAR_SITE_DATA } from '@/lib/http/session-cookies';
import { refusalOfError } from '@/lib/http/surprise';
import { server, type Server } from '@/lib/server';

type Context = { params: Promise<{ nextauth: string[] }> };

/** NextAuth, behind a guard for what it would answer with a 500 or a page of its own. */
async function handler(request: NextRequest, context: Context): Promise<Response> {
  const app = await server();
  const requestId = randomUUID();
  const { nextauth } = await context.params;
  const response = await answer(app, request, requestId, nextauth, context);
  response.headers.set('x-request-id', requestId);
  response.headers.set('cache-control', 'no-store');
  setSecurityHeaders(response.headers, app.env);
  return response;
}

async function answer(app: Server, request: NextRequest, requestId: string, nextauth: string[], context: Context) {
  // NextAuth swallows what its callbacks throw, and then takes the session cookie away or says that all went well.
  const surprises: unknown[] = [];
  const back = nextauth.join('/') === 'callback/google';
  const address = addressOf(request.headers);
  const attempt = { requestId, method: request.method, path: `/api/auth/${nextauth[0]}`, address };
  try {
    const site = { appUrl: app.env.APP_URL, google: app.env.google !== null };
    const checked = await nextAuthRequest(request, nextauth, site);
    if (!checked.ok) {
      noteRefusal(app.log, attempt, checked.code);
      const allow: Record<string, string> =
        checked.code === 'method_not_allowed' ? { allow: 'GET, HEAD, POST, OPTIONS' } : {};
      return problemResponse(checked, requestId, allow);
    }
    if (nextauth[1] === 'google' && request.method !== 'GET') {
      const limited = await googleLimit(app, request);
      if (limited) {
        noteRefusal(app.log, attempt, limited.code);
        return problemResponse(limited, requestId);
      }
    }
    let signedOut = false;
    const ears = {
      onSurprise: (error: unknown) => surprises.push(error),
      onSignedOut: () => (signedOut = true),
      address,
    };
    const work = (onGoogle?: (claims: unknown) => Promise<string>) =>
      NextAuth(checked.request, context, nextAuthOptions(app, { ...ears, onGoogle }));
    const response = await (back ? returnFromGoogle(app, request, work) : work());
    if (signedOut) response.headers.set('clear-site-data', CLEAR_SITE_DATA);
    if (surprises.length === 0) return response;
  } catch (error) {
    surprises.push(error);
  }
  const refusal = refusalOfError(app, request, requestId, surprises[0]);
  noteRefusal(app.log, attempt, refusal.code);
  return back ? leadTo(app, await leadBack(app, request, 'service_unavailable')) : problemResponse(refusal, requestId);
}

export { handler as DELETE, handler as GET, handler as PATCH, handler as POST, handler as PUT };
