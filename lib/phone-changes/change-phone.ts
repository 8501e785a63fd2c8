import type { Clock } from '../clock';
import { type ErrorCode, refuse, type Refusal, type Result } from '../errors';
import { noticeTexts } from '../notifications/notice-texts';
import { sendNotice } from '../notifications/send-notice';
import { checkCode, type CheckCodeRefusal } from '../otp/check-code';
import type { CodeSent, SendCodeDeps, SendCodeRefusal } from '../otp/send-code';
import { canonicalPhone } from '../phone/phone';
import { inOwnTime } from '../request-context';
import type { SignedIn } from '../sessions/authenticate';
import { sendForSession, sessionFlow } from '../sessions/confirm-identity';
import { missingProof } from '../sessions/fresh-proof';
import { type UserView, userView } from '../users/user-view';
import { completePhoneChange, scheduleLostSimChange } from './phone-change-store';
import { tellOldNumber } from './waiting-change';

type ChangePhoneDeps = SendCodeDeps & { clock: Clock };

/** `oldNumberLost`: the person can't confirm with the old number; the change then waits, and the old number is told. */
type ChangePhoneInput = { phone: string; oldNumberLost: boolean; address: string };

type Unfit = Extract<ErrorCode, 'fresh_proof_required' | 'forbidden' | 'invalid_request'>;

/**
 * Sends a code to the number somebody wants to have from now on, tied to their session, or joins one that is on its way.
 * Whether the number belongs to another account is told only after a right code.
 */
export async function requestPhoneChange(
  deps: ChangePhoneDeps,
  who: SignedIn,
  input: ChangePhoneInput,
): Promise<Result<CodeSent, SendCodeRefusal | Unfit>> {
  const { phone, address } = input;
  return whyNot(deps, who, input) ?? sendForSession(deps, who, { phone, purpose: purposeOf(input), address });
}

/**
 * Checks that code. With the old number at hand (fresh proof) the change is made at once, all other sessions end, and the
 * old number is told. Without it (`effectiveAt`) it waits for {@link accountPolicy.lostSimCoolingOffSeconds}, and the old
 * number is told now, while its owner can still object. `conflict`: the number is another account's; the code is spent.
 */
export async function confirmPhoneChange(
  deps: ChangePhoneDeps,
  who: SignedIn,
  input: ChangePhoneInput & { code: string },
): Promise<Result<{ user: UserView } | { effectiveAt: Date }, CheckCodeRefusal | Unfit | 'conflict'>> {
  const unfit = whyNot(deps, who, input);
  if (unfit) {
    return unfit;
  }
  const { phone, code, address } = input;
  const flow = sessionFlow(who.sessionId);
  const checked = await checkCode(deps, { phone, purpose: purposeOf(input), flow, code, address });
  if (!checked.ok) {
    return checked;
  }
  const proved = { challengeId: checked.challengeId, userId: who.user.id, sessionId: who.sessionId, address };
  const done = input.oldNumberLost
    ? await scheduleLostSimChange(deps.db, proved)
    : await completePhoneChange(deps.db, proved);
  switch (done.outcome) {
    case 'gone':
      return refuse('code_expired');
    case 'taken':
      return refuse('conflict', {
        message:
          'This number belongs to another account. Sign in with it to use that account, or delete that one first.',
      });
    case 'changed':
      if (done.oldPhone) {
        const text = noticeTexts.phoneChanged(deps.env.APP_NAME, checked.phone);
        await sendNotice(deps, { phone: done.oldPhone, kind: 'phoneChanged', text });
      }
      return { ok: true, user: userView(done.user, deps.env.APP_URL) };
    case 'waits': {
      const { effectiveAt } = done;
      const { id: userId, time_zone: timeZone } = who.user;
      const change = { userId, oldPhone: done.oldPhone, newPhone: checked.phone, effectiveAt, timeZone };
      await inOwnTime(() => tellOldNumber(deps, change)).catch((error: unknown) =>
        deps.log.warn({ err: error }, 'notice not noted'),
      );
      return { ok: true, effectiveAt };
    }
  }
}

const purposeOf = ({ oldNumberLost }: ChangePhoneInput) => (oldNumberLost ? 'new_phone_lost_sim' : 'new_phone');

/** What must be right before a code is sent, and still when it comes back. */
function whyNot(deps: ChangePhoneDeps, who: SignedIn, input: ChangePhoneInput): Refusal<Unfit> | null {
  if (input.oldNumberLost && who.user.role === 'admin') {
    return refuse('forbidden', {
      message:
        'An administrator’s number changes only with the old one at hand. Ask whoever runs this service for help.',
    });
  }
  if (input.oldNumberLost && !who.user.phone) {
    return refuse('invalid_request', {
      errors: [{ path: 'old_number_lost', message: 'This account has no number yet' }],
    });
  }
  const unproved = input.oldNumberLost ? null : missingProof(deps.clock, who);
  if (unproved) {
    return unproved;
  }
  const { DEFAULT_COUNTRY, ALLOWED_COUNTRIES } = deps.env;
  const parsed = canonicalPhone(input.phone, DEFAULT_COUNTRY, ALLOWED_COUNTRIES);
  return parsed.ok && parsed.phone.e164 === who.user.phone
    ? refuse('invalid_request', { errors: [{ path: 'phone', message: 'This is your number already' }] })
    : null;
}
