import type { ReactNode } from 'react';
import { Check, Warning } from './icons';

const looks = {
  danger: 'bg-danger-soft text-danger',
  neutral: 'bg-sunken text-ink',
  positive: 'bg-accent-soft text-accent-text',
};

/** A message that belongs to the whole form. The region itself stays in the page so that its text is announced. */
export function Notice({ kind, children }: { kind: keyof typeof looks; children?: ReactNode }) {
  const Icon = kind === 'positive' ? Check : Warning;
  return (
    <div role={kind === 'positive' ? 'status' : 'alert'}>
      {children && (
        <p className={`flex gap-3 rounded px-4 py-3 text-sm motion-safe:animate-appear ${looks[kind]}`}>
          <Icon className="mt-0.5 size-4" />
          <span>{children}</span>
        </p>
      )}
    </div>
  );
}
