'use client';

import { useState } from 'react';
import { sendJson } from '@/components/forms/send-json';
import { useHydrated } from '@/components/forms/use-hydrated';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { Dialog, useCloseDialog } from '@/components/ui/dialog';
import { FieldError } from '@/components/ui/field-error';
import { useStepUp } from './step-up';

/** The end of the account: what it means, a question, a fresh proof, and the day it happens. */
export function DeleteAccount({ graceDays }: { graceDays: number }) {
  const hydrated = useHydrated();
  const stepUp = useStepUp();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [deletedAt, setDeletedAt] = useState<string>();

  const ask = async () => {
    setBusy(true);
    setError(undefined);
    const answer = await stepUp.run(() => sendJson<{ deleted_at: string }>({ method: 'DELETE', path: '/api/me' }));
    setBusy(false);
    if (answer?.ok) {
      setDeletedAt(answer.value.deleted_at);
    } else {
      setError(answer?.problem.message);
    }
  };

  return (
    <>
      <p className="text-sm text-ink-soft">
        You’re signed out everywhere at once. For {graceDays} days nothing is lost: signing in keeps the account. Then
        your profile, devices and history are deleted for good.
      </p>
      <Button
        look="danger"
        size="md"
        className="mt-4"
        disabled={!hydrated}
        pending={busy}
        onClick={() => busy || setAsking(true)}
      >
        Delete account
      </Button>
      <FieldError id="delete-account" error={error} />
      {asking && (
        <ConfirmDialog
          title="Delete your account?"
          text={`You’ll be signed out on all devices. Your account is deleted in ${graceDays} days, unless you sign in before then.`}
          action="Delete account"
          onConfirm={() => void ask()}
          onClose={() => setAsking(false)}
        />
      )}
      {deletedAt && <Farewell deletedAt={deletedAt} />}
    </>
  );
}

function Farewell({ deletedAt }: { deletedAt: string }) {
  const day = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(new Date(deletedAt));
  return (
    <Dialog
      title="You’re signed out"
      text={`Your account will be deleted on ${day}. Changed your mind? Sign in before then, and it stays as it is.`}
      // A whole new page: nothing of the account is left in this one's memory.
      onClose={() => window.location.replace('/')}
    >
      <div className="mt-6 flex justify-end">
        <Done />
      </div>
    </Dialog>
  );
}

function Done() {
  return (
    <Button size="md" onClick={useCloseDialog()}>
      Done
    </Button>
  );
}
