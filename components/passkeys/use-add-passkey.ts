import { useEffect } from 'react';
import { UNREACHABLE } from '@/components/forms/run-action';
import { type Answer, sendJson } from '@/components/forms/send-json';
import type { CreationOptions } from '@/lib/passkeys/add-passkey';

const loadCeremony = () => import('./ceremony');

type StepUp = { run: <Value>(call: () => Promise<Answer<Value>>) => Promise<Answer<Value> | null> };
type Added = { passkey: { name: string } };

/**
 * Adds a passkey to the account that is signed in: asks for a fresh proof where it is needed, then the device, then keeps it.
 * Answers what went wrong, in words; nothing where the person thought better of it.
 */
export function useAddPasskey(stepUp: StepUp, onAdded: (name: string) => void) {
  // Some browsers show their question only soon after a press.
  useEffect(() => void loadCeremony().catch(() => null), []);

  return async (): Promise<string | undefined> => {
    const begun = await stepUp.run(() =>
      sendJson<{ options: CreationOptions }>({ method: 'POST', path: '/api/me/passkeys/options' }),
    );
    if (!begun?.ok) return begun?.problem.message;
    const ceremony = await loadCeremony().catch(() => null);
    if (!ceremony) return UNREACHABLE;
    const made = await ceremony.createPasskey(begun.value.options);
    if (!made.ok) return made.message ?? undefined;
    const kept = await sendJson<Added>({
      method: 'POST',
      path: '/api/me/passkeys',
      json: { credential: made.credential },
    });
    if (!kept.ok) return kept.problem.message;
    onAdded(kept.value.passkey.name);
  };
}

/** False where this browser knows no passkeys at all. On the server nobody knows yet. */
export const knowsPasskeys = () => 'PublicKeyCredential' in window;
