'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { sendJson } from '@/components/forms/send-json';
import { useHydrated } from '@/components/forms/use-hydrated';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field-error';
import { Clock } from '@/components/ui/more-icons';

/** A change of number that waits, in words for the person. */
export type WaitingRow = { phone: string; requested: string; effective: string };

/** Tells of a change of number that waits, for as long as it does, and takes it back. */
export function WaitingChange({ waiting }: { waiting: WaitingRow }) {
  const router = useRouter();
  const hydrated = useHydrated();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();

  const cancel = async () => {
    if (busy) {
      return;
    }
    setBusy(true);
    const answer = await sendJson({ method: 'DELETE', path: '/api/me/phone' });
    setBusy(false);
    if (answer.ok || answer.problem.code === 'not_found') {
      router.refresh();
    } else {
      setError(answer.problem.message);
    }
  };

  return (
    <aside
      aria-label="Change of number"
      className="mb-10 flex gap-3 rounded-md border border-line bg-surface p-4 sm:p-5 motion-safe:animate-appear"
    >
      <Clock className="mt-1 size-4 text-accent-text" />
      <div className="min-w-0">
        <p className="font-medium">
          Your number changes to <span className="whitespace-nowrap tabular-nums">{waiting.phone}</span> on{' '}
          {waiting.effective}
        </p>
        <p className="mt-1 text-sm text-ink-soft">
          Asked for on {waiting.requested}, without the old number. All devices are signed out then. If it wasn’t you,
          cancel it and sign out the devices you don’t know.
        </p>
        <Button
          look="danger"
          size="md"
          className="mt-4"
          disabled={!hydrated}
          pending={busy}
          onClick={() => void cancel()}
        >
          Cancel the change
        </Button>
        <FieldError id="waiting-change" error={error} />
      </div>
    </aside>
  );
}
