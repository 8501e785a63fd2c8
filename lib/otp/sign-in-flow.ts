import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max';
import { refuse, type Result } from '../errors';
import { countryOf, maskedPhone } from '../phone/phone';
import { readPhone } from './read-phone';
import { newToken, tokenHash } from '../random';
import type { Channel } from '../sms/sender';
import { findFlow } from './challenge-store';
import { type FlowRecord, type FlowView, flowView } from './flow-view';
import { sendCode, type SendCodeDeps, type SendCodeRefusal } from './send-code';
import type { CheckCodeDeps } from './check-code';
import { verifyCode, type VerifyCodeRefusal, type Verified } from './verify-code';

/**
 * The browser's way in, in steps. A flow is a random token in the browser, its hash beside each code that was asked for
 * under it. Step two never carries a number: the server finds it in its own row.
 */
type RunningFlow = { view: FlowView; phone: string; token: string };

/**
 * The sign-in that runs under a token, or null. A page that was opened for an earlier number names its challenge and stays
 * with that number, so two tabs with two numbers don't mix.
 */
export async function runningFlow(
  deps: Pick<SendCodeDeps, 'db' | 'env' | 'channelsOf'>,
  token: string | null,
  challengeId: string | null,
): Promise<RunningFlow | null> {
  const flow = await unfinishedFlow(deps, token, challengeId);
  if (!token || !flow) {
    return null;
  }
  const policy = {
    codeLength: deps.env.OTP_LENGTH,
    resendSeconds: deps.env.OTP_RESEND_SECONDS,
    offered: deps.channelsOf(countryOf(flow.phone)),
  };
  return { view: flowView(flow, maskedPhone(flow.phone), policy), phone: flow.phone, token };
}

async function unfinishedFlow(
  { db }: Pick<SendCodeDeps, 'db'>,
  token: string | null,
  challengeId: string | null,
): Promise<FlowRecord | null> {
  const flow = token ? await findFlow(db, tokenHash(token), challengeId) : null;
  return flow?.consumed ? null : flow;
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
 * (a second click, a second tab), joins that one instead of refusing. A code that was tried in vain leads on where its message
 * may arrive all the same, or step two has another way to offer: a call reaches a landline, and who once replied STOP.
 */
export async function startFlow(
  deps: SendCodeDeps,
  input: {
    phone: string;
    country: string;
    locale?: string;
    token: string | null;
    address: string;
    captchaToken?: string;
  },
): Promise<Result<{ token: string }, SendCodeRefusal>> {
  const { env } = deps;
  const country: CountryCode = isSupportedCountry(input.country) ? input.country : env.DEFAULT_COUNTRY;
  const running = await runningFlow(deps, input.token, null);
  const token = running?.token ?? newToken();
  const { phone, locale, address, captchaToken } = input;
  const sent = await sendCode(deps, { phone, country, locale, flow: token, address, captchaToken });
  if (sent.ok) {
    return { ok: true, token };
  }
  const newest = await runningFlow(deps, token, null);
  const parsed = readPhone(deps, phone, country);
  if (!newest || !parsed.ok || newest.phone !== parsed.phone.e164) {
    return sent;
  }
  const { view } = newest;
  const wasTried = view.challengeId !== running?.view.challengeId;
  const joins = sent.code === 'resend_too_soon' && view.state === 'live';
  return joins || (wasTried && (view.delivery === 'unanswered' || view.channels.length > 0))
    ? { ok: true, token }
    : sent;
}

/**
 * Sends a new code to the number of a running flow. `code_expired`: there is no such flow any more. Where no vendor took the
 * message, the flow's own view says so: the code before it is dead by then, and the next steps are the page's.
 */
export async function resendInFlow(
  deps: SendCodeDeps,
  input: {
    token: string | null;
    challengeId: string | null;
    channel?: Channel;
    locale?: string;
    address: string;
    captchaToken?: string;
  },
): Promise<Result<{ flow: FlowView }, SendCodeRefusal | 'code_expired'>> {
  const running = await runningFlow(deps, input.token, input.challengeId);
  if (!running) {
    return refuse('code_expired');
  }
  const { phone, token, view } = running;
  const { channel, locale, address, captchaToken } = input;
  const sent = await sendCode(deps, { phone, channel, locale, flow: token, address, captchaToken });
  const renewed = await runningFlow(deps, token, sent.ok ? sent.challengeId : view.challengeId);
  if (!sent.ok && renewed?.view.challengeId === view.challengeId) {
    return sent;
  }
  return renewed ? { ok: true, flow: renewed.view } : refuse('code_expired');
}

/** Checks a code against a running flow's number and signs the browser in. */
export async function verifyInFlow(
  deps: CheckCodeDeps,
  input: {
    token: string | null;
    challengeId: string | null;
    code: string;
    address: string;
    userAgent: string | null;
    knownSession?: string;
  },
): Promise<Result<Verified, VerifyCodeRefusal>> {
  const { token, code, address, userAgent, knownSession } = input;
  const flow = await unfinishedFlow(deps, token, input.challengeId);
  if (!token || !flow) {
    return refuse('code_expired');
  }
  return verifyCode(deps, { phone: flow.phone, code, flow: token, kind: 'web', address, userAgent, knownSession });
}
