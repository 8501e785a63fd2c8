'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { sendJson } from '@/components/forms/send-json';
import { useHydrated } from '@/components/forms/use-hydrated';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { FieldError } from '@/components/ui/field-error';
import { RecoverySheet } from './recovery-sheet';
import { useStepUp } from './step-up';

/** One's sheet of codes in words. */
export type RecoveryRow = { left: number; made: string };

type RecoveryCodesProps = { sheet: RecoveryRow | null; perSheet: number; appName: string };

/** How many codes are left, and a new sheet, which is shown once. */
export function RecoveryCodes({ sheet, perSheet, appName }: RecoveryCodesProps) {
  const router = useRouter();
  const hydrated = useHydrated();
  const stepUp = useStepUp();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [codes, setCodes] = useState<string[]>();

  const make = async () => {
    if (busy) return;
    setBusy(true);
    setError(undefined);
    const answer = await stepUp.run(() =>
      sendJson<{ codes: string[] }>({ method: 'POST', path: '/api/me/recovery-codes' }),
    );
    setBusy(false);
    if (answer?.ok) {
      setCodes(answer.value.codes);
      router.refresh();
    } else {
      setError(answer?.problem.message);
    }
  };

  if (codes) {
    return <RecoverySheet codes={codes} appName={appName} onKept={() => setCodes(undefined)} />;
  }
  return (
    <>
      <p className="mb-4 text-sm text-ink-soft">
        {sheet
          ? `${sheet.left} of ${perSheet} left, made ${sheet.made}.`
          : 'You have none yet. Without one, a lost phone can lock you out.'}
      </p>
      <Button
        look="secondary"
        size="md"
        disabled={!hydrated}
        pending={busy}
        aria-haspopup={sheet ? 'dialog' : undefined}
        onClick={() => (sheet ? busy || setAsking(true) : void make())}
      >
        {sheet ? 'Make new codes' : 'Make recovery codes'}
      </Button>
      <FieldError id="recovery-codes" error={error} />
      {asking && (
        <ConfirmDialog
          title="Make new recovery codes?"
          text="The codes you have now stop working at once."
          action="Make new codes"
          onConfirm={() => void make()}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  );
}
