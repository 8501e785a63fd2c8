import type { ErrorClass } from './sender';
import { bulksmsbdCodes, bulksmsbdTrouble } from './vendors/bulksmsbd';
import { playmobileTrouble } from './vendors/playmobile';
import { playmobileCodes } from './vendors/playmobile-codes';
import type { Known } from './vendors/trouble';
import { twilioCodes } from './vendors/twilio-codes';
import { twilioStatus } from './vendors/twilio-status';

/** The delivery row of a number whose code is fixed and that nothing is ever sent to. */
export const TEST_NUMBER = 'test-number';

const names: Record<string, string> = {
  inbox: 'the development inbox',
  twilio: 'Twilio',
  'twilio-verify': 'Twilio Verify',
  playmobile: 'PlayMobile',
  bulksmsbd: 'BulkSMS BD',
};

/** A vendor as people call it. */
export const vendorName = (provider: string): string => names[provider] ?? provider;

/** Such words at the beginning of a sentence. */
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Vendors that never report what became of a message. */
export const sendsNoReceipts = (provider: string): boolean =>
  ['inbox', 'bulksmsbd', 'twilio-verify'].includes(provider);

const said = (known: Known | undefined) => known && `${known.cause} ${known.remedy}`;

/** What a vendor's own code means, where its table has it, and an HTTP status that came without one. */
type Meanings = Record<'code' | 'status', (value: number) => string | undefined>;

const twilio: Meanings = { code: (code) => twilioCodes[code]?.[1], status: (status) => twilioStatus(status)[1] };
const meanings: Record<string, Meanings> = {
  twilio,
  'twilio-verify': twilio,
  playmobile: {
    code: (code) => said(playmobileCodes[code]),
    status: (status) => said(playmobileTrouble({ status, text: '' })),
  },
  bulksmsbd: {
    code: (code) => said(bulksmsbdCodes[code]),
    status: (status) => said(bulksmsbdTrouble({ status, text: '' })),
  },
};

/** Codes of our own, and the words of PlayMobile's reports. */
const words: Record<string, string> = {
  timeout: 'It gave no whole answer in time: the message may have gone out all the same.',
  reset: 'It broke off before it answered: the message may have gone out all the same.',
  garbage: 'It answered in a form that is not its API’s: check the address in the settings.',
  too_large: 'It answered far more than its API ever does: check the address in the settings.',
  unreachable: 'It could not be reached from this server: check its address, DNS and the firewall.',
  not_bangladesh: 'It delivers to mobile numbers of Bangladesh only.',
  not_uzbekistan: 'It delivers to numbers of Uzbekistan only.',
  notdelivered: 'The phone was off or out of reach for as long as the code lived.',
  expired: 'The phone was off or out of reach for as long as the code lived.',
  rejected: 'The operator rejected the message: a block list, or a sender or text that is not registered.',
  failed: 'The operator could not deliver the message.',
  busy: 'The line was busy.',
  'no-answer': 'Nobody answered the call.',
};

const classes: Record<ErrorClass, string> = {
  recipient: 'The number does not exist, is switched off or can’t take such messages.',
  blocked: 'The person, the operator or the vendor blocks messages to this number.',
  region: 'The vendor does not deliver to this country, or is not allowed to.',
  configuration: 'The vendor’s account or our settings for it are wrong: run npm run doctor.',
  balance: 'The balance with the vendor is used up: top it up.',
  rate: 'The vendor was asked more often than the account may.',
  transient: 'A passing fault at the vendor or an operator.',
  unknown: 'The vendor gave no clear answer: the message may have gone out all the same.',
};

/** Why a message failed, in plain words for the operator: by the vendor's own code, or its HTTP status, where those are known. */
export function failureWords(provider: string, errorClass: string | null, errorCode: string | null): string {
  const [, http, digits] = /^(http_)?(\d{1,6})$/.exec(errorCode ?? '') ?? [];
  const known = digits ? meanings[provider]?.[http ? 'status' : 'code'](Number(digits)) : words[errorCode ?? ''];
  if (known && http && errorClass === 'unknown') return `${known} The message may have gone out all the same.`;
  return known ?? classes[errorClass as ErrorClass] ?? 'The vendor did not say why.';
}
