import { limitPolicy } from '../policy';
import type { SendWindow } from '../otp/send-windows';
import type { TrailRow } from './look-up-store';

const channels: Record<string, string> = { sms: 'by SMS', call: 'by call', whatsapp: 'by WhatsApp' };
export const channelWords = (channel = 'sms'): string => channels[channel] ?? `by ${channel}`;

const purposes: Record<string, string> = {
  sign_in: 'to sign in',
  confirm: 'to confirm it’s them',
  new_phone: 'to prove a new number',
  new_phone_lost_sim: 'to prove a new number, the old one lost',
};
export const purposeWords = (purpose = 'sign_in'): string => purposes[purpose] ?? purpose;

/** What became of a code. */
export const stateWords: Record<NonNullable<TrailRow['state']>, string> = {
  used: 'The code was used.',
  replaced: 'A newer code replaced it.',
  expired: 'It expired unused.',
  exhausted: 'All its tries are used up.',
  live: 'It still works.',
};

const { sendsPerPhoneShort, sendsPerPhoneLong, sendsPerAddressShort, sendsPerAddressLong, sendsToNewNumbersPerUser } =
  limitPolicy;

const limits: Record<SendWindow, string> = {
  resend: 'the code before was sent only a moment earlier. The wait is shown on the page.',
  'send:address:short': `more than ${sendsPerAddressShort.places} codes in ten minutes from one address. A shared network can do that.`,
  'send:address:long': `more than ${sendsPerAddressLong.places} codes in an hour from one address. A shared network can do that.`,
  'send:user': `more than ${sendsToNewNumbersPerUser.places} codes in a day from one account to numbers it wanted to change to.`,
  'send:phone:short': `more than ${sendsPerPhoneShort.places} codes to this number in ten minutes.`,
  'send:phone:long': `more than ${sendsPerPhoneLong.places} codes to this number in a day.`,
  'send:range':
    'too many codes in an hour to numbers that differ in their last four digits only (SMS_RANGE_LIMIT_PER_HOUR).',
  'send:country': 'too many codes to this country in ten minutes (SMS_COUNTRY_LIMIT_PER_10_MINUTES).',
  'budget:hour': 'the app’s budget for this hour is used up (SMS_BUDGET_PER_HOUR).',
  'budget:day': 'the app’s budget for this day is used up (SMS_BUDGET_PER_DAY).',
  'spend:day': 'messages of the last 24 hours cost as much as they may (SMS_SPEND_PER_DAY).',
  pause: 'sending was switched off, for everybody or for this country or range. The status page says where and why.',
};

/** Why a request was refused. */
export const limitWords = (window: string | undefined): string => limits[window as SendWindow] ?? 'a limit.';

const unlockers: Record<string, string> = {
  google: 'By signing in with Google.',
  passkey: 'By signing in with a passkey.',
  'npm run admin': 'By npm run admin.',
};

/** By whom or what wrong tries were cleared. */
export const unlockWords = (by = ''): string => unlockers[by] ?? 'By an administrator.';
