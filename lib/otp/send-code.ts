import type { CountryCode } from 'libphonenumber-js/max';
import type { Captcha } from '../captcha/captcha';
import type { Database } from '../db/client';
import { isDatabaseUnavailable, sqlState } from '../db/client';
import type { Env } from '../env';
import { type ErrorCode, refuse, type Result } from '../errors';
import type { Clock } from '../clock';
import type { Phone, PhoneRefusal } from '../phone/phone';
import { newCode, newId, tokenHash } from '../random';
import { giveBackPlaces, type Taken, takePlacesOrRefuse } from '../rate-limit/rate-limit';
import { codeMessage, spokenCode } from '../sms/message';
import { messageLocale } from '../sms/templates';
import type { Deliver, Deliverable, Transit } from '../sms/deliver';
import type { CodeKeepers } from '../sms/keepers';
import { recordTestNumber } from '../sms/test-number-store';
import type { Channel, ErrorClass } from '../sms/sender';
import { inOwnTime } from '../request-context';
import { splitName } from '../users/name';
import { type CodePurpose, insertChallenge } from './challenge-store';
import type { CodeHasher } from './code-hasher';
import { admitSend } from './admit-send';
import { readPhone } from './read-phone';
import { isCoolDown, isUnverifiedBucket, sendAddressBuckets } from './send-windows';
import type { TestNumber } from './test-numbers';
import { giveBackUnsent } from './unsent-store';

export { sendAddressBuckets };

export type SendCodeRefusal = Extract<
  ErrorCode,
  | 'invalid_request'
  | 'invalid_phone'
  | 'unsupported_country'
  | 'undeliverable_phone'
  | 'recipient_opted_out'
  | 'resend_too_soon'
  | 'too_many_requests'
  | 'sms_unavailable'
  | 'sms_paused'
>;

type SendCodeInput = {
  /** As typed; national digits belong to `country`, or to the default country. */
  phone: string;
  /** Default: signing in. */
  purpose?: CodePurpose;
  /** Default: the most usual that reaches the number. `invalid_request` where no vendor of its route can do it. */
  channel?: Channel;
  /** The language of the message, as a tag such as `hi-IN`. Default: English. */
  locale?: string;
  country?: CountryCode;
  name?: string;
  /** Who asked, where the code must be given back by the same: the wizard's flow token, or a session. */
  flow?: string;
  /** The client's address as its limit bucket sees it (`lib/http/client-address.ts`). */
  address: string;
  /** What the CAPTCHA's widget gave, where one was asked for. */
  captchaToken?: string;
  /** The user who asks, where somebody is signed in; they are never asked for a CAPTCHA. */
  signedInAs?: string;
};

export type CodeSent = {
  phone: string;
  challengeId: string;
  channel: Channel;
  codeLength: number;
  expiresInSeconds: number;
  resendInSeconds: number;
};

export type SendCodeDeps = {
  db: Database;
  env: Env;
  clock: Clock;
  hasher: CodeHasher;
  deliver: Deliver;
  keepers: CodeKeepers;
  /** By which channels numbers of a country (ISO 3166 alpha-2) can be reached. */
  channelsOf: (country: string) => readonly Channel[];
  /** Asked while a limit on sending is half full. */
  captcha?: Captcha | null;
  log: { warn(fields: object, message: string): void };
};

/**
 * Makes a code for a number (or has the vendor make it that keeps it), stores its hash and has the message delivered — after the row is committed, never
 * inside a transaction. Answers alike whether or not the number has an account. A failed send lifts the cool-down and gives back
 * what it took from all limits, unless a vendor may have sent it all the same.
 */
export async function sendCode(deps: SendCodeDeps, input: SendCodeInput): Promise<Result<CodeSent, SendCodeRefusal>> {
  const { db } = deps;
  const parsed = destinationOf(deps, input);
  if (!parsed.ok) {
    // Guessing at formats costs a place as well.
    return (await takePlacesOrRefuse(db, sendAddressBuckets(input.address))) ?? parsed;
  }
  // Told before anything is counted: a full queue is nobody's fault.
  deps.hasher.assertRoom();
  const { purpose = 'sign_in', locale = 'en', address, captchaToken = null, signedInAs = null } = input;
  const { phone, channel } = parsed;
  const sendsNothing = parsed.testNumber !== null;
  const request = { phone, channel, purpose, locale, address, captchaToken, signedInAs, sendsNothing };
  const admitted = await admitSend(deps, request);
  if (!admitted.ok) {
    return admitted;
  }
  const going: Going = { challengeId: newId(), taken: admitted.taken, mayHaveGone: false };
  let sent: Result<CodeSent, SendCodeRefusal> | undefined;
  let late = false;
  try {
    sent = await storeAndSend(deps, parsed, input, going);
    return sent;
  } catch (error) {
    late = isDatabaseUnavailable(error);
    throw error;
  } finally {
    if (!sent?.ok) {
      const givenBack = inOwnTime(() => giveBack(deps, going)).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'places not given back'),
      );
      // Of a database that was away people have waited long enough to hear.
      if (!late) await givenBack;
    }
  }
}

