import { sweepPolicy } from './policy';

/** Something whose time has come: whose it is, and since when (as PostgreSQL writes it), which is the order it is done in. */
export type DueItem = { id: string; at: string };

/**
 * Does what is due, one thing after the other and at most a batch of it; returns how many were done. What fails is left for
 * the next round and holds nothing up that comes after it.
 */
export async function workThrough(
  next: (after: DueItem | null) => Promise<DueItem | null>,
  work: (id: string) => Promise<boolean>,
  log: { warn(fields: object, message: string): void },
): Promise<number> {
  let done = 0;
  let item = await next(null);
  while (item && done < sweepPolicy.accountRows) {
    try {
      done += (await work(item.id)) ? 1 : 0;
    } catch (error) {
      log.warn({ err: error, userId: item.id }, 'something due could not be done; it is tried again');
    }
    item = await next(item);
  }
  return done;
}
