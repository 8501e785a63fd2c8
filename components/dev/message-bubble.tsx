'use client';

import { useEffect, useState } from 'react';
import { Check } from '@/components/ui/icons';
import { Copy } from '@/components/ui/more-icons';
import { codeIn, type Message } from './use-inbox';

const FEEDBACK_MS = 2000;

/** One message as a phone shows it, with its code large enough to read across a desk and one press away from pasting. */
export function MessageBubble({ message }: { message: Message }) {
  const code = codeIn(message.text);
  return (
    <div className="max-w-100">
      <div className="rounded-lg rounded-bl-sm bg-sunken px-4 pt-3 pb-4">
        <p className="text-sm break-words whitespace-pre-line">{message.text}</p>
        {code && <CopyCode code={code} />}
      </div>
      <p className="mt-1.5 text-xs text-ink-soft">
        <time dateTime={message.sent_at}>{whenSent(message.sent_at)}</time>
      </p>
    </div>
  );
}

function CopyCode({ code }: { code: string }) {
  const [state, setState] = useState<'ready' | 'copied' | 'failed'>('ready');

  useEffect(() => {
    const timer = setTimeout(() => setState('ready'), FEEDBACK_MS);
    return () => clearTimeout(timer);
  }, [state]);

  const copy = () =>
    navigator.clipboard.writeText(code).then(
      () => setState('copied'),
      () => setState('failed'),
    );

  return (
    <button
      type="button"
      aria-label={`Copy code ${code}`}
      onClick={() => void copy()}
      className="mt-4 flex min-h-14 w-full items-center justify-between gap-4 rounded border border-line bg-surface px-4 hover:border-line-strong"
    >
      <span className="text-2xl font-medium tracking-[0.08em] tabular-nums">{code}</span>
      <span
        role="status"
        className={`flex items-center gap-2 text-sm ${state === 'copied' ? 'text-accent-text' : state === 'failed' ? 'text-danger' : 'text-ink-soft'}`}
      >
        {state === 'copied' ? <Check /> : <Copy />}
        {{ ready: 'Copy', copied: 'Copied', failed: 'Not allowed here' }[state]}
      </span>
    </button>
  );
}

const timeFormat = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const dayFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' });

/** Today by the clock, earlier days with their date. */
function whenSent(moment: string): string {
  const sent = new Date(moment);
  return sent.toDateString() === new Date().toDateString() ? timeFormat.format(sent) : dayFormat.format(sent);
}
