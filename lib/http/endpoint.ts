import { randomUUID } from 'node:crypto';
import type { NextRequest } from 'next/server';
import type { z } from 'zod';
import { isDatabaseUnavailable } from '../db/client';
import { type Refusal, isRefusalError, refuse, type Result } from '../errors';
import { bodyPolicy, limitPolicy } from '../policy';
import type { Bucket } from '../rate-limit/rate-limit';
import { server, type Server } from '../server';
import { readBytes } from './body-bytes';
import { credentials, type Credentials, sessionCookieValue } from './credentials';
import { addressOf } from './front-door';
import { readJson } from './json-body';
import { isOwnOrigin } from './origin-guard';
import { problemResponse } from './problem';
import { noteRefusal, shownPath } from './request-log';
import { STRICT_TRANSPORT_SECURITY } from './transport-security';

type RouteContext = { params: Promise<Record<string, string | string[] | undefined>> };
type RouteHandler = (request: NextRequest, context: RouteContext) => Promise<Response>;
const methodNames = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type MethodName = (typeof methodNames)[number];

/** What every handler gets. */
export type Call = {
  app: Server;
  request: NextRequest;
  params: Record<string, string | string[] | undefined>;
  requestId: string;
  /** The client's address as the limits count it. */
  address: string;
  userAgent: string | null;
};

/** A handler answers a plain object (200, JSON), a refusal, or a response of its own. */
type Answer = object | Refusal | Response;

type Spec<Body, Who> = {
  body?: z.ZodType<Body>;
  /** No body counts as `{}`. */
  bodyOptional?: boolean;
  /** Windows that a request takes a place in when it is too malformed to reach the use case. */
  malformedTakes?: (address: string) => Bucket[];
  handle: (call: Call & { body: Body } & Who) => Promise<Answer>;
};

/** A call that anyone may make; state-changing ones must not come from a foreign page. */
export function forAnyone<Body = undefined>(spec: Spec<Body, unknown>): RouteHandler {
  return route(async (call) => {
    if (isUnsafe(call.request) && !isOwnOrigin(call.request.headers, call.app.env.APP_URL, false)) {
      return refuse('origin_not_allowed');
    }
    const input = await bodyOf(call, spec);
    return input.ok ? spec.handle({ ...call, body: input.body }) : input;
  });
}

/** A call for signed-in people: by bearer token, or by our session cookie from our own pages. */
export function forSignedIn<Body = undefined>(
  spec: Spec<Body, Credentials> & {
    /** What the body alone entitles to, when nobody is signed in; null: nothing. */
    bodyAlone?: (call: Call & { body: Body }) => Promise<Answer | null>;
    /** Whom of those signed in this is for. Default: all. */
    admits?: (who: Credentials) => boolean;
  },
): RouteHandler {
  return route(async (call) => {
    const { app, request } = call;
    const who = await credentials(app, request.headers.get('authorization'), sessionCookieValue(app, request.cookies));
    if (!who.ok) {
      if (!spec.bodyAlone || !isOwnOrigin(request.headers, app.env.APP_URL, false)) {
        return who;
      }
      const input = await bodyOf(call, spec);
      return (input.ok && (await spec.bodyAlone({ ...call, body: input.body }))) || who;
    }
    if (isUnsafe(request) && who.credentials.via === 'cookie' && !isOwnOrigin(request.headers, app.env.APP_URL, true)) {
      return refuse('origin_not_allowed');
    }
    if (spec.admits && !spec.admits(who.credentials)) {
      return refuse('forbidden');
    }
    if (isUnsafe(request)) {
      const limited = await app.takePlacesOrRefuse(changeBuckets(who.credentials.signedIn.sessionId));
      if (limited) {
        return limited;
      }
    }
    const input = await bodyOf(call, spec);
    return input.ok ? spec.handle({ ...call, ...who.credentials, body: input.body }) : input;
  });
}

/**
 * A call from a vendor's server. It is no browser and bears nothing of ours, so no page could misuse one; what it sends has to
 * say by itself whom it is from.
 */
export function forVendor(
  handle: (call: Call & { rawBody: () => Promise<Buffer | null> }) => Promise<Answer>,
): RouteHandler {
  return route((call) => handle({ ...call, rawBody: () => readBytes(call.request, bodyPolicy.receiptBytes) }));
}

