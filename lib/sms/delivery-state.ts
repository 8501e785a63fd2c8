import type { Channel, ErrorClass } from './sender';

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

/** The state in words, each short enough for one line of the narrowest phone: nothing moves when one replaces another. */
export function deliveryText(
  channel: Channel,
  state: DeliveryState,
  phoneMasked: string,
  errorClass: ErrorClass | null,
): string {
  if (channel === 'sms' && state === 'failed' && errorClass === 'blocked') {
    return 'This number blocks our messages';
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
