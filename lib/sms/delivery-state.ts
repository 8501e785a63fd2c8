import type { Channel, ErrorClass } from './sender';
import { twilioCodes } from './vendors/twilio-codes';

/**
 * How far a message got, for the person who waits for it. `unanswered`: the vendor did not say whether it took the message, so
 * it may still arrive.
 */
export type DeliveryState = 'sending' | 'handed_over' | 'unanswered' | 'delivered' | 'failed';

/** The state of a delivery, read off its timestamps. A receipt that it arrived outweighs everything. */
export function deliveryState(times: {
  handedOverAt: unknown;
  unansweredAt: unknown;
  deliveredAt: unknown;
  failedAt: unknown;
}): DeliveryState {
  if (times.deliveredAt) return 'delivered';
  if (times.failedAt) return 'failed';
  if (times.handedOverAt) return 'handed_over';
  return times.unansweredAt ? 'unanswered' : 'sending';
}

/** Why a message failed: by which vendor's code, and whether that vendor had taken it (`handedOverAt`). */
export type Failure = {
  provider: string | null;
  errorClass: ErrorClass | null;
  errorCode: string | null;
  handedOverAt: unknown;
};

/**
 * Whether another channel may reach a number whose message failed. None gets around a hold for fraud. A number or country that a
 * vendor does not even try to write to is as wrong for a call, unless it is known to take nothing else.
 */
export function otherChannelMay(channel: Channel, failure: Failure): boolean {
  const told = otherChannels(failure);
  const refused = failure.errorClass === 'recipient' || failure.errorClass === 'region';
  return told === undefined ? !(channel === 'sms' && refused && !failure.handedOverAt) : told === 'calls only';
}

const otherChannels = ({ provider, errorCode }: Failure) =>
  provider?.startsWith('twilio') ? twilioCodes[Number(errorCode)]?.[2] : undefined;

/** Why no text message gets to a number, whoever sends it, where that is what the vendor said. */
export function noTextsWhy(failure: Failure): 'landline' | 'blocked' | null {
  const told = otherChannels(failure);
  if (told === 'calls only') return 'landline';
  return told === undefined && failure.errorClass === 'blocked' ? 'blocked' : null;
}

const noTextsWords = {
  landline: 'This number can’t receive texts',
  blocked: 'This number blocks our messages',
};

/** The state in words, each short enough for one line of the narrowest phone: nothing moves when one replaces another. */
export function deliveryText(channel: Channel, state: DeliveryState, phoneMasked: string, failure: Failure): string {
  const noTexts = channel === 'sms' && state === 'failed' ? noTextsWhy(failure) : null;
  if (noTexts) {
    return noTextsWords[noTexts];
  }
  const calling = `We’re calling ${phoneMasked}…`;
  const words: Record<Channel, Record<DeliveryState, string>> = {
    sms: {
      sending: 'Sending…',
      handed_over: 'Message sent',
      unanswered: 'The message may be on its way',
      delivered: 'Message delivered',
      failed: 'The message couldn’t be delivered',
    },
    call: {
      sending: calling,
      handed_over: calling,
      unanswered: 'The call may be on its way',
      delivered: 'The call was answered',
      failed: 'The call didn’t get through',
    },
    whatsapp: {
      sending: 'Sending…',
      handed_over: 'Sent by WhatsApp',
      unanswered: 'The message may be on its way',
      delivered: 'Delivered by WhatsApp',
      failed: 'WhatsApp couldn’t deliver it',
    },
  };
  return words[channel][state];
}
