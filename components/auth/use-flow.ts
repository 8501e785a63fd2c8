import { useRouter } from 'next/navigation';
import { useEffect, useEffectEvent, useState } from 'react';
import { runAction } from '@/components/forms/run-action';
import type { Problem } from '@/lib/http/problem';
import type { FlowView } from '@/lib/otp/flow-view';
import { pollWaitMs } from './poll-wait';
import { keepArrival, useCodeClock } from './use-code-clock';

export type ReadFlow = (input: { challengeId: string }) => Promise<FlowView | Problem | null>;

/**
 * The running sign-in as this page knows it: what the server rendered, then what its answers changed, and always the
 * newer of the two. It is read again while the message is on its way and when somebody comes back to the page.
 */
export function useFlow(rendered: FlowView, readFlow: ReadFlow) {
  const router = useRouter();
  const [held, setHeld] = useState({ rendered, flow: rendered });
  const [polls, setPolls] = useState(0);
  if (held.rendered !== rendered) {
    setHeld({ rendered, flow: rendered });
  }
  const { flow } = held;
  /** What was learned of the code that `flow` is about; a newer one may have been sent meanwhile, of which it says nothing. */
  const learn = (next: (now: FlowView) => FlowView) =>
    setHeld((now) => (now.flow.challengeId === flow.challengeId ? { ...now, flow: next(now.flow) } : now));
  const clock = useCodeClock(flow);
  const state = flow.state === 'live' && clock.expiresIn === 0 ? ('expired' as const) : flow.state;
  const waitMs = state === 'live' ? pollWaitMs(flow.delivery, polls) : 0;

  const read = useEffectEvent(async () => {
    const answer =
      document.visibilityState === 'visible'
        ? await runAction(() => readFlow({ challengeId: flow.challengeId }))
        : 'unreachable';
    if (answer === null) {
      // The sign-in is over, perhaps finished in another tab: the page's guard knows where to go.
      router.refresh();
    } else if (answer !== 'unreachable' && answer !== 'moved' && 'challengeId' in answer) {
      learn(() => answer);
    }
  });

  const stayWithOwnNumber = useEffectEvent(async () => {
    const own: unknown = window.history.state?.challengeId;
    if (typeof own === 'string' && own !== flow.challengeId) {
      const answer = await runAction(() => readFlow({ challengeId: own }));
      if (answer && typeof answer === 'object' && 'challengeId' in answer && answer.challengeId !== flow.challengeId) {
        // This tab was about another number than the browser's newest: only then the address has to say which.
        router.replace(`/auth/code?for=${answer.challengeId}`);
        return;
      }
    }
    window.history.replaceState({ ...window.history.state, challengeId: flow.challengeId }, '');
  });

  useEffect(() => void stayWithOwnNumber(), [flow.challengeId, rendered]);

  useEffect(() => {
    if (!waitMs) {
      return;
    }
    const timer = setTimeout(() => {
      setPolls((count) => count + 1);
      void read();
    }, waitMs);
    return () => clearTimeout(timer);
  }, [waitMs, polls]);

  useEffect(() => {
    // The browser's clock stands still while a computer sleeps, and another tab may have asked for a new code.
    const onVisibility = () => void read();
    document.addEventListener('visibilitychange', onVisibility);
    return () => document.removeEventListener('visibilitychange', onVisibility);
  }, []);

  return {
    flow,
    state,
    ...clock,
    change: (changes: Partial<FlowView>) => learn((now) => keepArrival(now, { ...now, ...changes })),
    restart: (next: FlowView) => {
      setPolls(0);
      setHeld((now) => ({ ...now, flow: next }));
    },
    refresh: () => router.refresh(),
  };
}
