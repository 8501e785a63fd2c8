/** How far a message got, for the person who waits for it. */
export type DeliveryState = 'sending' | 'handed_over' | 'delivered' | 'failed';

/** The state of a delivery, read off its timestamps. A receipt that it arrived outweighs everything. */
export function deliveryState(times: {
  handedOverAt: unknown;
  deliveredAt: unknown;
  failedAt: unknown;
}): DeliveryState {
  if (times.deliveredAt) return 'delivered';
  if (times.failedAt) return 'failed';
  return times.handedOverAt ? 'handed_over' : 'sending';
}
