import type { Database } from '../db/client';
import type { Env } from '../env';
import { type ErrorCode, refuse, type Refusal, type Result } from '../errors';
import type { Clock } from '../clock';
import { limitPolicy } from '../policy';
import { tokenHash } from '../random';
import { type Bucket, takePlacesOrRefuse } from '../rate-limit/rate-limit';
import type { CodeKeepers } from '../sms/keepers';
import { type CodePurpose, countAttempt, type CountedAttempt, keepApproved } from './challenge-store';
import type { CodeHasher } from './code-hasher';
import { readPhone } from './read-phone';
import { waitInWords } from './wait-words';

export type CheckCodeRefusal = Extract<
  ErrorCode,
  | 'invalid_phone'
  | 'unsupported_country'
  | 'undeliverable_phone'
  | 'invalid_code'
  | 'code_expired'
  | 'too_many_attempts'
  | 'too_many_requests'
  | 'sms_unavailable'
>;

export type CheckCodeInput = {
  phone: string;
  purpose: CodePurpose;
  code: string;
  /** Where the caller has one, the code must be the one of this challenge, and of this flow (or session). */
  challengeId?: string;
  flow?: string;
  address: string;
  /** The session whose cookie the browser has, live or over: a device that the account knows has a count of wrong tries of its own. */
  knownSession?: string;
};

export type CheckCodeDeps = {
  db: Database;
  env: Env;
  clock: Clock;
  hasher: CodeHasher;
  keepers: CodeKeepers;
  log: { warn(fields: object, message: string): void };
};

/**
 * The one door: every code, whatever it is for and whichever way it comes, is checked here and so shares its counters.
 *
 * Order: take a place in the client's window, count the attempt (committed, and only then the hash is known), compare. The
 * caller then spends the code in the statement that does what it is for, guarded against a second use; killed in between,
 * the code still works.
 *
 * Where a vendor keeps the code, it is asked in place of the compare. A try that it could not judge stays counted: it may have
 * counted it as well, and tries that can be had for nothing are what a guesser waits for. Once it said yes it has forgotten the
 * code, so its yes is written down before anything else happens.
 */
export async function checkCode(
  deps: CheckCodeDeps,
  input: CheckCodeInput,
): Promise<Result<{ challengeId: string; phone: string; isTestNumber: boolean }, CheckCodeRefusal>> {
  const { db, env } = deps;
  const limited = await takePlacesOrRefuse(db, verifyAddressBuckets(input.address));
  if (limited) {
    return limited;
  }
  const parsed = readPhone({ env, clock: oldestCode(deps) }, input.phone);
  if (!parsed.ok) {
    return parsed;
  }
  deps.hasher.assertRoom();
  const attempt = await countAttempt(
    db,
    {
      phone: parsed.phone.e164,
      purpose: input.purpose,
      challengeId: input.challengeId ?? null,
      flowHash: input.flow ? tokenHash(input.flow) : null,
      address: input.address,
      knownSession: input.knownSession ?? null,
    },
    env.OTP_RESEND_SECONDS,
  );
  if (attempt.kind !== 'counted') {
    return refusalOf(env, attempt);
  }
  const phone = parsed.phone.e164;
  switch (await verdictOf(deps, attempt, phone, input.code)) {
    case 'right':
      return { ok: true, challengeId: attempt.challengeId, phone, isTestNumber: parsed.testNumber !== null };
    case 'wrong':
      return refuse('invalid_code', { attemptsLeft: attempt.attemptsLeft });
    case 'gone':
      return refuse('code_expired');
    case 'unavailable':
      return refuse('sms_unavailable', { message: 'We couldn’t check the code just now. Try again in a moment.' });
  }
}

/**
 * When the oldest code that still lives was asked for. A number that was a test number then may have its fixed code yet, after
 * the end of its last day, and what holds for those holds for it.
 */
const oldestCode = ({ clock, env }: CheckCodeDeps): Clock => ({
  now: () => new Date(clock.now().getTime() - env.OTP_TTL_SECONDS * 1000),
});

async function verdictOf(
  { db, hasher, keepers, log }: CheckCodeDeps,
  { proof, challengeId }: Extract<CountedAttempt, { kind: 'counted' }>,
  phone: string,
  code: string,
): ReturnType<CodeKeepers['check']> {
  if ('codeHash' in proof) {
    return (await hasher.matches(code, challengeId, proof.codeHash)) ? 'right' : 'wrong';
  }
  const { keeper, verificationId } = proof;
  if (verificationId === null) {
    return 'gone';
  }
  // Hashed beforehand: after the vendor's yes every millisecond counts.
  const codeHash = await hasher.hash(code, challengeId).catch(() => null);
  const verdict = await keepers.check({ keeper, verificationId, phone, code });
  if (verdict === 'right' && codeHash) {
    await keepApproved(db, challengeId, codeHash).catch((error: unknown) =>
      log.warn({ err: error }, 'an approval was not noted'),
    );
  }
  return verdict;
}

function refusalOf(env: Env, attempt: Exclude<CountedAttempt, { kind: 'counted' }>): Refusal<CheckCodeRefusal> {
  switch (attempt.kind) {
    case 'none':
      return refuse('code_expired');
    case 'exhausted':
      return refuse('too_many_attempts', {
        attemptsLeft: 0,
        retryAfterSeconds: attempt.retryAfterSeconds,
        message: 'Too many wrong codes. Ask for a new one.',
      });
    case 'throttled':
      return refuse('too_many_attempts', {
        retryAfterSeconds: attempt.retryAfterSeconds,
        message: `Too many wrong codes for this number. Try again in ${waitInWords(attempt.retryAfterSeconds)}.`,
      });
    case 'locked':
      return refuse('too_many_attempts', {
        retryAfterSeconds: attempt.retryAfterSeconds,
        message: stoppedText(env, attempt.retryAfterSeconds),
      });
  }
}

/** The ways on for whoever has the number, and the wait: the same for everybody, whether or not there is an account behind it. */
function stoppedText({ google, SUPPORT_CONTACT: contact }: Env, retryAfterSeconds: number): string {
  const ways = [
    'sign in with a passkey or a recovery code',
    ...(google ? ['with Google if you linked it'] : []),
    'use a browser you signed in with before',
    `contact support${contact ? ` (${contact})` : ''}`,
  ];
  const sentence = ways.join(', or ');
  return `There were too many wrong codes for this number, so codes to it are stopped. ${sentence.charAt(0).toUpperCase()}${sentence.slice(1)}. Without any of these, one more code is checked in ${waitInWords(retryAfterSeconds)}.`;
}

/** The window of the client's address; asking for codes can't use it up. */
export const verifyAddressBuckets = (address: string): Bucket[] => [
  { key: `verify:address:${address}`, policy: limitPolicy.verificationsPerAddress },
];
