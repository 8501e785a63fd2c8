import type { Database } from '../db/client';
import { scopeWords } from '../doctor/fraud-findings';
import type { SignedIn } from '../sessions/authenticate';
import { EVERYTHING, pausesNow, pauseSms, resumeSms } from '../sms/pause-store';

/** Where no messages go, as the status page shows it. */
export type SwitchedOff = { scope: string; everything: boolean; words: string; reason: string };

/** What is switched off now, newest first. */
export async function switchedOff({ db }: { db: Database }): Promise<SwitchedOff[]> {
  const pauses = await pausesNow(db);
  return pauses.map(({ scope, reason }) => ({
    scope,
    everything: scope === EVERYTHING,
    words: scopeWords(scope),
    reason,
  }));
}

/** Switches all sending off, until somebody switches it on again. */
export async function switchSmsOff({ db }: { db: Database }, who: SignedIn, input: { reason: string }): Promise<void> {
  await pauseSms(db, { scope: EVERYTHING, reason: input.reason, by: who.user.id, forSeconds: null });
}

/** Switches sending on again where it is off. */
export async function switchSmsOn({ db }: { db: Database }, who: SignedIn, input: { scope: string }): Promise<void> {
  await resumeSms(db, { scope: input.scope, by: who.user.id });
}
