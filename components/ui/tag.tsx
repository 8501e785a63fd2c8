import type { ReactNode } from 'react';
import { Check } from './icons';

/** A word or two about the thing beside it. */
export function Tag({ positive = false, children }: { positive?: boolean; children: ReactNode }) {
  return (
    <span
      className={`inline-flex items-center gap-1 rounded-sm px-1.5 text-xs font-medium ${positive ? 'bg-accent-soft text-accent-text' : 'bg-sunken text-ink-soft'}`}
    >
      {positive && <Check className="size-3.5" />}
      {children}
    </span>
  );
}
