import type { Env } from '../env';
import { refuse, type Refusal, type Result } from '../errors';
import type { Captcha } from '../captcha/captcha';
import type { Database } from '../db/client';
import type { Phone } from '../phone/phone';
import { limitPolicy } from '../policy';
import { tokenHash } from '../random';
import { type Bucket, giveBackPlaces, type Limited, takePlaces, type Taken } from '../rate-limit/rate-limit';
import { takeSendPlaces } from '../sms/pause-store';
import { codeMessage } from '../sms/message';
import { costOf } from '../sms/prices';
import { segmentsOf } from '../sms/segments';
import type { Channel } from '../sms/sender';
import type { CodePurpose } from './challenge-store';
import { recordLimited } from './limited-store';
import {
  isCoolDown,
  newNumberBucket,
  pauseScopes,
  sendAddressBuckets,
  sendBuckets,
  type SendWindow,
  windowOf,
  withSoftLimits,
} from './send-windows';

type AdmitDeps = {
  db: Database;
  env: Env;
  /** Asked while a limit is half full; null or not given: none is configured. */
  captcha?: Captcha | null;
  log: { warn(fields: object, message: string): void };
};

type SendRequest = {
  phone: Phone;
  purpose: CodePurpose;
  channel: Channel;
  locale: string;
  address: string;
  captchaToken: string | null;
  /** The user who is signed in, if it is one who asks. */
  signedInAs: string | null;
  /** A test number: nothing is sent, so there is nothing to pay for and nothing to pause. */
  sendsNothing: boolean;
};

export type AdmitRefusal = 'resend_too_soon' | 'too_many_requests' | 'sms_paused' | 'sms_unavailable';

/**
 * Whether a code may be sent: takes its place in every window, or tells why not and writes that down. One statement where all is
 * quiet. The CAPTCHA is asked about only while a window is half full, before a message is counted.
 */
export async function admitSend(
  deps: AdmitDeps,
  request: SendRequest,
): Promise<Result<{ taken: Taken }, AdmitRefusal>> {
  const { env, captcha } = deps;
  const { phone, sendsNothing } = request;
  const buckets = sendBuckets(phone, clientBuckets(request), env, sendsNothing ? 0 : codeCost(env, request));
  const scopes = sendsNothing ? [] : pauseScopes(phone);
  const asked = captcha && request.signedInAs === null && !sendsNothing;
  const take = (wanted: Bucket[]) => takeSendPlaces(deps, wanted, scopes);
  let outcome = await take(asked ? withSoftLimits(buckets) : buckets);
  if (asked && 'limited' in outcome && outcome.limited?.soft) {
    const refusal = await captchaRefusal(deps, captcha, request, outcome.limited);
    if (refusal) {
      await note(deps, request, windowOf(outcome.limited.bucket));
      return refusal;
    }
    outcome = await take(buckets);
  }
  if ('paused' in outcome) {
    await note(deps, request, 'pause');
    return pausedRefusal(env, outcome.paused.retryAfterSeconds);
  }
  if (outcome.limited) {
    const { bucket, retryAfterSeconds } = outcome.limited;
    await note(deps, request, windowOf(bucket));
    return refusalOf(env, bucket, retryAfterSeconds);
  }
  for (const bucket of outcome.noted) {
    deps.log.warn({ bucket: bucket.key }, 'a limit that only records would have refused a message');
    await note(deps, request, windowOf(bucket), 'code.limit_exceeded');
  }
  return { ok: true, taken: outcome };
}

/** The windows of the address and, for a code to a number that is not theirs yet, of the person. */
const clientBuckets = ({ address, signedInAs, purpose }: SendRequest): Bucket[] =>
  signedInAs !== null && purpose !== 'confirm'
    ? [...sendAddressBuckets(address), newNumberBucket(signedInAs)]
    : sendAddressBuckets(address);

