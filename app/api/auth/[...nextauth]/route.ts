import { randomUUID } from 'node:crypto';
import NextAuth from 'next-auth';
import type { NextRequest } from 'next/server';
import { refusalOfError, setSecurityHeaders } from '@/lib/http/endpoint';
import { nextAuthOptions } from '@/lib/http/next-auth';
import { nextAuthRequest } from '@/lib/http/next-auth-guard';
import { problemResponse } from '@/lib/http/problem';
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
  try {
    const checked = await nextAuthRequest(request, nextauth, app.env.APP_URL);
    if (!checked.ok) {
      const allow: Record<string, string> =
        checked.code === 'method_not_allowed' ? { allow: 'GET, HEAD, POST, OPTIONS' } : {};
      return problemResponse(checked, requestId, allow);
    }
    const response = await NextAuth(
      checked.request,
      context,
      nextAuthOptions(app, (error) => surprises.push(error)),
    );
    if (surprises.length === 0) return response;
  } catch (error) {
    surprises.push(error);
  }
  return problemResponse(refusalOfError(app, request, requestId, surprises[0]), requestId);
}

export { handler as DELETE, handler as GET, handler as PATCH, handler as POST, handler as PUT };
