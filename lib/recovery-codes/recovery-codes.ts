import { isSupportedCountry } from 'libphonenumber-js/max';
import type { Clock } from '../clock';
import { type ErrorCode, refuse, type Result } from '../errors';
import { noticeTexts } from '../notifications/notice-texts';
import { type NoticeDeps, sendNotice } from '../notifications/send-notice';
import { readKnownPhone } from '../otp/read-phone';
import type { PhoneRefusal } from '../phone/phone';
import { limitPolicy } from '../policy';
import { newToken, tokenHash } from '../random';
import { type Bucket, takePlacesOrRefuse } from '../rate-limit/rate-limit';
import type { SignedIn } from '../sessions/authenticate';
import { missingProof } from '../sessions/fresh-proof';
import { type UserView, userView } from '../users/user-view';
import { newRecoveryCodes, recoveryCodeHash } from './recovery-code';
import { findRecoveryCodes, replaceRecoveryCodes, signInWithRecoveryCode } from './recovery-code-store';

export type RecoveryDeps = NoticeDeps & { clock: Clock; recoveryKey: Buffer };

/** One's sheet of recovery codes; `made_at` is ISO 8601 UTC. Null: there is none. The codes themselves are shown once. */
export type RecoveryCodesView = { made_at: string; left: number } | null;

export async function recoveryCodesOf({ db }: Pick<RecoveryDeps, 'db'>, who: SignedIn): Promise<RecoveryCodesView> {
  const sheet = await findRecoveryCodes(db, who.user.id);
  return sheet && { made_at: sheet.madeAt.toISOString(), left: sheet.left };
}

/**
 * Makes a new sheet, which takes a fresh proof, and answers it this once; the one before is worth nothing from now on. The
 * number is told. `conflict`: no number yet, without which a code can't be used. `forbidden`: administrators have none.
 */
export async function makeRecoveryCodes(
  deps: RecoveryDeps,
  who: SignedIn,
  input: { address: string },
): Promise<Result<{ codes: string[] }, 'fresh_proof_required' | 'conflict' | 'forbidden' | 'token_revoked'>> {
  const { user, sessionId } = who;
  if (user.role === 'admin') {
    return refuse('forbidden', { message: NOT_FOR_ADMINS });
  }
  if (!user.phone) {
    return refuse('conflict', { message: 'Add a phone number first: recovery codes are used together with it.' });
  }
  const unproved = missingProof(deps.clock, who);
  if (unproved) {
    return unproved;
  }
  const codes = newRecoveryCodes();
  const hashes = codes.map((code) => recoveryCodeHash(deps.recoveryKey, code));
  const by = { userId: user.id, sessionId, phone: user.phone, address: input.address };
  if (!(await replaceRecoveryCodes(deps.db, hashes, by))) {
    return refuse('token_revoked');
  }
  const text = noticeTexts.recoveryCodesMade(deps.env.APP_NAME);
  await sendNotice(deps, { phone: user.phone, kind: 'recoveryCodesMade', text });
  return { ok: true, codes };
}

const NOT_FOR_ADMINS = 'Recovery codes don’t open an administrator’s account. Ask whoever runs this service for help.';

type RecoveryInput = {
  phone: string;
  /** Of national digits (ISO 3166 alpha-2); default: the settings’. */
  country?: string;
  code: string;
  /** `web` for a session cookie, `api` for tokens. */
  kind: 'web' | 'api';
  address: string;
  userAgent: string | null;
};

/**
 * Signs in with a number and one of its account's recovery codes: the way back when phone and passkey are lost. The session
 * has a fresh proof, so that the number can be changed at once; the number on record is told, by whoever holds it now.
 *
 * An unknown number, an account without codes, a wrong and a used code are one answer after one and the same statement.
 */
export async function recover(
  deps: RecoveryDeps,
  input: RecoveryInput,
): Promise<
  Result<
    { user: UserView; sessionId: string; refreshToken: string | null; left: number },
    PhoneRefusal | Extract<ErrorCode, 'invalid_code' | 'too_many_requests' | 'account_suspended' | 'forbidden'>
  >
> {
  const { db, env } = deps;
  const { address } = input;
  const country = input.country && isSupportedCountry(input.country) ? input.country : undefined;
  // Nothing is sent: a number that gets no codes any more is the very case for another way in.
  const parsed = readKnownPhone(deps, input.phone, country);
  const phone = parsed.ok ? parsed.phone.e164 : null;
  const limited = await takePlacesOrRefuse(db, [...recoveryAddressBuckets(address), ...phoneBuckets(phone)]);
  if (limited) {
    return limited;
  }
  if (!parsed.ok) {
    return parsed;
  }
  const refreshToken = input.kind === 'api' ? newToken() : null;
  const done = await signInWithRecoveryCode(db, {
    by: 'recovery_code',
    phone: parsed.phone.e164,
    codeHash: recoveryCodeHash(deps.recoveryKey, input.code),
    isTestNumber: parsed.testNumber !== null,
    kind: input.kind,
    userAgent: input.userAgent,
    address,
    refreshTokenHash: refreshToken && tokenHash(refreshToken),
    refreshTtlSeconds: env.REFRESH_TOKEN_TTL_SECONDS,
  });
  switch (done.outcome) {
    case 'wrong':
      return refuse('invalid_code', {
        message: 'This number and this recovery code don’t belong together. Check both; each code works once.',
      });
    case 'suspended':
      return refuse('account_suspended');
    case 'admin':
      return refuse('forbidden', { message: NOT_FOR_ADMINS });
    case 'test_number':
      return refuse('forbidden', { message: 'A test number signs nobody in who administers the app.' });
    case 'signed_in':
      await sendNotice(deps, {
        phone: parsed.phone.e164,
        kind: 'recoveryCodeUsed',
        text: noticeTexts.recoveryCodeUsed(env.APP_NAME),
      });
      return {
        ok: true,
        user: userView(done.user, env.APP_URL),
        sessionId: done.sessionId,
        refreshToken,
        left: done.left,
      };
  }
}

/** The window of the client's address; neither codes nor passkeys can use it up. */
export const recoveryAddressBuckets = (address: string): Bucket[] => [
  { key: `recover:address:${address}`, policy: limitPolicy.recoveriesPerAddress },
];

const phoneBuckets = (phone: string | null): Bucket[] =>
  phone === null ? [] : [{ key: `recover:phone:${phone}`, policy: limitPolicy.recoveriesPerPhone }];
