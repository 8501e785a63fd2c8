/** How long a loop drives its work, and how much at most. */
export type Load = { inFlight: number; seconds: number; most: number };

/** More than this, and what would be measured is a broken server. */
const MOST_FAILURES = 100;

/** What went wrong, by step and answer. Any entry fails the bench. */
export class Failures {
  readonly counts = new Map<string, number>();
  total = 0;

  note(what: string): void {
    this.counts.set(what, (this.counts.get(what) ?? 0) + 1);
    this.total += 1;
    if (this.total > MOST_FAILURES) throw new Error(`More than ${MOST_FAILURES} errors, the last one: ${what}`);
  }
}

/** A step that did not answer as it should. */
export class StepFailed extends Error {}

/**
 * Keeps `inFlight` pieces of work going, each starting its next one when the last is done, and answers how many were
 * completed in how many seconds (until the last one ended).
 */
export async function closedLoop(
  { inFlight, seconds, most }: Load,
  failures: Failures,
  work: () => Promise<void>,
): Promise<{ done: number; seconds: number }> {
  const start = performance.now();
  let begun = 0;
  let done = 0;
  const worker = async () => {
    while (begun < most && performance.now() - start < seconds * 1000) {
      begun += 1;
      try {
        await work();
        done += 1;
      } catch (error) {
        if (!(error instanceof StepFailed)) throw error;
        failures.note(error.message);
      }
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return { done, seconds: (performance.now() - start) / 1000 };
}

/** Durations in milliseconds by step, in the order the steps first came. */
export class Durations {
  private readonly bySteps = new Map<string, number[]>();

  async time<Value>(step: string, work: () => Promise<Value>): Promise<Value> {
    const start = performance.now();
    const value = await work();
    const taken = performance.now() - start;
    const known = this.bySteps.get(step);
    if (known) known.push(taken);
    else this.bySteps.set(step, [taken]);
    return value;
  }

  /** `[step, p50, p95, p99]`, by nearest rank. */
  percentiles(): [string, number | null, number | null, number | null][] {
    return [...this.bySteps].map(([step, taken]) => {
      const sorted = taken.toSorted((one, other) => one - other);
      const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? null;
      return [step, rank(0.5), rank(0.95), rank(0.99)];
    });
  }
}
