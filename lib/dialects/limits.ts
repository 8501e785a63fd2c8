import { codePolicy, limitPolicy, type LimitPolicy } from '../policy';

const within = ({ places, windowSeconds }: LimitPolicy, who: string) =>
  windowSeconds >= 3_600
    ? `${places} in ${windowSeconds / 3_600} h for one ${who}`
    : `${places} in ${windowSeconds / 60} min for one ${who}`;

/** The limits in words. All ways of asking for a code, and of giving one back, share their counters. */
export const limitsOf = {
  sending: [
    `One in ${codePolicy.resendSeconds} s for one number (setting OTP_RESEND_SECONDS)`,
    within(limitPolicy.sendsPerPhoneShort, 'number'),
    within(limitPolicy.sendsPerPhoneLong, 'number'),
    within(limitPolicy.sendsPerAddressShort, 'client address'),
    within(limitPolicy.sendsPerAddressLong, 'client address'),
  ],
  verifying: [
    `${codePolicy.maxAttempts} wrong tries for one code (setting OTP_MAX_ATTEMPTS)`,
    within(limitPolicy.verificationsPerAddress, 'client address'),
  ],
  refreshing: [
    within(limitPolicy.refreshesPerSession, 'session'),
    `${within(limitPolicy.unknownRefreshesPerAddress, 'client address')}, of tokens that are none of ours`,
  ],
  lookingUp: [within(limitPolicy.lookUpsPerAdministrator, 'administrator')],
  changing: [within(limitPolicy.changesPerSession, 'session')],
} as const;
