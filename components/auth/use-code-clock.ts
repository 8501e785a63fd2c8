import { useEffect, useRef, useState } from 'react';
import { useHydrated } from '@/components/forms/use-hydrated';
import type { FlowView } from '@/lib/otp/flow-view';

/**
 * When each view of the flow arrived, on the browser's monotonic clock. The server says "57 seconds left" and only
 * elapsed time is measured here, so that a wrong wall clock can't mislead. Kept outside the component: going back to the
 * page shows the same view again, and its time has gone on.
 */
const arrivals = new WeakMap<FlowView, number>();

/** A view changed by an answer keeps the time of the one it was made from. */
export function keepArrival(from: FlowView, to: FlowView): FlowView {
  const known = arrivals.get(from);
  if (known !== undefined) {
    arrivals.set(to, known);
  }
  return to;
}

function arrivalOf(flow: FlowView, fromHtml: boolean): number {
  const known = arrivals.get(flow);
  if (known !== undefined) {
    return known;
  }
  // What came with the page itself was true when the page arrived, not when its scripts began to run.
  const [page] = fromHtml ? performance.getEntriesByType('navigation') : [];
  const arrival = page instanceof PerformanceNavigationTiming ? page.responseStart : performance.now();
  arrivals.set(flow, arrival);
  return arrival;
}

/** Whole seconds until the code dies and until a new one may be asked for. */
export function useCodeClock(flow: FlowView): { expiresIn: number; resendIn: number } {
  const hydrated = useHydrated();
  const fromHtml = useRef(!hydrated);
  const [tick, setTick] = useState({ flow, elapsed: 0 });

  useEffect(() => {
    const arrival = arrivalOf(flow, fromHtml.current);
    fromHtml.current = false;
    const update = () => setTick({ flow, elapsed: (performance.now() - arrival) / 1000 });
    update();
    const timer = setInterval(update, 500);
    return () => clearInterval(timer);
  }, [flow]);

  const elapsed = tick.flow === flow ? tick.elapsed : 0;
  const left = (seconds: number) => Math.max(0, Math.ceil(seconds - elapsed));
  return { expiresIn: left(flow.expiresInSeconds), resendIn: left(flow.resendInSeconds) };
}
