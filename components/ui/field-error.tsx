import type { ReactNode } from 'react';
import { Warning } from './icons';

export type Described = { id: string; hint?: ReactNode; error?: string | undefined };

/** The ids that describe a control, in the order a screen reader should read them: what is wrong first. */
export function describedBy({ id, hint, error }: Described): string | undefined {
  return [error && `${id}-error`, hint && `${id}-hint`].filter(Boolean).join(' ') || undefined;
}

/**
 * What stands under a control. The live region is always in the page, because one that arrives together with its text
 * is not announced by every screen reader.
 */
export function FieldError({ id, error }: { id: string; error?: string | undefined }) {
  return (
    <div role="alert" id={`${id}-error`}>
      {error && (
        <p className="mt-2 flex gap-2 text-sm text-danger">
          <Warning className="mt-0.5 size-4" />
          <span>{error}</span>
        </p>
      )}
    </div>
  );
}
