import { deliveryState, type DeliveryState } from '../sms/delivery-state';

/** What step two may know of the code that was asked for. The whole number never leaves the server. */
export type FlowView = {
  /** Names the sign-in this page is about; worth nothing without the browser's flow cookie. */
  challengeId: string;
  phoneMasked: string;
  codeLength: number;
  /** `exhausted`: no tries left; `expired`: its life is over. Both ask for a new code. */
  state: 'live' | 'expired' | 'exhausted';
  delivery: DeliveryState;
  attemptsLeft: number;
  /** By the server's clock, at the moment of the answer. */
  expiresInSeconds: number;
  /** 0: a new code may be asked for now. */
  resendInSeconds: number;
};

/** A browser's running sign-in, as its newest challenge tells it. */
export type FlowRecord = {
  challengeId: string;
  phone: string;
  attempts: number;
  maxAttempts: number;
  ageSeconds: number;
  lifeLeftSeconds: number;
  consumed: boolean;
  superseded: boolean;
  handedOverAt: unknown;
  deliveredAt: unknown;
  failedAt: unknown;
};

/** Derives the view; `resendSeconds` is the cool-down, which a failed delivery lifts. */
export function flowView(
  flow: FlowRecord,
  phoneMasked: string,
  policy: { codeLength: number; resendSeconds: number },
): FlowView {
  const delivery = deliveryState(flow);
  const attemptsLeft = Math.max(0, flow.maxAttempts - flow.attempts);
  const dead = flow.lifeLeftSeconds <= 0 || flow.superseded || flow.consumed;
  return {
    challengeId: flow.challengeId,
    phoneMasked,
    codeLength: policy.codeLength,
    state: dead ? 'expired' : attemptsLeft === 0 ? 'exhausted' : 'live',
    delivery,
    attemptsLeft,
    expiresInSeconds: Math.max(0, Math.ceil(flow.lifeLeftSeconds)),
    resendInSeconds: delivery === 'failed' ? 0 : Math.max(0, Math.ceil(policy.resendSeconds - flow.ageSeconds)),
  };
}
