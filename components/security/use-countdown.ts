import { useEffect, useState } from 'react';

/**
 * Whole seconds left of `seconds`, counted from when `subject` first came. Measured on the browser's monotonic clock, so
 * that a wrong wall clock can't mislead.
 */
export function useCountdown(subject: object, seconds: number): number {
  const [tick, setTick] = useState({ subject, elapsed: 0 });
  useEffect(() => {
    const start = performance.now();
    const timer = setInterval(() => setTick({ subject, elapsed: (performance.now() - start) / 1000 }), 500);
    return () => clearInterval(timer);
  }, [subject]);
  const elapsed = tick.subject === subject ? tick.elapsed : 0;
  return Math.max(0, Math.ceil(seconds - elapsed));
}
