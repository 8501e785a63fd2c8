'use server';

import { randomUUID } from 'node:crypto';
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { type Refusal, refuse } from '@/lib/errors';
import { refusalOfError } from '@/lib/http/endpoint';
import { flowCookie } from '@/lib/http/flow-cookie';
import { addressOf } from '@/lib/http/front-door';
import { currentUser, runningFlow } from '@/lib/http/guards';
import { check } from '@/lib/http/json-body';
import { isOwnOrigin } from '@/lib/http/origin-guard';
import { type Problem, problemOf } from '@/lib/http/problem';
import type { FlowView } from '@/lib/otp/flow-view';
import { codeFormSchema, phoneFormSchema } from '@/lib/otp/request-schema';
import { canonicalPhone } from '@/lib/phone/phone';
import { isUuid, newToken } from '@/lib/random';
import { server, type Server } from '@/lib/server';
import { sessionCookie } from '@/lib/sessions/session-cookie';
import { isSupportedCountry } from 'libphonenumber-js/max';

/** Step one: asks for a code and leads to step two. Returns only when it could not. */
export async function startSignIn(input: { country: string; phone: string }): Promise<Problem> {
  return step(async (app, client) => {
    const form = check(phoneFormSchema, input);
    if (!form.ok) return form;
    const country = isSupportedCountry(form.body.country) ? form.body.country : app.env.DEFAULT_COUNTRY;
    const running = await runningFlow(null);
    const flow = running?.token ?? newToken();
    const sent = await app.sendCode({ phone: form.body.phone, country, flow, address: client.address });
    if (!sent.ok) {
      const parsed = canonicalPhone(form.body.phone, country, app.env.ALLOWED_COUNTRIES);
      const already = parsed.ok && parsed.phone.e164 === running?.phone && running.view.state === 'live';
      // A code for this number is on its way to this browser: a second click or tab joins it instead of failing.
      if (sent.code === 'resend_too_soon' && already) return { redirectTo: '/auth/code' };
      return sent;
    }
    const cookie = flowCookie(app.env.APP_URL);
    (await cookies()).set(cookie.name, flow, cookie.options);
    return { redirectTo: '/auth/code' };
  });
}

/** Step two: checks the code, signs in and leads on. Returns only when it could not. */
export async function submitCode(input: { otp: string; challengeId: string }): Promise<Problem> {
  return step(async (app, client) => {
    const form = check(codeFormSchema, { otp: input.otp });
    if (!form.ok) return form;
    const running = await runningFlow(isUuid(input.challengeId) ? input.challengeId : null);
    const verified = running
      ? await app.verifyCode({ phone: running.phone, code: form.body.otp, flow: running.token, kind: 'web', ...client })
      : refuse('code_expired');
    if (!verified.ok) {
      // Another tab of this browser may have been quicker.
      const signedIn = verified.code === 'code_expired' ? await currentUser() : null;
      return signedIn ? { redirectTo: '/dashboard' } : verified;
    }
    const store = await cookies();
    const cookie = sessionCookie(app.env.APP_URL);
    const value = await app.cookies.encode({ sid: verified.sessionId }, cookie.options.maxAge, '');
    store.set(cookie.name, value, cookie.options);
    store.delete(flowCookie(app.env.APP_URL).name);
    return { redirectTo: verified.user.needs_profile_completion ? '/auth/about-you' : '/dashboard' };
  });
}

/** Step two, again: sends a new code to the same number. */
export async function resendCode(input: { challengeId: string }): Promise<{ flow: FlowView } | Problem> {
  return step<{ flow: FlowView }>(async (app, client) => {
    const running = await runningFlow(isUuid(input.challengeId) ? input.challengeId : null);
    if (!running) return { redirectTo: '/auth' };
    const sent = await app.sendCode({ phone: running.phone, flow: running.token, address: client.address });
    if (!sent.ok) return sent;
    const renewed = await runningFlow(sent.challengeId);
    return renewed ? { value: { flow: renewed.view } } : refuse('service_unavailable');
  });
}

/** How a message got on, for the page that waits for it. Null when the sign-in is over. */
export async function readFlow(input: { challengeId: string }): Promise<FlowView | null> {
  return (await runningFlow(isUuid(input.challengeId) ? input.challengeId : null))?.view ?? null;
}

type Client = { address: string; userAgent: string | null };
type Lead = { redirectTo: '/auth' | '/auth/code' | '/auth/about-you' | '/dashboard' };

/** What every step shares: own pages only, refusals and surprises as problems, redirects outside of the catch. */
async function step<Value = never>(
  work: (app: Server, client: Client) => Promise<Refusal | Lead | { value: Value }>,
): Promise<Value | Problem> {
  const requestId = randomUUID();
  const app = await server();
  const sent = await headers();
  if (!isOwnOrigin(sent, app.env.APP_URL, true)) {
    return problemOf(refuse('origin_not_allowed'), requestId);
  }
  const client = { address: addressOf(sent), userAgent: sent.get('user-agent') };
  const outcome = await work(app, client).catch((error: unknown) =>
    refusalOfError(app, { method: 'POST', url: `${app.env.APP_URL}/auth` }, requestId, error),
  );
  if ('redirectTo' in outcome) {
    redirect(outcome.redirectTo);
  }
  return 'value' in outcome ? outcome.value : problemOf(outcome, requestId);
}
