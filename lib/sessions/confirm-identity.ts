import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { refuse, type Result } from '../errors';
import { checkCode, type CheckCodeDeps, type CheckCodeRefusal } from '../otp/check-code';
import { type CodePurpose, findLiveCode } from '../otp/challenge-store';
import { type CodeSent, sendCode, type SendCodeDeps, type SendCodeRefusal } from '../otp/send-code';
import { canonicalPhone } from '../phone/phone';
import { sessionPolicy } from '../policy';
import { newId, tokenHash } from '../random';
import type { SignedIn } from './authenticate';

/** Ties a code to the session that asked for it. */
export const sessionFlow = (sessionId: string): string => `session:${sessionId}`;

/**
 * Sends a code that only this session can give back. Where a live one for this number and session is on its way already (a
 * dialog opened again, a lost answer), joins that one instead of refusing.
 */
export async function sendForSession(
  deps: SendCodeDeps,
  who: SignedIn,
  input: { phone: string; purpose: CodePurpose; address: string },
): Promise<Result<CodeSent, SendCodeRefusal>> {
  const flow = sessionFlow(who.sessionId);
  const sent = await sendCode(deps, { ...input, locale: who.user.locale, flow, signedInAs: who.user.id });
  const parsed = canonicalPhone(input.phone, deps.env.DEFAULT_COUNTRY, deps.env.ALLOWED_COUNTRIES);
  if (sent.ok || sent.code !== 'resend_too_soon' || !parsed.ok) {
    return sent;
  }
  const phone = parsed.phone.e164;
  const running = await findLiveCode(deps.db, { phone, purpose: input.purpose, flowHash: tokenHash(flow) });
  return running
    ? {
        ok: true,
        phone,
        codeLength: deps.env.OTP_LENGTH,
        resendInSeconds: sent.retryAfterSeconds ?? deps.env.OTP_RESEND_SECONDS,
        ...running,
      }
    : sent;
}

/** Sends a code to one's own number, to confirm in a running session that it's still the same person. */
export async function sendConfirmation(
  deps: SendCodeDeps,
  who: SignedIn,
  input: { address: string },
): Promise<Result<CodeSent, SendCodeRefusal | 'conflict'>> {
  const { phone } = who.user;
  return phone
    ? sendForSession(deps, who, { phone, purpose: 'confirm', address: input.address })
    : refuse('conflict', { message: 'This account has no number yet. Sign in again to confirm it’s you.' });
}

/** Checks that code: for the next ten minutes this session has the fresh proof that guarded actions ask for. */
export async function confirmIdentity(
  deps: CheckCodeDeps,
  who: SignedIn,
  input: { code: string; address: string },
): Promise<Result<{ freshForSeconds: number }, CheckCodeRefusal>> {
  const { phone } = who.user;
  if (!phone) {
    return refuse('code_expired');
  }
  const { code, address } = input;
  const { sessionId } = who;
  const flow = sessionFlow(sessionId);
  const checked = await checkCode(deps, { phone, purpose: 'confirm', flow, code, address, knownSession: sessionId });
  if (!checked.ok) {
    return checked;
  }
  const confirmed = await recordProof(deps.db, { challengeId: checked.challengeId, who, address });
  return confirmed ? { ok: true, freshForSeconds: sessionPolicy.freshProofSeconds } : refuse('code_expired');
}

/**
 * Spends the code and notes the proof, in one statement; false when the code was no longer live or the session ended. A
 * change that waits because the number was said to be lost is taken back: here it is.
 */
async function recordProof(
  db: Database,
  proof: { challengeId: string; who: SignedIn; address: string },
): Promise<boolean> {
  const { challengeId, who, address } = proof;
  const rows = await db.execute(sql`
    with consumed as (
      update otp_challenges set consumed_at = now()
      where id = ${challengeId}::uuid and consumed_at is null and superseded_at is null and expires_at > now()
        and exists (select from sessions where id = ${who.sessionId}::uuid and revoked_at is null)
      returning phone
    ), proved as (
      update users set phone_proved_at = now()
      where id = ${who.user.id}::uuid and phone in (select phone from consumed)
      returning id
    ), confirmed as (
      update sessions set proved_at = now(), wrong_codes = 0
      where id = ${who.sessionId}::uuid and revoked_at is null and user_id in (select id from proved)
      returning id
    ), found_again as (
      delete from phone_changes where user_id in (select id from proved) and exists (select from confirmed) returning user_id
    ), undone as (
      insert into audit_events (id, event, user_id, session_id, phone, address)
      select ${newId()}::uuid, ${'user.phone_change_cancelled' satisfies AuditEvent}, user_id, ${who.sessionId}::uuid,
        ${who.user.phone}, ${address} from found_again
    )
    insert into audit_events (id, event, user_id, session_id, phone, address)
    select ${newId()}::uuid, ${'session.confirmed' satisfies AuditEvent}, ${who.user.id}::uuid, id, ${who.user.phone}, ${address}
    from confirmed returning id`);
  return rows.length > 0;
}
