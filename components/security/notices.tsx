'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { leaveIfSignedOut, sendJson } from '@/components/forms/send-json';
import { useHydrated } from '@/components/forms/use-hydrated';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field-error';
import { Warning } from '@/components/ui/icons';
import type { ActivityRow } from './security-words';

/** What happened to the account elsewhere since this session last looked. Stays until somebody says they saw it. */
export function Notices({ notices, children }: { notices: ActivityRow[]; children?: ReactNode }) {
  const router = useRouter();
  const hydrated = useHydrated();
  const [busy, setBusy] = useState<'seen' | 'ending' | null>(null);
  const [error, setError] = useState<string>();
  const [hidden, setHidden] = useState<string>();
  const [newest] = notices;
  if (!newest || hidden === newest.id) {
    return null;
  }
  // "Not me" is about one sign-in only; with several the list on the security page is the place to look.
  const stranger = notices.length === 1 ? newest.sessionId : null;

  const act = async (what: 'seen' | 'ending') => {
    if (busy) {
      return;
    }
    setBusy(what);
    if (what === 'ending') {
      const ended = await sendJson({ method: 'DELETE', path: `/api/me/sessions/${stranger}` });
      if (!ended.ok && ended.problem.code !== 'not_found') {
        leaveIfSignedOut(ended.problem);
        setError(ended.problem.message);
        setBusy(null);
        return;
      }
    }
    const seen = await sendJson({ method: 'POST', path: '/api/me/activity/seen', json: { up_to: newest.id } });
    setBusy(null);
    if (seen.ok) {
      setHidden(newest.id);
      router.refresh();
    } else {
      leaveIfSignedOut(seen.problem);
      setError(seen.problem.message);
    }
  };

  return (
    <aside
      aria-label="Security notice"
      className="mb-10 rounded-md border border-line bg-surface p-4 sm:p-5 motion-safe:animate-appear"
    >
      <ul className="space-y-3">
        {notices.map((notice) => (
          <li key={notice.id} className="flex gap-3">
            <Warning className="mt-1 size-4 text-accent-text" />
            <span className="min-w-0 wrap-anywhere">
              <span className="font-medium">{notice.text}</span>
              <span className="block text-sm text-ink-soft">
                {[notice.where, notice.when].filter(Boolean).join(' · ')}
              </span>
            </span>
          </li>
        ))}
      </ul>
      <div className="mt-4 flex flex-wrap items-center gap-x-4 gap-y-3 sm:pl-7">
        <Button
          look="secondary"
          size="md"
          disabled={!hydrated}
          pending={busy === 'seen'}
          onClick={() => void act('seen')}
        >
          {stranger ? 'That was me' : 'Got it'}
        </Button>
        {stranger && (
          <Button
            look="danger"
            size="md"
            disabled={!hydrated}
            pending={busy === 'ending'}
            onClick={() => void act('ending')}
          >
            Not me: sign it out
          </Button>
        )}
        {children}
      </div>
      <FieldError id="notices" error={error} />
    </aside>
  );
}
