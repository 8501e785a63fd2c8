import type { Env } from '../env';
import { type ErrorCode, refuse, type Result } from '../errors';
import { relyingParty } from '../passkeys/relying-party';
import { newToken, tokenHash } from '../random';
import { completeSignIn } from '../sessions/sign-in-store';
import { type UserView, userView } from '../users/user-view';
import { clearDevice } from './unlock-store';
import { checkCode, type CheckCodeDeps, type CheckCodeInput, type CheckCodeRefusal } from './check-code';

export type VerifyCodeRefusal = CheckCodeRefusal | Extract<ErrorCode, 'account_suspended' | 'forbidden'>;

export type VerifyCodeInput = Omit<CheckCodeInput, 'purpose'> & {
  /** Fills what the account does not know yet; never overwrites. */
  profile?: { firstName?: string; lastName?: string; email?: string };
  /** `web` for a session cookie, `api` for tokens. */
  kind: 'web' | 'api';
  /** Of kind `api`: the client can keep no refresh token, so there is none, and the session ends with its one access token. */
  accessTokenOnly?: boolean;
  userAgent: string | null;
};

export type Verified = { created: boolean; user: UserView; sessionId: string; refreshToken: string | null };

/**
 * Signs in with a code: checks it ({@link checkCode}), then consumes it and makes the session in one statement.
 * `forbidden`: the account's number was not proved for so long that it may be somebody else's by now, and asks for another proof.
 */
export async function verifyCode(
  deps: CheckCodeDeps,
  input: VerifyCodeInput,
): Promise<Result<Verified, VerifyCodeRefusal>> {
  const checked = await checkCode(deps, { ...input, purpose: 'sign_in' });
  if (!checked.ok) {
    return checked;
  }
  const { env } = deps;
  const refreshToken = input.kind === 'api' && !input.accessTokenOnly ? newToken() : null;
  const done = await completeSignIn(deps.db, {
    challengeId: checked.challengeId,
    kind: input.kind,
    by: 'code',
    profile: {
      firstName: input.profile?.firstName ?? null,
      lastName: input.profile?.lastName ?? null,
      email: input.profile?.email ?? null,
    },
    userAgent: input.userAgent,
    address: input.address,
    refreshTokenHash: refreshToken && tokenHash(refreshToken),
    refreshTtlSeconds: env.REFRESH_TOKEN_TTL_SECONDS,
    lifeSeconds: input.accessTokenOnly ? env.ACCESS_TOKEN_TTL_SECONDS : undefined,
    isTestNumber: checked.isTestNumber,
    isAdminPhone: env.ADMIN_PHONES?.includes(checked.phone) ?? false,
    dormancy: {
      afterDays: env.DORMANT_AFTER_DAYS,
      startsFresh: env.DORMANT_ACCOUNTS === 'start-fresh',
      identityIssuer: env.google && env.GOOGLE_ISSUER,
      passkeys: relyingParty(env) !== null,
    },
  });
  if (!done) {
    return refuse('code_expired');
  }
  if (done.outcome === 'suspended') {
    return refuse('account_suspended');
  }
  if (done.outcome === 'test_number') {
    return refuse('forbidden', { message: 'A test number signs nobody in who administers the app.' });
  }
  if (done.outcome === 'dormant') {
    return refuse('forbidden', { message: dormantText(env) });
  }
  const { created, user, sessionId } = done;
  if (input.knownSession) {
    // The sign-in is done, whatever becomes of this.
    await clearDevice(deps.db, input.knownSession, user.id).catch((error: unknown) =>
      deps.log.warn({ err: error }, 'a device’s wrong tries could not be cleared'),
    );
  }
  return { ok: true, created, user: userView(user, env.APP_URL), sessionId, refreshToken };
}

/** The ways on, for whoever has the number: the account's owner, or the next one. */
function dormantText({ google, SUPPORT_CONTACT: contact }: Env): string {
  const ways = `a passkey, a recovery code${google ? ', Google' : ''}`;
  return `Nobody confirmed this number for so long that it may be somebody else’s by now. Sign in another way (${ways}) and confirm it there, or contact support${contact ? ` (${contact})` : ''}.`;
}
