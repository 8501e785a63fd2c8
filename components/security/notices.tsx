'use client';

import { useRouter } from 'next/navigation';
import { type ReactNode, useState } from 'react';
import { leaveIfSignedOut, sendJson } from '@/components/forms/send-json';
import { Banner } from '@/components/ui/banner';
import { Warning } from '@/components/ui/icons';
import type { ActivityRow } from './security-words';
import { useStepUp } from './step-up';

/** What happened to the account elsewhere since this session last looked. Stays until somebody says they saw it. */
export function Notices({ notices, children }: { notices: ActivityRow[]; children?: ReactNode }) {
  const router = useRouter();
  const stepUp = useStepUp();
  const [hidden, setHidden] = useState<string>();
  const [newest] = notices;
  if (!newest || hidden === newest.id) {
    return null;
  }
  // "Not me" is about one sign-in only; with several the list on the security page is the place to look.
  const stranger = notices.length === 1 ? newest.sessionId : null;

  const markSeen = async () => {
    const seen = await sendJson({ method: 'POST', path: '/api/me/activity/seen', json: { up_to: newest.id } });
    if (!seen.ok) {
      leaveIfSignedOut(seen.problem);
      return seen.problem.message;
    }
    setHidden(newest.id);
    router.refresh();
  };
  const signStrangerOut = async () => {
    // While a change of number waits this takes a fresh proof: the stranger may be the one who asked for it.
    const ended = await stepUp.run(() => sendJson({ method: 'DELETE', path: `/api/me/sessions/${stranger}` }));
    return ended?.ok || ended?.problem.code === 'not_found' ? markSeen() : ended?.problem.message;
  };

  return (
    <Banner
      label="Security notice"
      icon={<Warning />}
      messages={notices.map(({ text, where, when }) => ({
        title: text,
        text: [where, when].filter(Boolean).join(' · '),
      }))}
      actions={[
        { label: stranger ? 'That was me' : 'Got it', look: 'secondary', run: markSeen },
        ...(stranger ? [{ label: 'Not me: sign it out', look: 'danger', run: signStrangerOut } as const] : []),
      ]}
    >
      {children}
    </Banner>
  );
}
