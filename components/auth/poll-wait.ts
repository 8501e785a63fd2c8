import type { FlowView } from '@/lib/otp/flow-view';

const CLOSE_MS = { sending: 2000, handed_over: 5000, unanswered: 5000, delivered: 0, failed: 0 } as const;
/** Through the minute in which nothing but waiting can be done. */
const CLOSE_POLLS = 12;
/** A late receipt is met more slowly, for as long as the code lives. */
const LATE_MS = 15_000;

/** How long to wait until the message is asked about again; 0: no more, because nothing will change. */
export function pollWaitMs(delivery: FlowView['delivery'], polls: number): number {
  const closeMs = CLOSE_MS[delivery];
  return closeMs && polls >= CLOSE_POLLS ? LATE_MS : closeMs;
}
