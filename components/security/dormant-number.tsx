'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { useHydrated } from '@/components/forms/use-hydrated';
import { Button } from '@/components/ui/button';
import { Phone } from '@/components/ui/more-icons';
import { useStepUp } from './step-up';

/** Tells somebody who came by another way that their number no longer signs them in, until they confirm it. */
export function DormantNumber({ phone }: { phone: string }) {
  const router = useRouter();
  const hydrated = useHydrated();
  const stepUp = useStepUp();
  const [busy, setBusy] = useState(false);

  const confirm = async () => {
    if (busy) {
      return;
    }
    setBusy(true);
    if (await stepUp.confirmNumber()) {
      router.refresh();
    }
    setBusy(false);
  };

  return (
    <aside
      aria-label="Unconfirmed number"
      className="mb-10 flex gap-3 rounded-md border border-line bg-surface p-4 sm:p-5 motion-safe:animate-appear"
    >
      <Phone className="mt-1 size-4 text-accent-text" />
      <div className="min-w-0">
        <p className="font-medium">
          Is <span className="whitespace-nowrap tabular-nums">{phone}</span> still yours?
        </p>
        <p className="mt-1 text-sm text-ink-soft">
          You haven’t confirmed it for so long that it could be somebody else’s by now, so it doesn’t sign you in.
          Confirm it with a code, or change it under Security.
        </p>
        <Button
          look="secondary"
          size="md"
          className="mt-4"
          disabled={!hydrated}
          pending={busy}
          aria-haspopup="dialog"
          onClick={() => void confirm()}
        >
          Confirm number
        </Button>
      </div>
    </aside>
  );
}
