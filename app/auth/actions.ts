'use server';

import { randomUUID } from 'node:crypto';
import { cookies, headers } from 'next/headers';
import { redirect } from 'next/navigation';
import { type Refusal, refuse } from '@/lib/errors';
import { knownSession, sessionCookieValue } from '@/lib/http/credentials';
import { refuseMalformed as malformed } from '@/lib/http/endpoint';
import { arriveInBrowser } from '@/lib/http/arrive';
import { flowCookie } from '@/lib/http/flow-cookie';
import { addressOf } from '@/lib/http/front-door';
import { messageLanguage } from '@/lib/http/accept-language';
import { currentFlow, currentUser, flowToken } from '@/lib/http/guards';
import { check } from '@/lib/http/json-body';
import { isOwnOrigin } from '@/lib/http/origin-guard';
import { type Problem, problemOf } from '@/lib/http/problem';
import { noteRefusal } from '@/lib/http/request-log';
import type { FlowView } from '@/lib/otp/flow-view';
import { codeStepSchema, flowSchema, phoneFormSchema, resendSchema } from '@/lib/otp/request-schema';
import { sendAddressBuckets } from '@/lib/otp/send-code';
import { verifyAddressBuckets } from '@/lib/otp/check-code';
import { refusalOfError } from '@/lib/http/surprise';
import { recoveryAddressBuckets } from '@/lib/recovery-codes/recovery-codes';
import { recoverFormSchema } from '@/lib/recovery-codes/recovery-schema';
import { server, type Server } from '@/lib/server';

/** Step one: asks for a code and leads to step two. Returns only when it could not. */
export async function startSignIn(input: { country: string; phone: string; captchaToken?: string }): Promise<Problem> {
  return step(async (app, { address, locale }) => {
    const form = check(phoneFormSchema, input);
    if (!form.ok) return malformed(app, sendAddressBuckets(address), form);
    const started = await app.startFlow({ ...form.body, locale, token: await flowToken(), address });
    if (!started.ok) return started;
    const { name, options } = flowCookie(app.env.APP_URL);
    (await cookies()).set(name, started.token, options);
    return { redirectTo: '/auth/code' };
  });
}

/** Step two: checks the code, signs in and leads on. Returns only when it could not. */
export async function submitCode(input: { otp: string; challengeId: string }): Promise<Problem> {
  return step(async (app, client) => {
    const form = check(codeStepSchema, input);
    if (!form.ok) return malformed(app, verifyAddressBuckets(client.address), form);
    const { otp: code, challengeId } = form.body;
    const known = await knownSession(app, sessionCookieValue(app, await cookies()));
    const token = await flowToken();
    const verified = await app.verifyInFlow({ token, challengeId, code, ...client, knownSession: known });
    if (!verified.ok) {
      // Another tab of this browser may have been quicker with the same number.
      const signedIn = verified.code === 'code_expired' ? await currentUser() : null;
      const phone = signedIn && (await app.flowPhone({ token, challengeId }));
      return signedIn && phone === signedIn.user.phone ? { redirectTo: '/dashboard' } : verified;
    }
    // The flow stays: another tab may be waiting for a code to another number.
    return { redirectTo: await arriveInBrowser(app, verified, client.address) };
  });
}

/** Step two, again: sends a new code to the same number, by a message or another channel. */
export async function resendCode(input: {
  challengeId: string;
  channel?: string;
  captchaToken?: string;
}): Promise<{ flow: FlowView } | Problem> {
  return step<{ flow: FlowView }>(async (app, { address, locale }) => {
    const form = check(resendSchema, input);
    if (!form.ok) return malformed(app, sendAddressBuckets(address), form);
    const sent = await app.resendInFlow({ ...form.body, token: await flowToken(), locale, address });
    if (sent.ok) return { value: { flow: sent.flow } };
    return sent.code === 'code_expired' ? { redirectTo: '/auth' } : sent;
  });
}

/** How the message got on, for the page that waits for it. Null when the sign-in is over. */
export async function readFlow(input: { challengeId: string }): Promise<FlowView | Problem | null> {
  return step<FlowView | null>(async () => {
    const form = check(flowSchema, input);
    return form.ok ? { value: await currentFlow(form.body.challengeId) } : form;
  });
}

/** The way back with a recovery code: signs in and leads to where the number is changed. Returns only when it could not. */
export async function recoverAccount(input: { country: string; phone: string; code: string }): Promise<Problem> {
  return step(async (app, { address, userAgent }) => {
    const form = check(recoverFormSchema, input);
    if (!form.ok) return malformed(app, recoveryAddressBuckets(address), form);
    const done = await app.recover({ ...form.body, kind: 'web', address, userAgent });
    if (!done.ok) return done;
    const next = await arriveInBrowser(app, done, address);
    return { redirectTo: next === '/dashboard' ? '/dashboard/security?recovered=yes' : next };
  });
}

/** `locale`: the language of messages. */
type Client = { address: string; userAgent: string | null; locale: string };
type Lead = {
  redirectTo:
    '/auth' | '/auth/code' | '/auth/add-phone' | '/auth/about-you' | '/dashboard' | '/dashboard/security?recovered=yes';
};

/** What every step shares: own pages only, refusals and surprises as problems, redirects outside of the catch. */
async function step<Value = never>(
  work: (app: Server, client: Client) => Promise<Refusal | Lead | { value: Value }>,
): Promise<Value | Problem> {
  const requestId = randomUUID();
  const app = await server();
  const sent = await headers();
  const refused = (refusal: Refusal): Problem => {
    const attempt = { requestId, method: 'POST', path: '/auth', address: addressOf(sent) };
    noteRefusal(app.log, attempt, refusal.code);
    return problemOf(refusal, requestId);
  };
  if (!isOwnOrigin(sent, app.env.APP_URL, true)) {
    return refused(refuse('origin_not_allowed'));
  }
  const client = {
    address: addressOf(sent),
    userAgent: sent.get('user-agent'),
    locale: messageLanguage(sent.get('accept-language')),
  };
  const outcome = await work(app, client).catch((error: unknown) =>
    refusalOfError(app, { method: 'POST', url: `${app.env.APP_URL}/auth` }, requestId, error),
  );
  if ('redirectTo' in outcome) {
    redirect(outcome.redirectTo);
  }
  return 'value' in outcome ? outcome.value : refused(outcome);
}
