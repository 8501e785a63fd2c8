'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { sendJson } from '@/components/forms/send-json';
import { useHydrated } from '@/components/forms/use-hydrated';
import { useStepUp } from '@/components/security/step-up';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field-error';
import { KeyIcon } from '@/components/ui/more-icons';
import { Notice } from '@/components/ui/notice';
import { knowsPasskeys, useAddPasskey } from './use-add-passkey';

/** Offers a passkey to somebody who has none. "Not now" is remembered for a month, on all of their devices. */
export function PasskeyOffer() {
  const router = useRouter();
  const hydrated = useHydrated();
  const [state, setState] = useState<'offered' | 'added' | 'put_off'>('offered');
  const adding = useAddPasskey(useStepUp(), () => setState('added'));

  const putOff = async () => {
    setState('put_off');
    await sendJson({ method: 'DELETE', path: '/api/me/passkeys/offer' });
    router.refresh();
  };

  if (state === 'put_off' || (hydrated && !knowsPasskeys())) {
    return null;
  }
  if (state === 'added') {
    return (
      <div className="mb-10">
        <Notice kind="positive">Your passkey is added. Next time, sign in with it instead of a code.</Notice>
      </div>
    );
  }
  return (
    <aside
      aria-label="Passkey"
      className="mb-10 flex gap-3 rounded-md border border-line bg-surface p-4 sm:p-5 motion-safe:animate-appear"
    >
      <KeyIcon className="mt-1 size-4 text-accent-text" />
      <div className="min-w-0">
        <p className="font-medium">Sign in without a code next time</p>
        <p className="mt-1 text-sm text-ink-soft">
          A passkey uses your finger, face or PIN. It is quicker than a message, and no false page can get it out of
          you.
        </p>
        <div className="mt-4 flex flex-wrap gap-3">
          <Button size="md" disabled={!hydrated} pending={adding.busy} onClick={() => void adding.add()}>
            Add a passkey
          </Button>
          <Button look="secondary" size="md" disabled={!hydrated} onClick={() => adding.busy || void putOff()}>
            Not now
          </Button>
        </div>
        <FieldError id="passkey-offer" error={adding.error} />
      </div>
    </aside>
  );
}
