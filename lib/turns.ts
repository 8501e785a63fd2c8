import { RefusalError, refuse } from './errors';

/** Work that may only run a few at a time. */
export type Turns = {
  /** @throws {RefusalError} `overloaded` when too many wait already. */
  assertRoom(): void;
  /** Runs `work` when its turn comes. */
  take<Value>(work: () => Promise<Value>): Promise<Value>;
};

/** A counting semaphore: `concurrency` at once, `longestQueue` waiting before {@link Turns.assertRoom} refuses. */
export function createTurns(
  concurrency: number,
  { longestQueue, retryAfterSeconds }: { longestQueue: number; retryAfterSeconds: number },
): Turns {
  let free = concurrency;
  const waiting: (() => void)[] = [];
  return {
    assertRoom() {
      if (free === 0 && waiting.length >= longestQueue) {
        throw new RefusalError(refuse('overloaded', { retryAfterSeconds }));
      }
    },
    async take(work) {
      if (free > 0) {
        free -= 1;
      } else {
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        if (next) {
          next();
        } else {
          free += 1;
        }
      }
    },
  };
}
