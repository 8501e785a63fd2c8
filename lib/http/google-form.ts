import type { NextRequest } from 'next/server';
import { z } from 'zod';
import { type ErrorCode, type Refusal, refuse, type Result } from '../errors';
import { bodyPolicy } from '../policy';
import type { Server } from '../server';
import { credentials, sessionCookieValue } from './credentials';
import { googleLimit, type GoogleTrouble, troubleAt } from './google-return';
import { startAtGoogle } from './google-start';
import { readBytes } from './body-bytes';
import { linkIntentCookie, newLinkIntent } from './link-intent';
import { isOwnOrigin } from './origin-guard';
import { problemResponse } from './problem';
import { attemptOf, noteRefusal } from './request-log';

/** `link` adds Google to the account that is signed in; anything else is a sign-in. */
const formSchema = z.strictObject({ purpose: z.enum(['sign_in', 'link']).default('sign_in') });

/** Starts a round to Google. A form is led on (303), a script is told where to go: `{url}`. */
export async function beginGoogleRound(app: Server, request: NextRequest, requestId: string): Promise<Response> {
  const scripted = /^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '');
  const begun = await begin(app, request, scripted);
  if (!begun.ok) {
    noteRefusal(app.log, attemptOf(request, requestId), begun.code);
    const trouble = scripted ? null : troubleOf(begun);
    return trouble
      ? seeOther(app, troubleAt(begun.purpose === 'link' ? '/dashboard/security' : '/auth', trouble))
      : problemResponse(begun, requestId);
  }
  const response = scripted ? Response.json({ url: begun.url }) : seeOther(app, begun.url);
  for (const cookie of begun.cookies) {
    response.headers.append('set-cookie', cookie);
  }
  return response;
}

type Purpose = z.output<typeof formSchema>['purpose'];
type Refused = Refusal & { purpose: Purpose };

async function begin(
  app: Server,
  request: NextRequest,
  scripted: boolean,
): Promise<{ ok: true; url: string; cookies: string[] } | Refused> {
  const signIn = { purpose: 'sign_in' as Purpose };
  if (!app.env.google) {
    return { ...refuse('not_found'), ...signIn };
  }
  if (!isOwnOrigin(request.headers, app.env.APP_URL, true)) {
    return { ...refuse('origin_not_allowed'), ...signIn };
  }
  const form = await readForm(request, scripted);
  const purpose = form.ok ? form.purpose : signIn.purpose;
  const limited = await googleLimit(app, request);
  if (limited) {
    return { ...limited, purpose };
  }
  if (!form.ok) {
    return { ...form, purpose };
  }
  const by = purpose === 'link' ? await linker(app, request) : null;
  if (by && !by.ok) {
    return { ...by, purpose };
  }
  const round = await startAtGoogle(app);
  if (!round) {
    return { ...refuse('service_unavailable', { message: UNREACHABLE }), purpose };
  }
  const intent = by ? await newLinkIntent(app.cookies, by.sessionId, round.state) : null;
  return { ok: true, url: round.url, cookies: [...round.cookies, intentLine(app.env.APP_URL, intent)] };
}

const UNREACHABLE = 'Google can’t be reached just now. Try again in a moment.';

/** The session that may link now. */
async function linker(app: Server, request: NextRequest): Promise<Result<{ sessionId: string }, ErrorCode>> {
  const who = await credentials(app, null, sessionCookieValue(app, request.cookies));
  if (!who.ok) {
    return who;
  }
  const { signedIn } = who.credentials;
  return app.mayLink(signedIn) ?? { ok: true, sessionId: signedIn.sessionId };
}

async function readForm(request: NextRequest, scripted: boolean): Promise<Result<{ purpose: Purpose }, ErrorCode>> {
  const type = request.headers.get('content-type') ?? '';
  if (!scripted && !/^application\/x-www-form-urlencoded\s*(;|$)/i.test(type)) {
    return refuse('unsupported_media_type');
  }
  const body = await readBytes(request, bodyPolicy.jsonBytes);
  if (!body) {
    return refuse('payload_too_large');
  }
  const parsed = formSchema.safeParse(
    scripted ? jsonOf(body) : Object.fromEntries(new URLSearchParams(body.toString())),
  );
  return parsed.success
    ? { ok: true, purpose: parsed.data.purpose }
    : refuse('invalid_request', { errors: [{ path: 'purpose', message: 'Must be sign_in or link' }] });
}

function jsonOf(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}

/** What a form's page can say in words; for the rest a problem will do, since no page of ours sends such a thing. */
function troubleOf(refusal: Refused): GoogleTrouble | null {
  switch (refusal.code) {
    case 'too_many_requests':
    case 'fresh_proof_required':
      return refusal.code;
    case 'service_unavailable':
      return 'google_unreachable';
    default:
      return null;
  }
}

/** Sets the intent, or takes an old one away: the latest press of a button is what counts. */
function intentLine(appUrl: string, value: string | null): string {
  const { name, options } = linkIntentCookie(appUrl);
  const life = value === null ? 0 : options.maxAge;
  return `${name}=${value ?? ''}; Path=/; Max-Age=${life}; HttpOnly; SameSite=Lax${options.secure ? '; Secure' : ''}`;
}

const seeOther = (app: Server, location: string): Response =>
  new Response(null, { status: 303, headers: { location: new URL(location, app.env.APP_URL).href } });
