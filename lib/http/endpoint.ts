import { randomUUID } from 'node:crypto';
import type { NextRequest } from 'next/server';
import type { z } from 'zod';
import { type Refusal, refuse, type Result } from '../errors';
import { bodyPolicy, limitPolicy } from '../policy';
import type { Bucket } from '../rate-limit/rate-limit';
import { server, type Server } from '../server';
import { readBytes } from './body-bytes';
import { isForeignOrigin, listedOrigin, shareAnswer, sharePreflight } from './cors';
import { credentials, type Credentials, sessionCookieValue } from './credentials';
import { addressOf } from './front-door';
import { readJson } from './json-body';
import { isFromElsewhere, isOwnOrigin } from './origin-guard';
import { problemResponse, type RefusalRenderer } from './problem';
import { attemptOf, noteRefusal } from './request-log';
import { refusalOfError } from './surprise';
import { STRICT_TRANSPORT_SECURITY } from './transport-security';

type RouteContext = { params: Promise<Record<string, string | string[] | undefined>> };
type RouteHandler = (request: NextRequest, context: RouteContext) => Promise<Response>;
/** A route's method, told by {@link methods} how its refusals are rendered. */
type Handler = (request: NextRequest, context: RouteContext, render?: RefusalRenderer) => Promise<Response>;
const methodNames = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
type MethodName = (typeof methodNames)[number];

/** What every handler gets. */
type Call = {
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

/** A call that anyone may make; state-changing ones must not come from a foreign page that is not listed. */
export function forAnyone<Body = undefined>(spec: Spec<Body, unknown>): Handler {
  return route(async (call) => {
    if (isUnsafe(call.request) && !mayAsk(call)) {
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
    /** It reads, and writes down that it did: by a cookie alone not for a page elsewhere. */
    leavesTrace?: boolean;
    /** It only reads, whatever its method: then a cookie alone, without a browser's word of the page, is enough. */
    changesNothing?: boolean;
  },
): Handler {
  return route(async (call) => {
    const { app, request } = call;
    const who = await askedBy(call);
    if (!who.ok) {
      if (!spec.bodyAlone || !mayAsk(call)) {
        return who;
      }
      const input = await bodyOf(call, spec);
      return (input.ok && (await spec.bodyAlone({ ...call, body: input.body }))) || who;
    }
    const changes = isUnsafe(request) && !spec.changesNothing;
    const byCookie = who.credentials.via === 'cookie';
    if (spec.leavesTrace && byCookie && isFromElsewhere(request.headers)) {
      return refuse('origin_not_allowed');
    }
    if (isUnsafe(request) && !(byCookie ? isOwnOrigin(request.headers, app.env.APP_URL, changes) : mayAsk(call))) {
      return refuse('origin_not_allowed');
    }
    if (spec.admits && !spec.admits(who.credentials)) {
      return refuse('forbidden');
    }
    if (changes) {
      const limited = await app.takePlacesOrRefuse(changeBuckets(who.credentials.signedIn.sessionId));
      if (limited) {
        return limited;
      }
    }
    const input = await bodyOf(call, spec);
    return input.ok ? spec.handle({ ...call, ...who.credentials, body: input.body }) : input;
  });
}

/** A request that leans on no cookie: from our own pages, from a front end that is listed, or from no browser at all. */
function mayAsk({ app, request }: Call): boolean {
  return isOwnOrigin(request.headers, app.env.APP_URL, false) || listedOrigin(request, app.env) !== null;
}

/** Who is asking; a cookie that a browser sent along with a foreign page's call is not even looked at. */
async function askedBy({ app, request }: Call) {
  const authorization = request.headers.get('authorization');
  const cookie = sessionCookieValue(app, request.cookies);
  return cookie !== undefined && authorization === null && isForeignOrigin(request.headers, app.env.APP_URL)
    ? refuse('origin_not_allowed')
    : credentials(app, authorization, cookie);
}

/**
 * A call from a vendor's server. It is no browser and bears nothing of ours, so no page could misuse one; what it sends has to
 * say by itself whom it is from.
 */
export function forVendor(
  handle: (call: Call & { rawBody: () => Promise<Buffer | null> }) => Promise<Answer>,
): Handler {
  return route((call) => handle({ ...call, rawBody: () => readBytes(call.request, bodyPolicy.receiptBytes) }));
}

/** A call for administrators; `forbidden` for everybody else who is signed in. */
export function forAdmin<Body = undefined>(spec: Spec<Body, Credentials>): Handler {
  return forSignedIn({ ...spec, admits: ({ signedIn }) => signedIn.user.role === 'admin' });
}

/**
 * The exports of a route file: the given methods, a 405 that names them for every other, and OPTIONS that tells them. Every
 * answer, a refusal too, may be read by front ends on listed origins. `render`: the envelope of whatever is refused here.
 */
export function methods(
  given: Partial<Record<MethodName, Handler>>,
  render: RefusalRenderer = problemResponse,
): Record<MethodName | 'OPTIONS', RouteHandler> {
  const names = Object.keys(given).flatMap((name) => (name === 'GET' ? ['GET', 'HEAD'] : [name]));
  const allow = [...names, 'OPTIONS'].join(', ');
  const refused = route(async (call) => {
    note(call, 'method_not_allowed');
    return render({ code: 'method_not_allowed' }, call.requestId, { allow });
  });
  const all = methodNames.map((name) => [name, shared(given[name] ?? refused, render)] as const);
  const OPTIONS = route(async ({ app, request }) => {
    const response = new Response(null, { status: 204, headers: { allow } });
    sharePreflight(request, app.env, names.join(', '), response.headers);
    return response;
  });
  return { ...(Object.fromEntries(all) as Record<MethodName, RouteHandler>), OPTIONS };
}

function shared(handler: Handler, render: RefusalRenderer): RouteHandler {
  return async (request, context) => {
    const response = await handler(request, context, render);
    shareAnswer(request, (await server()).env, response.headers);
    return response;
  };
}

function route(answer: (call: Call) => Promise<Answer>): Handler {
  return async (request, context, render = problemResponse) => {
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
      note(call, outcome.code);
    }
    const response = toResponse(outcome, (refusal) => render(refusal, requestId));
    response.headers.set('x-request-id', requestId);
    setSecurityHeaders(response.headers, app.env);
    return response;
  };
}

const note = ({ app, request, requestId }: Call, code: Refusal['code']): void =>
  noteRefusal(app.log, attemptOf(request, requestId), code);

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

function toResponse(answer: Answer, render: (refusal: Refusal) => Response): Response {
  if (answer instanceof Response) {
    return answer;
  }
  if (isRefusal(answer)) {
    return render(answer);
  }
  return Response.json(answer, { headers: { 'cache-control': 'no-store' } });
}

const isUnsafe = (request: NextRequest) => !['GET', 'HEAD', 'OPTIONS'].includes(request.method);
