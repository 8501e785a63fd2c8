import { leaveIfSignedOut, sendJson } from '@/components/forms/send-json';
import { UNREACHABLE } from '@/components/forms/run-action';
import type { RequestOptions } from '@/lib/passkeys/request-options';

/** Confirms with a passkey that it's still the same person. `message`: what to do next; null: nobody needs to be told. */
export async function proveWithPasskey(): Promise<{ ok: true } | { ok: false; message: string | null }> {
  const begun = await sendJson<{ options: RequestOptions }>({ method: 'POST', path: '/api/me/proof/passkey/options' });
  if (!begun.ok) {
    leaveIfSignedOut(begun.problem);
    return { ok: false, message: begun.problem.message };
  }
  const ceremony = await import('./ceremony').catch(() => null);
  if (!ceremony) {
    return { ok: false, message: UNREACHABLE };
  }
  const used = await ceremony.askForPasskey(begun.value.options);
  if (!used.ok) {
    return used;
  }
  const json = { credential: used.credential };
  const answer = await sendJson({ method: 'POST', path: '/api/me/proof/passkey', json });
  return answer.ok ? { ok: true } : { ok: false, message: answer.problem.message };
}
