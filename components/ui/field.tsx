import type { ComponentProps, ReactNode } from 'react';
import { Warning } from './icons';

type Described = { id: string; hint?: ReactNode; error?: string | undefined };

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

type FieldProps = Described & { label: string; aside?: ReactNode; optional?: boolean; children: ReactNode };

export function Field({ id, label, hint, error, aside, optional, children }: FieldProps) {
  return (
    <div>
      <div className="mb-2 flex items-baseline justify-between gap-4 text-sm">
        <label htmlFor={id} className="font-medium">
          {label}
        </label>
        {aside ?? (optional && <span className="text-ink-soft">Optional</span>)}
      </div>
      {children}
      <FieldError id={id} error={error} />
      {hint && (
        <p id={`${id}-hint`} className="mt-2 text-sm text-ink-soft">
          {hint}
        </p>
      )}
    </div>
  );
}

type TextFieldProps = Omit<FieldProps, 'children' | 'id'> & ComponentProps<'input'> & { id: string };

export function TextField({ id, label, hint, error, aside, optional, className = '', ...input }: TextFieldProps) {
  return (
    <Field id={id} label={label} hint={hint} error={error} aside={aside} optional={optional}>
      <input
        id={id}
        className={`control ${className}`}
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy({ id, hint, error })}
        {...input}
      />
    </Field>
  );
}
