'use client';

import { type ReactNode, useId, useState } from 'react';
import { useHydrated } from '@/components/forms/use-hydrated';
import { Button } from './button';
import type { ButtonLook } from './button-class';
import { FieldError } from './field-error';

type BannerAction = {
  label: string;
  look?: ButtonLook;
  opensDialog?: boolean;
  /** Does it; answers what went wrong, in words. */
  run: () => Promise<string | undefined>;
};

type BannerProps = {
  /** What a screen reader calls the region. */
  label: string;
  icon: ReactNode;
  messages: { title: ReactNode; text: string }[];
  actions: BannerAction[];
  /** Stands beside the actions. */
  children?: ReactNode;
};

/** What an account has to say before all else on the page, and what to do about it: one action at a time, its error below. */
export function Banner({ label, icon, messages, actions, children }: BannerProps) {
  const id = useId();
  const hydrated = useHydrated();
  const [busy, setBusy] = useState<string>();
  const [error, setError] = useState<string>();

  const press = async (action: BannerAction) => {
    if (busy) {
      return;
    }
    setBusy(action.label);
    setError(undefined);
    setError(await action.run());
    setBusy(undefined);
  };

  return (
    <aside
      aria-label={label}
      className="mb-10 flex has-[+aside]:mb-4 gap-3 rounded-md border border-line bg-surface p-4 sm:p-5 motion-safe:animate-appear"
    >
      <span className="mt-1 text-accent-text">{icon}</span>
      <div className="min-w-0 wrap-anywhere">
        <ul className="space-y-3">
          {messages.map(({ title, text }, index) => (
            <li key={index}>
              <p className="font-medium">{title}</p>
              <p className="mt-1 text-sm text-ink-soft">{text}</p>
            </li>
          ))}
        </ul>
        <div className="mt-4 flex flex-wrap items-center gap-3">
          {actions.map((action) => (
            <Button
              key={action.label}
              look={action.look}
              size="md"
              disabled={!hydrated}
              pending={busy === action.label}
              aria-haspopup={action.opensDialog && 'dialog'}
              onClick={() => void press(action)}
            >
              {action.label}
            </Button>
          ))}
          {children}
        </div>
        <FieldError id={id} error={error} />
      </div>
    </aside>
  );
}
