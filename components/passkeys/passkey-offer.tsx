'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { sendJson } from '@/components/forms/send-json';
import { useHydrated } from '@/components/forms/use-hydrated';
import { useStepUp } from '@/components/security/step-up';
import { Banner } from '@/components/ui/banner';
import { KeyIcon } from '@/components/ui/more-icons';
import { Notice } from '@/components/ui/notice';
import { knowsPasskeys, useAddPasskey } from './use-add-passkey';

/** Offers a passkey to somebody who has none. "Not now" is remembered for a month, on all of their devices. */
export function PasskeyOffer() {
  const router = useRouter();
  const hydrated = useHydrated();
  const [state, setState] = useState<'offered' | 'added' | 'put_off'>('offered');
  const add = useAddPasskey(useStepUp(), () => setState('added'));

  const putOff = async () => {
    setState('put_off');
    await sendJson({ method: 'DELETE', path: '/api/me/passkeys/offer' });
    router.refresh();
    return undefined;
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
    <Banner
      label="Passkey"
      icon={<KeyIcon />}
      messages={[
        {
          title: 'Sign in without a code next time',
          text: 'A passkey uses your finger, face or PIN. It is quicker than a message, and no false page can get it out of you.',
        },
      ]}
      actions={[
        { label: 'Add a passkey', run: add },
        { label: 'Not now', look: 'secondary', run: putOff },
      ]}
    />
  );
}
