import { randomUUID } from 'node:crypto';
import type { NextRequest } from 'next/server';
import { refuse } from '@/lib/errors';
import { beginGoogleRound } from '@/lib/http/google-form';
import { problemResponse } from '@/lib/http/problem';
import { attemptOf, noteRefusal } from '@/lib/http/request-log';
import { refusalOfError } from '@/lib/http/surprise';
import { server } from '@/lib/server';

/** The buttons “Sign in with Google” and “Link Google” lead here: plain forms, or a script that wants to know where to go. */
export async function POST(request: NextRequest): Promise<Response> {
  const app = await server();
  const requestId = randomUUID();
  const response = await beginGoogleRound(app, request, requestId).catch((error: unknown) => {
    const refusal = refusalOfError(app, request, requestId, error);
    noteRefusal(app.log, attemptOf(request, requestId), refusal.code);
    return problemResponse(refusal, requestId);
  });
  response.headers.set('x-request-id', requestId);
  response.headers.set('cache-control', 'no-store');
  return response;
}

/** Reloaded, or typed in: there is nothing to see here. */
async function refused(): Promise<Response> {
  return problemResponse(refuse('method_not_allowed'), randomUUID(), { allow: 'POST' });
}

export { refused as DELETE, refused as GET, refused as PATCH, refused as PUT };