/** What the message will cost, in `moneyPolicy` units: its text without the code, which is always as long. */
export function codeCost(
  env: Env,
  { phone, purpose, channel, locale }: Pick<SendRequest, 'phone' | 'purpose' | 'channel' | 'locale'>,
): number {
  if (!env.SMS_PRICES) {
    return 0;
  }
  const { APP_NAME: appName, APP_URL: appUrl, OTP_TTL_SECONDS: ttlSeconds } = env;
  const code = '0'.repeat(env.OTP_LENGTH);
  const text = codeMessage({ purpose, appName, appUrl, code, ttlSeconds, locale });
  const segments = channel === 'sms' ? segmentsOf(text).segments : 1;
  return costOf(env.SMS_PRICES, { country: phone.country, channel, segments });
}

/**
 * Why the CAPTCHA does not let a request through, or null. Fails closed: a provider that is down stops what it was asked for, in a
 * window that looks bad, and nothing else; then the token may be tried again.
 */
async function captchaRefusal(
  { db }: AdmitDeps,
  captcha: Captcha,
  { captchaToken: token, address }: SendRequest,
  { retryAfterSeconds }: Limited,
): Promise<Refusal<AdmitRefusal> | null> {
  // Clients that know no CAPTCHA do well to wait.
  const demand = (message: string) =>
    refuse('too_many_requests', { captcha: captcha.demand, retryAfterSeconds, message });
  if (token === null) {
    return demand('Many codes are being asked for right now. Confirm that you’re a person, or try again later.');
  }
  const [ofAddress, ofToken] = captchaBuckets(address, token);
  const taken = await takePlaces(db, [ofAddress, ofToken]);
  if (taken.limited?.bucket === ofAddress) {
    return refuse('too_many_requests', { retryAfterSeconds: taken.limited.retryAfterSeconds });
  }
  const verdict = taken.limited ? 'used' : await captcha.check(token);
  if (verdict === 'human') {
    return null;
  }
  if (taken.limited || verdict === 'refused') {
    return demand('That check didn’t work. Try it again.');
  }
  // The place of the address stays taken: what stands in front of a provider that is down must not ask it all the more.
  await giveBackPlaces(db, { ...taken, buckets: [ofToken] });
  return refuse('sms_unavailable', {
    message: 'We couldn’t check just now that you are a person. Try again in a moment.',
  });
}

/** The token is a secret until it is used, and long. */
const captchaBuckets = (address: string, token: string): [Bucket, Bucket] => [
  { key: `captcha:address:${address}`, policy: limitPolicy.captchasPerAddress },
  { key: `captcha:token:${tokenHash(token)}`, policy: limitPolicy.usesPerCaptcha },
];

async function note(
  deps: AdmitDeps,
  { phone, purpose, channel, address }: SendRequest,
  window: SendWindow | null,
  event?: Parameters<typeof recordLimited>[2],
): Promise<void> {
  if (window) {
    await recordLimited(deps.db, { phone: phone.e164, window, purpose, channel, address }, event).catch(
      (error: unknown) => deps.log.warn({ err: error }, 'a refusal was not noted'),
    );
  }
}

function refusalOf(env: Env, bucket: Bucket, retryAfterSeconds: number): Refusal<AdmitRefusal> {
  if (isCoolDown(bucket)) return refuse('resend_too_soon', { retryAfterSeconds });
  return /^(budget|spend):/.test(bucket.key)
    ? pausedRefusal(env, retryAfterSeconds)
    : refuse('too_many_requests', { retryAfterSeconds });
}

/** The same for everybody: who has an account reads what else opens it. */
function pausedRefusal(env: Env, retryAfterSeconds: number): Refusal<'sms_paused'> {
  const ways = [
    'sign in with a passkey or a recovery code',
    env.google && 'with Google if you linked it',
    env.SUPPORT_CONTACT && `get help at ${env.SUPPORT_CONTACT}`,
  ].filter(Boolean);
  const message = `Sending codes is paused for the moment. Try again later, or ${ways.join(', or ')}.`;
  return refuse('sms_paused', { retryAfterSeconds, message });
}
