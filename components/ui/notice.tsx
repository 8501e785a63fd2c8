import type { ReactNode } from 'react';
import { Check, Warning } from './icons';

/** A message that belongs to the whole form. The region itself stays in the page so that its text is announced. */
export function Notice({ kind, children }: { kind: 'danger' | 'positive'; children?: ReactNode }) {
  const look = kind === 'danger' ? 'bg-danger-soft text-danger' : 'bg-accent-soft text-accent-text';
  const Icon = kind === 'danger' ? Warning : Check;
  return (
    <div role={kind === 'danger' ? 'alert' : 'status'}>
      {children && (
        <p className={`flex gap-3 rounded px-4 py-3 text-sm motion-safe:animate-appear ${look}`}>
          <Icon className="mt-0.5 size-4" />
          <span>{children}</span>
        </p>
      )}
    </div>
  );
}
