'use client';

import { useRouter } from 'next/navigation';
import { useState } from 'react';
import { sendJson } from '@/components/forms/send-json';
import { useHydrated } from '@/components/forms/use-hydrated';
import { Button } from '@/components/ui/button';
import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { FieldError } from '@/components/ui/field-error';
import { AppIcon, BrowserIcon } from '@/components/ui/more-icons';
import { StatusLine } from '@/components/ui/status-line';
import { Tag } from '@/components/ui/tag';
import { othersSignedOut, signOutOthers } from './sign-out-others';
import { useStepUp } from './step-up';

/** A session in words (`deviceRow` in `security-words.ts`). */
export type DeviceRow = {
  id: string;
  kind: 'web' | 'api';
  name: string;
  current: boolean;
  /** `203.0.113.5 · signed in 12 November 2026, 10:03` */
  where: string;
  lastSeen: string;
};

/** Where the person is signed in, and the ways to end it. */
export function Devices({ devices }: { devices: DeviceRow[] }) {
  const router = useRouter();
  const hydrated = useHydrated();
  const stepUp = useStepUp();
  const [asking, setAsking] = useState<DeviceRow | 'others' | null>(null);
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<string>();
  const [done, setDone] = useState('');
  const others = devices.filter(({ current }) => !current);

  const end = async (which: DeviceRow | 'others') => {
    const one = which !== 'others';
    setBusy(one ? which.id : which);
    setError(undefined);
    setDone('');
    const answer = await (one
      ? stepUp.run(() => sendJson({ method: 'DELETE', path: `/api/me/sessions/${which.id}` }))
      : signOutOthers(stepUp));
    setBusy(undefined);
    // Ended meanwhile, by somebody or by itself: that is what was wanted.
    if (answer?.ok || answer?.problem.code === 'not_found') {
      setDone(one ? `${which.name} is signed out.` : othersSignedOut);
      router.refresh();
    } else {
      setError(answer?.problem.message);
    }
  };

  return (
    <>
      <ul className="-mt-4 divide-y divide-line">
        {devices.map((device) => (
          <li key={device.id} className="flex flex-wrap items-center gap-x-4 gap-y-3 py-4">
            {device.kind === 'web' ? (
              <BrowserIcon className="size-6 text-ink-soft" />
            ) : (
              <AppIcon className="size-6 text-ink-soft" />
            )}
            <div className="min-w-0 flex-1 basis-48">
              <p className="flex flex-wrap items-center gap-x-3 gap-y-1 font-medium wrap-anywhere">
                {device.name}
                {device.current && <Tag positive>This device</Tag>}
              </p>
              <p className="mt-0.5 text-sm text-ink-soft wrap-anywhere">{device.where}</p>
              <p className="text-sm text-ink-soft">{device.lastSeen}</p>
            </div>
            {!device.current && (
              <Button
                look="secondary"
                size="md"
                disabled={!hydrated}
                pending={busy === device.id}
                className="max-sm:ml-10"
                aria-label={`Sign out ${device.name}, ${device.where}`}
                onClick={() => busy || setAsking(device)}
              >
                Sign out
              </Button>
            )}
          </li>
        ))}
      </ul>
      {others.length > 1 && (
        <Button
          look="danger"
          size="md"
          className="mt-2"
          disabled={!hydrated}
          pending={busy === 'others'}
          onClick={() => busy || setAsking('others')}
        >
          Sign out all other devices
        </Button>
      )}
      {others.length === 0 && <p className="text-sm text-ink-soft">You’re signed in nowhere else.</p>}
      <FieldError id="devices" error={error} />
      <StatusLine>{done}</StatusLine>
      {asking && (
        <ConfirmDialog
          title={asking === 'others' ? 'Sign out all other devices?' : `Sign out ${asking.name}?`}
          text={
            asking === 'others'
              ? `${others.length} devices will need a new code to get in again. This one stays signed in.`
              : 'It will need a new code to get in again.'
          }
          action="Sign out"
          onConfirm={() => void end(asking)}
          onClose={() => setAsking(null)}
        />
      )}
    </>
  );
}