/** A code on its way out. */
type Going = Transit & { challengeId: string; taken: Taken };

/** Gives back what a code took that did not go out. Of one that may have gone out only the cool-down is lifted: that a vendor is silent must open no limit. */
function giveBack({ db }: SendCodeDeps, { challengeId, taken, mayHaveGone }: Going): Promise<void> {
  return mayHaveGone
    ? giveBackPlaces(db, { ...taken, buckets: taken.buckets.filter(isCoolDown) })
    : giveBackUnsent(db, challengeId, taken);
}

type Destination = { phone: Phone; testNumber: TestNumber | null; channel: Channel };

/** Where the code shall go, if it can go there by the channel that was asked for. */
function destinationOf(
  deps: SendCodeDeps,
  { phone, country, channel }: SendCodeInput,
): Result<Destination, PhoneRefusal | 'invalid_request'> {
  const parsed = readPhone(deps, phone, country);
  if (!parsed.ok) {
    return parsed;
  }
  const offered = deps.channelsOf(parsed.phone.country);
  if (!channel || parsed.testNumber || offered.includes(channel)) {
    return { ...parsed, channel: channel ?? offered[0] ?? 'sms' };
  }
  const message = `Codes can’t go to this number by ${channel}. ${offered.length ? `Use: ${offered.join(', ')}.` : ''}`;
  return refuse('invalid_request', { errors: [{ path: 'channel', message: message.trimEnd() }] });
}

async function storeAndSend(
  deps: SendCodeDeps,
  { phone, testNumber, channel }: Destination,
  input: SendCodeInput,
  going: Going,
): Promise<Result<CodeSent, SendCodeRefusal>> {
  const { db, env } = deps;
  const { challengeId: id, taken } = going;
  // A test number has a code of its own and reaches no vendor, whoever keeps the codes of its country.
  const keeper = testNumber ? null : deps.keepers.of(phone.country);
  const code = testNumber?.code ?? newCode(env.OTP_LENGTH);
  const name = input.name ? splitName(input.name) : null;
  const purpose = input.purpose ?? 'sign_in';
  const locale = input.locale ?? 'en';
  try {
    await insertChallenge(db, {
      id,
      phone: phone.e164,
      purpose,
      channel,
      locale: messageLocale(locale),
      codeHash: keeper ? null : await deps.hasher.hash(code, id),
      keeper,
      flowHash: input.flow ? tokenHash(input.flow) : null,
      firstName: name?.firstName ?? null,
      lastName: name?.lastName ?? null,
      maxAttempts: env.OTP_MAX_ATTEMPTS,
      ttlSeconds: env.OTP_TTL_SECONDS,
      address: input.address,
      testNumber: testNumber !== null,
      countedIn: taken.buckets.filter(isUnverifiedBucket).map(({ key }) => key),
      countedAt: taken.takenAt,
    });
  } catch (error) {
    if (sqlState(error) === '23505') {
      // Another request stored a code for this number at the same instant: that one is on its way.
      return refuse('resend_too_soon', { retryAfterSeconds: env.OTP_RESEND_SECONDS });
    }
    throw error;
  }
  const { APP_NAME: appName, APP_URL: appUrl, OTP_TTL_SECONDS: ttlSeconds } = env;
  const message: Deliverable = {
    challengeId: id,
    country: phone.country,
    phone: phone.e164,
    channel,
    text:
      channel === 'call'
        ? spokenCode({ appName, code, locale })
        : codeMessage({ purpose, appName, appUrl, code, ttlSeconds, locale }),
    code,
    locale,
    ttlSeconds,
  };
  const delivered = testNumber
    ? await recordTestNumber(db, message)
    : keeper
      ? await deps.keepers.start(keeper, { challengeId: id, phone: phone.e164, channel, locale, ttlSeconds }, going)
      : await deps.deliver(message, going);
  if (!delivered.ok) {
    return refuse(refusalForFailure[delivered.errorClass]);
  }
  return {
    ok: true,
    phone: phone.e164,
    challengeId: id,
    channel,
    codeLength: env.OTP_LENGTH,
    expiresInSeconds: ttlSeconds,
    resendInSeconds: env.OTP_RESEND_SECONDS,
  };
}

/** What the person hears of a vendor's refusal. A vendor's own status never reaches them. */
const refusalForFailure = {
  recipient: 'undeliverable_phone',
  blocked: 'recipient_opted_out',
  region: 'unsupported_country',
  configuration: 'sms_unavailable',
  balance: 'sms_unavailable',
  rate: 'sms_unavailable',
  transient: 'sms_unavailable',
  unknown: 'sms_unavailable',
} as const satisfies Record<ErrorClass, SendCodeRefusal>;
