import argon2 from 'argon2';
import { RefusalError, refuse } from '../errors';
import { argon2Policy, argon2QueuePolicy } from '../policy';

/**
 * Hashes and checks codes: argon2id, keyed with a pepper from outside the database and bound to the challenge's id, so
 * that neither a stolen table nor a hash copied to another row helps anyone.
 */
export type CodeHasher = {
  /** @throws {RefusalError} `overloaded` when too many wait already. */
  hash(code: string, challengeId: string): Promise<string>;
  /** @throws {RefusalError} `overloaded` when too many wait already. */
  matches(code: string, challengeId: string, hash: string): Promise<boolean>;
};

/**
 * At most `concurrency` operations run at once (each takes a core and 19 MiB); the rest wait in a bounded queue, because
 * unbounded hashing is a way to take the whole service down.
 */
export function createCodeHasher(
  pepper: Buffer,
  concurrency: number,
  longestQueue: number = argon2QueuePolicy.longestQueue,
): CodeHasher {
  const takeTurn = turns(concurrency, longestQueue);
  return {
    hash: (code, challengeId) =>
      takeTurn(() =>
        argon2.hash(code, {
          type: argon2.argon2id,
          memoryCost: argon2Policy.memoryKiB,
          timeCost: argon2Policy.passes,
          parallelism: argon2Policy.lanes,
          hashLength: argon2Policy.hashBytes,
          secret: pepper,
          associatedData: Buffer.from(challengeId),
        }),
      ),
    matches: (code, challengeId, hash) =>
      // The encoded hash names what it was bound to, and verify() believes it: so that is compared first.
      takeTurn(async () => boundTo(hash) === challengeId && (await argon2.verify(hash, code, { secret: pepper }))),
  };
}

function boundTo(encodedHash: string): string | null {
  const data = /,data=([A-Za-z0-9+/]+)\$/.exec(encodedHash)?.[1];
  return data === undefined ? null : Buffer.from(data, 'base64').toString();
}

/** A counting semaphore with a bounded queue. */
function turns(concurrency: number, longestQueue: number) {
  let free = concurrency;
  const waiting: (() => void)[] = [];
  return async function takeTurn<Value>(work: () => Promise<Value>): Promise<Value> {
    if (free > 0) {
      free -= 1;
    } else if (waiting.length >= longestQueue) {
      throw new RefusalError(refuse('overloaded', { retryAfterSeconds: argon2QueuePolicy.retryAfterSeconds }));
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
  };
}
