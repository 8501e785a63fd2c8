import { useRouter } from 'next/navigation';
import { useEffect, useState } from 'react';
import type { FlowView } from '@/lib/otp/flow-view';
import { keepArrival, useCodeClock } from './use-code-clock';

const POLL_MS = { sending: 2000, handed_over: 5000 } as const;
const MOST_POLLS = 8;

/**
 * The running sign-in as this page knows it: what the server rendered, then what its answers changed, and always the
 * newer of the two. Fresh values are fetched while the message is on its way and when the page is looked at again.
 */
export function useFlow(rendered: FlowView) {
  const router = useRouter();
  const [held, setHeld] = useState({ rendered, flow: rendered });
  const flow = held.rendered === rendered ? held.flow : rendered;
  const clock = useCodeClock(flow);
  const state = flow.state === 'live' && clock.expiresIn === 0 ? ('expired' as const) : flow.state;
  const [polls, setPolls] = useState(0);

  const waitMs = state === 'live' && polls < MOST_POLLS && flow.delivery in POLL_MS ? POLL_MS[flow.delivery as keyof typeof POLL_MS] : 0;
  useEffect(() => {
    if (!waitMs) {
      return;
    }
    const timer = setTimeout(() => {
      setPolls((count) => count + 1);
      if (document.visibilityState === 'visible') {
        router.refresh();
      }
    }, waitMs);
    return () => clearTimeout(timer);
  }, [waitMs, polls, router]);

  useEffect(() => {
    // The clock stands still while a computer sleeps, and another tab may have asked for a new code.
    const onVisible = () => document.visibilityState === 'visible' && router.refresh();
    document.addEventListener('visibilitychange', onVisible);
    return () => document.removeEventListener('visibilitychange', onVisible);
  }, [router]);

  return {
    flow,
    state,
    ...clock,
    change: (changes: Partial<FlowView>) => setHeld({ rendered, flow: keepArrival(flow, { ...flow, ...changes }) }),
    restart: (next: FlowView) => {
      setPolls(0);
      setHeld({ rendered, flow: next });
    },
    refresh: () => router.refresh(),
  };
}
