import { codePolicy, limitPolicy, type LimitPolicy, phoneThrottlePolicy } from '../policy';

function window({ places, windowSeconds }: LimitPolicy): string {
  const [amount, unit] = windowSeconds >= 3_600 ? [windowSeconds / 3_600, 'hour'] : [windowSeconds / 60, 'minute'];
  return `${places.toLocaleString('en')} in ${amount} ${unit}${amount === 1 ? '' : 's'}`;
}

/**
 * The limits of the calls in words: the defaults, each beside the setting that replaces it, where there is one. Those of an
 * address count malformed requests as well.
 */
export const limitsOf = {
  sending: [
    `One code per number in ${codePolicy.resendSeconds} seconds (\`OTP_RESEND_SECONDS\`): \`resend_too_soon\``,
    `Per number ${window(limitPolicy.sendsPerPhoneShort)} and ${window(limitPolicy.sendsPerPhoneLong)}`,
    `Per client address ${window(limitPolicy.sendsPerAddressShort)} and ${window(limitPolicy.sendsPerAddressLong)}; codes that could not be sent count apart, by the same limits`,
    `Per range of ten thousand numbers ${window(limitPolicy.sendsPerRange)} (\`SMS_RANGE_LIMIT_PER_HOUR\`), per country ${window(limitPolicy.sendsPerCountry)} (\`SMS_COUNTRY_LIMIT_PER_10_MINUTES\`)`,
    `For the whole app ${window(limitPolicy.sendsPerHour)} (\`SMS_BUDGET_PER_HOUR\`) and ${window(limitPolicy.sendsPerDay)} (\`SMS_BUDGET_PER_DAY\`): \`sms_paused\``,
  ],
  sendingToNew: [`Per account ${window(limitPolicy.sendsToNewNumbersPerUser)}, to numbers it does not have yet`],
  verifying: [
    `${codePolicy.maxAttempts} tries per code (\`OTP_MAX_ATTEMPTS\`), then \`too_many_attempts\``,
    `From ${phoneThrottlePolicy.backOffFrom} wrong tries in a row for a number, waits that double up to an hour`,
    `Per client address ${window(limitPolicy.verificationsPerAddress)}`,
  ],
  passkeyOptions: [`Per client address ${window(limitPolicy.passkeyOptionsPerAddress)}`],
  passkeyVerifying: [`Per client address ${window(limitPolicy.passkeyVerificationsPerAddress)}`],
  recovering: [
    `Per number ${window(limitPolicy.recoveriesPerPhone)}`,
    `Per client address ${window(limitPolicy.recoveriesPerAddress)}`,
  ],
  refreshing: [
    `Per session ${window(limitPolicy.refreshesPerSession)}`,
    `Per client address ${window(limitPolicy.unknownRefreshesPerAddress)}, of tokens that are none of ours`,
  ],
  lookingUp: [`Per administrator ${window(limitPolicy.lookUpsPerAdministrator)}`],
  changing: [`Per session ${window(limitPolicy.changesPerSession)}, all changes together`],
  exporting: [`Per session ${window(limitPolicy.exportsPerSession)}`],
} as const;
