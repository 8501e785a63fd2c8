import type { ComponentProps, ReactNode } from 'react';
import { describedBy, type Described, FieldError } from './field-error';

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
