import type { Database } from '../db/client';
import type { Env } from '../env';
import { type ErrorCode, refuse, type Refusal, type Result } from '../errors';
import { canonicalPhone } from '../phone/phone';
import { limitPolicy } from '../policy';
import { newToken, tokenHash } from '../random';
import { type Bucket, takePlaces } from '../rate-limit/rate-limit';
import { completeSignIn } from '../sessions/sign-in-store';
import { type UserView, userView } from '../users/user-view';
import { countAttempt, type CountedAttempt } from './challenge-store';
import type { CodeHasher } from './code-hasher';

export type VerifyCodeRefusal = Extract<
  ErrorCode,
  | 'invalid_phone'
  | 'unsupported_country'
  | 'undeliverable_phone'
  | 'invalid_code'
  | 'code_expired'
  | 'too_many_attempts'
  | 'too_many_requests'
  | 'account_suspended'
>;

export type VerifyCodeInput = {
  phone: string;
  code: string;
  /** Where the caller has one, the code must be the one of this challenge or this browser's flow. */
  challengeId?: string;
  flow?: string;
  /** Fills what the account does not know yet; never overwrites. */
  profile?: { firstName?: string; lastName?: string; email?: string };
  /** `web` for a session cookie, `api` for tokens. */
  kind: 'web' | 'api';
  address: string;
  userAgent: string | null;
};

export type Verified = { created: boolean; user: UserView; sessionId: string; refreshToken: string | null };

export type VerifyCodeDeps = { db: Database; env: Env; hasher: CodeHasher };

/**
 * The one door: every way in checks a code here, and so shares its counters.
 *
 * Order: take a place in the client's window, count the attempt (committed, and only then the hash is known), compare,
 * then one statement that consumes the code and makes the session. Killed in between, the code still works.
 */
export async function verifyCode(
  deps: VerifyCodeDeps,
  input: VerifyCodeInput,
): Promise<Result<Verified, VerifyCodeRefusal>> {
  const { db, env } = deps;
  const { limited } = await takePlaces(db, verifyAddressBuckets(input.address));
  if (limited) {
    return refuse('too_many_requests', { retryAfterSeconds: limited.retryAfterSeconds });
  }
  const parsed = canonicalPhone(input.phone, env.DEFAULT_COUNTRY, env.ALLOWED_COUNTRIES);
  if (!parsed.ok) {
    return parsed;
  }
  deps.hasher.assertRoom();
  const attempt = await countAttempt(
    db,
    {
      phone: parsed.phone.e164,
      challengeId: input.challengeId ?? null,
      flowHash: input.flow ? tokenHash(input.flow) : null,
      address: input.address,
    },
    env.OTP_RESEND_SECONDS,
  );
  if (attempt.kind !== 'counted') {
    return refusalOf(attempt);
  }
  if (!(await deps.hasher.matches(input.code, attempt.challengeId, attempt.codeHash))) {
    return refuse('invalid_code', { attemptsLeft: attempt.attemptsLeft });
  }
  return signIn(deps, input, attempt.challengeId);
}

async function signIn(
  deps: VerifyCodeDeps,
  input: VerifyCodeInput,
  challengeId: string,
): Promise<Result<Verified, VerifyCodeRefusal>> {
  const refreshToken = input.kind === 'api' ? newToken() : null;
  const done = await completeSignIn(deps.db, {
    challengeId,
    kind: input.kind,
    profile: {
      firstName: input.profile?.firstName ?? null,
      lastName: input.profile?.lastName ?? null,
      email: input.profile?.email ?? null,
    },
    userAgent: input.userAgent?.slice(0, 400) ?? null,
    address: input.address,
    refreshTokenHash: refreshToken && tokenHash(refreshToken),
    refreshTtlSeconds: deps.env.REFRESH_TOKEN_TTL_SECONDS,
  });
  if (!done) {
    return refuse('code_expired');
  }
  if (done.sessionId === null) {
    return refuse('account_suspended');
  }
  return {
    ok: true,
    created: done.created,
    user: userView(done.user, deps.env.APP_URL),
    sessionId: done.sessionId,
    refreshToken,
  };
}

function refusalOf(attempt: Exclude<CountedAttempt, { kind: 'counted' }>): Refusal<VerifyCodeRefusal> {
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
      return refuse('too_many_attempts', { retryAfterSeconds: attempt.retryAfterSeconds });
    case 'locked':
      return refuse('too_many_attempts', {
        message: 'There were too many wrong codes for this number. Contact support to sign in again.',
      });
  }
}

/** The window of the client's address; asking for codes can't use it up. */
export const verifyAddressBuckets = (address: string): Bucket[] => [
  { key: `verify:address:${address}`, policy: limitPolicy.verificationsPerAddress },
];
