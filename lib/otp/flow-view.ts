import {
  deliveryState,
  type DeliveryState,
  deliveryText,
  type Failure,
  noTextsWhy,
  otherChannelMay,
} from '../sms/delivery-state';
import type { Channel } from '../sms/sender';

/** What step two may know of the code that was asked for. The whole number never leaves the server. */
export type FlowView = {
  /** Names the sign-in this page is about; worth nothing without the browser's flow cookie. */
  challengeId: string;
  phoneMasked: string;
  codeLength: number;
  /** `exhausted`: no tries left; `expired`: its life is over. Both ask for a new code. */
  state: 'live' | 'expired' | 'exhausted';
  /** How the code travelled, how far it got, and that in words. */
  channel: Channel;
  delivery: DeliveryState;
  deliveryText: string;
  /** What else than the usual channel may be asked for now. */
  channels: readonly Channel[];
  /** Which of those to offer first, because another text message would be in vain. */
  advised: Channel | null;
  attemptsLeft: number;
  /** By the server's clock, at the moment of the answer. */
  expiresInSeconds: number;
  /** 0: a new code may be asked for now. */
  resendInSeconds: number;
};

/** A browser's running sign-in, as its newest challenge tells it. */
export type FlowRecord = Failure & {
  challengeId: string;
  phone: string;
  attempts: number;
  maxAttempts: number;
  ageSeconds: number;
  lifeLeftSeconds: number;
  consumed: boolean;
  superseded: boolean;
  channel: Channel;
  /** How many codes this browser asked for to this number. */
  codes: number;
  unansweredAt: unknown;
  deliveredAt: unknown;
  failedAt: unknown;
};

/**
 * Derives the view. `resendSeconds` is the cool-down, which a failed delivery lifts, and one that nobody knows of. `offered` are
 * the channels that reach the number, the usual one first; the others are told of once a message did not do and they may.
 */
export function flowView(
  flow: FlowRecord,
  phoneMasked: string,
  policy: { codeLength: number; resendSeconds: number; offered: readonly Channel[] },
): FlowView {
  const delivery = deliveryState(flow);
  const missing = delivery === 'failed' || delivery === 'unanswered';
  const inVain = delivery === 'failed' && !otherChannelMay(flow.channel, flow);
  const channels = (missing || flow.codes > 1) && !inVain ? policy.offered.slice(1) : [];
  const noTexts = delivery === 'failed' && flow.channel === 'sms' && noTextsWhy(flow) !== null;
  const attemptsLeft = Math.max(0, flow.maxAttempts - flow.attempts);
  const dead = flow.lifeLeftSeconds <= 0 || flow.superseded || flow.consumed;
  return {
    challengeId: flow.challengeId,
    phoneMasked,
    codeLength: policy.codeLength,
    state: dead ? 'expired' : attemptsLeft === 0 ? 'exhausted' : 'live',
    channel: flow.channel,
    delivery,
    deliveryText: deliveryText(flow.channel, delivery, phoneMasked, flow),
    channels,
    advised: (noTexts && channels[0]) || null,
    attemptsLeft,
    expiresInSeconds: Math.max(0, Math.ceil(flow.lifeLeftSeconds)),
    resendInSeconds: missing ? 0 : Math.max(0, Math.ceil(policy.resendSeconds - flow.ageSeconds)),
  };
}
