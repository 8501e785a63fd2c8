import argon2 from 'argon2';
import { argon2Policy, argon2QueuePolicy } from '../policy';
import { createTurns } from '../turns';

/**
 * Hashes and checks codes: argon2id, keyed with a pepper from outside the database and bound to the challenge's id, so
 * that neither a stolen table nor a hash copied to another row helps anyone.
 */
export type CodeHasher = {
  /** @throws {RefusalError} `overloaded` when too many wait already. */
  hash(code: string, challengeId: string): Promise<string>;
  /** Asked before an attempt is counted, so that no try is lost to a full queue. @throws {RefusalError} `overloaded` */
  assertRoom(): void;
  /** Always gets its turn: its attempt is counted already. */
  matches(code: string, challengeId: string, hash: string): Promise<boolean>;
};

type CodeHasherOptions = { longestQueue?: number; cost?: Record<keyof typeof argon2Policy, number> };

/**
 * At most `concurrency` operations run at once (each takes a core and 19 MiB); the rest wait in a bounded queue, because
 * unbounded hashing is a way to take the whole service down.
 */
export function createCodeHasher(
  pepper: Buffer,
  concurrency: number,
  { longestQueue = argon2QueuePolicy.longestQueue, cost = argon2Policy }: CodeHasherOptions = {},
): CodeHasher {
  const turns = createTurns(concurrency, { ...argon2QueuePolicy, longestQueue });
  return {
    assertRoom: turns.assertRoom,
    hash: async (code, challengeId) => {
      turns.assertRoom();
      return turns.take(() =>
        argon2.hash(code, {
          type: argon2.argon2id,
          memoryCost: cost.memoryKiB,
          timeCost: cost.passes,
          parallelism: cost.lanes,
          hashLength: cost.hashBytes,
          secret: pepper,
          associatedData: Buffer.from(challengeId),
        }),
      );
    },
    matches: (code, challengeId, hash) =>
      // The encoded hash names what it was bound to, and verify() believes it: so that is compared first.
      turns.take(async () => boundTo(hash) === challengeId && (await argon2.verify(hash, code, { secret: pepper }))),
  };
}

function boundTo(encodedHash: string): string | null {
  const data = /,data=([A-Za-z0-9+/]+)\$/.exec(encodedHash)?.[1];
  return data === undefined ? null : Buffer.from(data, 'base64').toString();
}
