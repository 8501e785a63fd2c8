import type { Clock } from '../clock';
import { doctorPolicy } from '../policy';
import type { CheckLine } from './finding';

/** What was found, and when. */
export type CheckedLines = { lines: CheckLine[]; at: Date };

/**
 * Keeps what a run of slow checks found for a while, so that neither a reload nor ten administrators at once ask the vendors
 * again; one run at a time, which everybody joins. `again` asks for a new run, unless the last one is only seconds old. What is kept
 * is answered as it is and no promise of it: a page that knows it need not wait, nor have a script to wait with.
 */
export function keepChecks(
  clock: Clock,
  run: () => Promise<CheckLine[]>,
): (options?: { again?: boolean }) => CheckedLines | Promise<CheckedLines> {
  let kept: CheckedLines | null = null;
  let running: Promise<CheckedLines> | null = null;
  return ({ again = false } = {}) => {
    const keptSeconds = again ? doctorPolicy.againSeconds : doctorPolicy.keptSeconds;
    if (!running && kept && clock.now().getTime() - kept.at.getTime() < keptSeconds * 1000) {
      return kept;
    }
    running ??= run()
      .then((lines) => (kept = { lines, at: clock.now() }))
      .finally(() => (running = null));
    return running;
  };
}
