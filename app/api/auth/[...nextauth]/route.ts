import { randomUUID } from 'node:crypto';
import NextAuth from 'next-auth';
import type { NextRequest } from 'next/server';
import { refusalOfError } from '@/lib/http/endpoint';
import { nextAuthOptions } from '@/lib/http/next-auth';
import { nextAuthRefusal } from '@/lib/http/next-auth-guard';
import { problemResponse } from '@/lib/http/problem';
import { server } from '@/lib/server';

type Context = { params: Promise<{ nextauth: string[] }> };

/** NextAuth, behind a guard for what it would answer with a 500 or a page of its own. */
async function handler(request: NextRequest, context: Context): Promise<Response> {
  const app = await server();
  const requestId = randomUUID();
  const { nextauth } = await context.params;
  const refusal = nextAuthRefusal(request, nextauth, app.env.APP_URL);
  if (refusal) {
    return problemResponse(
      refusal,
      requestId,
      refusal.code === 'method_not_allowed' ? { allow: 'GET, HEAD, POST, OPTIONS' } : {},
    );
  }
  try {
    return await NextAuth(request, context, nextAuthOptions(app));
  } catch (error) {
    return problemResponse(refusalOfError(app, request, requestId, error), requestId);
  }
}

export { handler as DELETE, handler as GET, handler as PATCH, handler as POST, handler as PUT };
