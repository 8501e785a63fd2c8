'use client';

import { useEffect, useRef, useState } from 'react';
import { useUnsavedWarning } from '@/components/forms/use-unsaved-warning';
import { Button } from '@/components/ui/button';
import { Copy, Download, Print } from '@/components/ui/more-icons';
import { StatusLine } from '@/components/ui/status-line';

const SAVED_WITHIN_MS = 120_000;

type RecoverySheetProps = { codes: string[]; appName: string; onKept: () => void };

/** New recovery codes, the one time they are shown. */
export function RecoverySheet({ codes, appName, onKept }: RecoverySheetProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const [said, setSaid] = useState('');
  useUnsavedWarning(true, 'Leave this page? These codes are never shown again.');
  // What was pressed is gone: the keyboard and the screen reader go on here.
  useEffect(() => heading.current?.focus(), []);

  const text = `${appName} recovery codes\nEach works once, together with your number.\n\n${codes.join('\n')}\n`;
  const copy = () =>
    navigator.clipboard.writeText(text).then(
      () => setSaid('Copied.'),
      () => setSaid('Your browser doesn’t let us copy. Select the codes and copy them yourself.'),
    );
  const download = () => {
    const link = document.createElement('a');
    link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
    link.download = 'recovery-codes.txt';
    link.click();
    // Some browsers read it only after they have asked where to keep it.
    setTimeout(() => URL.revokeObjectURL(link.href), SAVED_WITHIN_MS);
    setSaid('Saved as recovery-codes.txt.');
  };

  return (
    <div className="rounded-md border border-line bg-surface p-4 sm:p-5 motion-safe:animate-appear">
      <div data-print>
        <h3 ref={heading} tabIndex={-1} className="font-medium outline-none">
          Your new recovery codes
        </h3>
        <p className="mt-1 text-sm text-ink-soft">
          They are shown only now. Keep them where your phone isn’t: on paper, or in a password manager. Each works
          once, together with your number.
        </p>
        <ol className="mt-4 grid grid-cols-[repeat(auto-fill,minmax(12.5rem,1fr))] gap-x-6 gap-y-2 font-mono text-sm">
          {codes.map((code) => (
            <li key={code} className="whitespace-nowrap">
              {code}
            </li>
          ))}
        </ol>
      </div>
      <div className="mt-5 flex flex-wrap gap-3">
        <Button look="secondary" size="md" onClick={() => void copy()}>
          <Copy />
          Copy
        </Button>
        <Button look="secondary" size="md" onClick={download}>
          <Download />
          Save as file
        </Button>
        <Button look="secondary" size="md" onClick={() => window.print()}>
          <Print />
          Print
        </Button>
        <Button size="md" onClick={onKept}>
          I’ve kept them
        </Button>
      </div>
      <StatusLine>{said}</StatusLine>
    </div>
  );
}
