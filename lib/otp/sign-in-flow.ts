import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max';
import { refuse, type Result } from '../errors';
import { maskedPhone } from '../phone/phone';
import { readPhone } from './read-phone';
import { newToken, tokenHash } from '../random';
import { findFlow } from './challenge-store';
import { type FlowView, flowView } from './flow-view';
import { sendCode, type SendCodeDeps, type SendCodeRefusal } from './send-code';
import type { CheckCodeDeps } from './check-code';
import { verifyCode, type VerifyCodeRefusal, type Verified } from './verify-code';

/**
 * The browser's way in, in steps. A flow is a random token in the browser, its hash beside each code that was asked for
 * under it. Step two never carries a number: the server finds it in its own row.
 */
export type RunningFlow = { view: FlowView; phone: string; token: string };

/**
 * The sign-in that runs under a token, or null. A page that was opened for an earlier number names its challenge and stays
 * with that number, so two tabs with two numbers don't mix.
 */
export async function runningFlow(
  deps: Pick<SendCodeDeps, 'db' | 'env'>,
  token: string | null,
  challengeId: string | null,
): Promise<RunningFlow | null> {
  const flow = token ? await findFlow(deps.db, tokenHash(token), challengeId) : null;
  if (!token || !flow || flow.consumed) {
    return null;
  }
  const policy = { codeLength: deps.env.OTP_LENGTH, resendSeconds: deps.env.OTP_RESEND_SECONDS };
  return { view: flowView(flow, maskedPhone(flow.phone), policy), phone: flow.phone, token };
}

/** The number of a browser's flow, also when its code is used up; null when there is no such flow. */
export async function flowPhone(
  deps: Pick<SendCodeDeps, 'db'>,
  input: { token: string | null; challengeId: string | null },
): Promise<string | null> {
  return input.token ? ((await findFlow(deps.db, tokenHash(input.token), input.challengeId))?.phone ?? null) : null;
}

/**
 * Asks for a code and ties it to the browser. Where a live code for the same number is already on its way to this browser
 * (a second click, a second tab), joins that one instead of refusing.
 */
export async function startFlow(
  deps: SendCodeDeps,
  input: { phone: string; country: string; token: string | null; address: string },
): Promise<Result<{ token: string }, SendCodeRefusal>> {
  const { env } = deps;
  const country: CountryCode = isSupportedCountry(input.country) ? input.country : env.DEFAULT_COUNTRY;
  const running = await runningFlow(deps, input.token, null);
  const token = running?.token ?? newToken();
  const sent = await sendCode(deps, { phone: input.phone, country, flow: token, address: input.address });
  if (sent.ok) {
    return { ok: true, token };
  }
  const parsed = readPhone(deps, input.phone, country);
  const joins =
    sent.code === 'resend_too_soon' &&
    parsed.ok &&
    parsed.phone.e164 === running?.phone &&
    running.view.state === 'live';
  return joins ? { ok: true, token } : sent;
}

/** Sends a new code to the number of a running flow. `code_expired`: there is no such flow any more. */
export async function resendInFlow(
  deps: SendCodeDeps,
  input: { token: string | null; challengeId: string | null; address: string },
): Promise<Result<{ flow: FlowView }, SendCodeRefusal | 'code_expired'>> {
  const running = await runningFlow(deps, input.token, input.challengeId);
  if (!running) {
    return refuse('code_expired');
  }
  const sent = await sendCode(deps, { phone: running.phone, flow: running.token, address: input.address });
  if (!sent.ok) {
    return sent;
  }
  const renewed = await runningFlow(deps, running.token, sent.challengeId);
  return renewed ? { ok: true, flow: renewed.view } : refuse('code_expired');
}

/** Checks a code against a running flow's number and signs the browser in. */
export async function verifyInFlow(
  deps: CheckCodeDeps,
  input: { token: string | null; challengeId: string | null; code: string; address: string; userAgent: string | null },
): Promise<Result<Verified, VerifyCodeRefusal>> {
  const running = await runningFlow(deps, input.token, input.challengeId);
  if (!running) {
    return refuse('code_expired');
  }
  const { code, address, userAgent } = input;
  return verifyCode(deps, { phone: running.phone, code, flow: running.token, kind: 'web', address, userAgent });
}
