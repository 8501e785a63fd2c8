import type { ErrorClass } from './sender';
import { bulksmsbdCodes } from './vendors/bulksmsbd';
import { playmobileCodes } from './vendors/playmobile-codes';
import { twilioCodes } from './vendors/twilio-codes';

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

/** What a vendor's own code means, where its table has it. */
const tables: Record<string, (code: number) => string | undefined> = {
  twilio: (code) => twilioCodes[code]?.[1],
  'twilio-verify': (code) => twilioCodes[code]?.[1],
  playmobile: (code) => playmobileCodes[code] && `${playmobileCodes[code].cause} ${playmobileCodes[code].remedy}`,
  bulksmsbd: (code) => bulksmsbdCodes[code] && `${bulksmsbdCodes[code].cause} ${bulksmsbdCodes[code].remedy}`,
};

/** Codes of our own, and the words of PlayMobile's reports. */
const words: Record<string, string> = {
  timeout: 'It gave no whole answer in time: the message may have gone out all the same.',
  reset: 'It broke off before it answered: the message may have gone out all the same.',
  garbage: 'It answered in a form that is not its API’s: check the address in the settings.',
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

/** Why a message failed, in plain words for the operator: by the vendor's own code where its table knows it. */
export function failureWords(provider: string, errorClass: string | null, errorCode: string | null): string {
  const known = /^\d{1,6}$/.test(errorCode ?? '') ? tables[provider]?.(Number(errorCode)) : words[errorCode ?? ''];
  return known ?? classes[errorClass as ErrorClass] ?? 'The vendor did not say why.';
}
