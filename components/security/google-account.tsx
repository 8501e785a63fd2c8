'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { GoogleMark } from '@/components/brand/google-mark';
import { sendJson } from '@/components/forms/send-json';
import { useHydrated } from '@/components/forms/use-hydrated';
import { confirmLeaving, stopAsking } from '@/components/forms/use-unsaved-warning';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { FieldError } from '@/components/ui/field-error';
import { StatusLine } from '@/components/ui/status-line';
import { doneWithOthers, signOutOthers, signOutOthersToo } from './sign-out-others';
import { useStepUp } from './step-up';

/** `since` in words, at the person's own time. */
export type GoogleRow = { id: string; email: string | null; since: string };

/** The Google account that opens this one, and the ways to link and unlink it. `elsewhere`: other devices are signed in, too. */
export function GoogleAccount({ linked, elsewhere }: { linked: GoogleRow | null; elsewhere: boolean }) {
  const router = useRouter();
  const hydrated = useHydrated();
  const stepUp = useStepUp();
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [done, setDone] = useState('');

  const link = async () => {
    // Afterwards it would be too late: the page is on its way to Google.
    if (!confirmLeaving()) return;
    setBusy(true);
    setError(undefined);
    const answer = await stepUp.run(() =>
      sendJson<{ url: string }>({ method: 'POST', path: '/auth/google', json: { purpose: 'link' } }),
    );
    if (answer?.ok) {
      // Busy until the page is gone.
      stopAsking();
      window.location.assign(answer.value.url);
      return;
    }
    setBusy(false);
    setError(answer?.problem.message);
  };

  const unlink = async ({ id }: GoogleRow, others: boolean) => {
    setBusy(true);
    setError(undefined);
    setDone('');
    const answer = await stepUp.run(() => sendJson({ method: 'DELETE', path: `/api/me/identities/${id}` }));
    // Unlinked meanwhile, in another tab: that is what was wanted.
    const unlinked = answer?.ok || answer?.problem.code === 'not_found';
    const ended = unlinked && others ? await signOutOthers(stepUp) : null;
    setBusy(false);
    if (unlinked) {
      setDone(doneWithOthers('Google is unlinked.', others, ended));
      router.refresh();
    }
    const last = unlinked ? ended : answer;
    setError(last && !last.ok ? last.problem.message : undefined);
  };

  return (
    <>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-3">
        <span className="grid size-6 place-items-center">
          <GoogleMark className="size-5" />
        </span>
        <div className="min-w-0 flex-1 basis-48">
          <p className="font-medium break-words">{linked ? (linked.email ?? 'Google account') : 'Google'}</p>
          <p className="text-sm text-ink-soft">{linked ? `Linked ${linked.since}` : 'Not linked'}</p>
        </div>
        {linked ? (
          <Button
            look="secondary"
            size="md"
            pending={busy}
            disabled={!hydrated}
            aria-haspopup="dialog"
            onClick={() => busy || setAsking(true)}
          >
            Unlink
          </Button>
        ) : (
          <Button look="secondary" size="md" pending={busy} disabled={!hydrated} onClick={() => busy || void link()}>
            Link Google
          </Button>
        )}
      </div>
      <FieldError id="google" error={error} />
      <StatusLine>{done}</StatusLine>
      {asking && linked && (
        <ConfirmDialog
          title="Unlink Google?"
          text={`${linked.email ?? 'That Google account'} will no longer sign you in, but devices it signed in stay signed in.`}
          more={elsewhere ? signOutOthersToo : undefined}
          action="Unlink"
          onClose={() => setAsking(false)}
          onConfirm={(others) => void unlink(linked, others)}
        />
      )}
    </>
  );
}