/** A call for administrators; `forbidden` for everybody else who is signed in. */
export function forAdmin<Body = undefined>(spec: Spec<Body, Credentials>): RouteHandler {
  return forSignedIn({ ...spec, admits: ({ signedIn }) => signedIn.user.role === 'admin' });
}

/** The exports of a route file: the given methods, a 405 that names them for every other, and OPTIONS that tells them. */
export function methods(
  given: Partial<Record<MethodName, RouteHandler>>,
): Record<MethodName | 'OPTIONS', RouteHandler> {
  const names = Object.keys(given).flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
  const allow = [...names, 'OPTIONS'].join(', ');
  const refused = route(async ({ requestId }) => problemResponse({ code: 'method_not_allowed' }, requestId, { allow }));
  const all = Object.fromEntries(methodNames.map((name) => [name, given[name] ?? refused])) as Record<
    MethodName,
    RouteHandler
  >;
  return { ...all, OPTIONS: route(async () => new Response(null, { status: 204, headers: { allow } })) };
}

function route(answer: (call: Call) => Promise<Answer>): RouteHandler {
  return async (request, context) => {
    const requestId = randomUUID();
    const app = await server();
    const call: Call = {
      app,
      request,
      params: await context.params,
      requestId,
      address: addressOf(request.headers),
      userAgent: request.headers.get('user-agent'),
    };
    const outcome = await answer(call).catch((error: unknown) => refusalOfError(app, request, requestId, error));
    if (isRefusal(outcome)) {
      const { pathname: path } = new URL(request.url);
      noteRefusal(app.log, { requestId, method: request.method, path, address: call.address }, outcome.code);
    }
    const response = toResponse(outcome, requestId);
    response.headers.set('x-request-id', requestId);
    setSecurityHeaders(response.headers, app.env);
    return response;
  };
}

async function bodyOf<Body>(
  call: Call,
  spec: Spec<Body, never> | Spec<Body, Credentials>,
): Promise<Result<{ body: Body }, Refusal['code']>> {
  if (!spec.body) {
    return { ok: true, body: undefined as Body };
  }
  const input = await readJson(call.request, spec.body, spec.bodyOptional);
  return input.ok || !spec.malformedTakes ? input : refuseMalformed(call.app, spec.malformedTakes(call.address), input);
}

/** What one session may change, and how often it may take a copy of everything: a stolen one floods nobody's trail. */
const changeBuckets = (sessionId: string): Bucket[] => [
  { key: `change:session:${sessionId}`, policy: limitPolicy.changesPerSession },
];
export const exportBuckets = (sessionId: string): Bucket[] => [
  { key: `export:session:${sessionId}`, policy: limitPolicy.exportsPerSession },
];

/** Malformed requests take a place like any other; once there is none, that is what is told. */
export async function refuseMalformed(app: Server, buckets: Bucket[], refusal: Refusal): Promise<Refusal> {
  return (await app.takePlacesOrRefuse(buckets)) ?? refusal;
}

/** What proxy.ts does for pages. An API answer is never a document, so nothing in it may load or run anything. */
export function setSecurityHeaders(headers: Headers, env: Server['env']): void {
  headers.set('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  if (env.APP_URL.startsWith('https:')) {
    headers.set('strict-transport-security', STRICT_TRANSPORT_SECURITY);
  }
}

const isRefusal = (answer: Answer): answer is Refusal => 'ok' in answer && answer.ok === false && 'code' in answer;

function toResponse(answer: Answer, requestId: string): Response {
  if (answer instanceof Response) {
    return answer;
  }
  if (isRefusal(answer)) {
    return problemResponse(answer, requestId);
  }
  return Response.json(answer, { headers: { 'cache-control': 'no-store' } });
}

/** Surprises: told to the log with the request's id, to the client as something that may be tried again. */
export function refusalOfError(
  app: Server,
  request: { method: string; url: string },
  requestId: string,
  error: unknown,
): Refusal {
  if (isRefusalError(error)) {
    return error.refusal;
  }
  const path = shownPath(new URL(request.url).pathname);
  app.log.error({ err: error, requestId, method: request.method, path }, 'request failed');
  return refuse('service_unavailable', { retryAfterSeconds: isDatabaseUnavailable(error) ? 2 : 5 });
}

const isUnsafe = (request: NextRequest) => !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
