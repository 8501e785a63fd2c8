import { sendJson } from '@/components/forms/send-json';
import type { StepUp } from './step-up';

/** Ends all sessions but this one. Also offered where a way in is taken away, whose sessions go on (ASVS 5.0, 7.4.3). */
export const signOutOthers = (stepUp: StepUp) =>
  stepUp.run(() => sendJson({ method: 'DELETE', path: '/api/me/sessions' }));

export const signOutOthersToo = 'Sign out all my other devices, too';
export const othersSignedOut = 'All other devices are signed out.';

/** What was done, and what became of the other devices where they were to be signed out with it. */
export const doneWithOthers = (done: string, others: boolean, ended: { ok: boolean } | null | undefined): string =>
  others ? `${done} ${ended?.ok ? othersSignedOut : 'Your other devices are still signed in.'}` : done;
