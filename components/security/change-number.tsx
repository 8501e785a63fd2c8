'use client';

import { useRouter } from 'next/navigation';
import { useEffect, useRef, useState } from 'react';
import type { Country } from '@/components/auth/countries';
import { useHydrated } from '@/components/forms/use-hydrated';
import { Button } from '@/components/ui/button';
import { StatusLine } from '@/components/ui/status-line';
import { Tag } from '@/components/ui/tag';
import { textLink } from '@/components/ui/text-link';
import { NumberSteps, type NumberChanged } from './number-steps';

type ChangeNumberProps = {
  /** As people read it: +91 81234 56789 */
  phone: string;
  country: Country;
  allowed: readonly string[] | undefined;
  /** Whether the change may be made without the old number, after a wait. */
  mayBeLost: boolean;
};

/** With the old number at hand, or without it. */
type Way = 'usual' | 'lost';

/** The number of the account, and the two ways to another one. */
export function ChangeNumber({ phone, mayBeLost, ...numbers }: ChangeNumberProps) {
  const router = useRouter();
  const hydrated = useHydrated();
  const opener = useRef<HTMLButtonElement>(null);
  const [way, setWay] = useState<Way | null>(null);
  const [done, setDone] = useState('');

  // Where the way began; the button is back by then.
  const wasOpen = useRef(false);
  useEffect(() => {
    if (way === null && wasOpen.current) {
      opener.current?.focus();
    }
    wasOpen.current = way !== null;
  }, [way]);

  const close = () => setWay(null);
  const open = (which: Way) => {
    setDone('');
    setWay(which);
  };
  const onDone = ({ effective_at }: NumberChanged) => {
    setDone(
      effective_at === undefined ? 'Your number is changed.' : 'The change is noted, and we tell your old number.',
    );
    close();
    router.refresh();
  };

  return (
    <>
      <p className="flex min-h-7 flex-wrap items-center gap-x-3 gap-y-1">
        <span className="font-medium tabular-nums">{phone}</span>
        <Tag positive>Verified</Tag>
      </p>
      {way === null ? (
        <Button
          ref={opener}
          look="secondary"
          size="md"
          className="mt-3"
          disabled={!hydrated}
          onClick={() => open('usual')}
        >
          Change number
        </Button>
      ) : (
        <div className="mt-4 rounded-md border border-line bg-surface p-4 sm:p-5 motion-safe:animate-appear">
          <NumberSteps
            key={way}
            lost={way === 'lost'}
            {...numbers}
            onDone={onDone}
            intro={way === 'lost' && <LostExplained />}
            outro={mayBeLost && <OtherWay way={way} onChoose={open} />}
          >
            <Button look="secondary" size="md" onClick={close}>
              Cancel
            </Button>
          </NumberSteps>
        </div>
      )}
      <StatusLine>{done}</StatusLine>
    </>
  );
}

function OtherWay({ way, onChoose }: { way: Way; onChoose: (way: Way) => void }) {
  return (
    <p className="mt-5 border-t border-line pt-4 text-sm text-ink-soft">
      {way === 'usual' ? 'Codes don’t reach your old number any more? ' : 'The old number works after all? '}
      <button type="button" className={textLink} onClick={() => onChoose(way === 'usual' ? 'lost' : 'usual')}>
        {way === 'usual' ? 'I no longer have my old number' : 'Change it at once'}
      </button>
    </p>
  );
}

function LostExplained() {
  return (
    <div className="mb-5 text-sm text-ink-soft">
      <p className="text-base font-medium text-ink">Changing without the old number takes three days</p>
      <ul className="mt-2 list-disc space-y-1.5 pl-4.5 marker:text-line-strong">
        <li>
          Your old number gets a text. Signing in with it stops the change, and any device you’re signed in on can
          cancel it.
        </li>
        <li>
          After three days all devices are signed out, a linked Google account is unlinked, and you sign in with the new
          number.
        </li>
        <li>It takes longer while no text gets through to your old number.</li>
        <li>Don’t sign in with the new number before: that makes a second account, and this one can’t have it then.</li>
      </ul>
    </div>
  );
}
