'use client';

import { type ComponentProps, useRef } from 'react';
import { describedBy } from '@/components/ui/field-error';
import type { Fault } from '@/components/forms/run-action';
import type { Country } from './countries';
import { CountryButton } from './country-button';

type PhoneInputProps = Omit<ComponentProps<'input'>, 'id'> & {
  country: Country;
  allowed: readonly string[] | undefined;
  onPickCountry: (country: Country) => void;
  error: string | undefined;
  /** {@link SmsHint} stands under the field. */
  hint?: boolean;
};

/** The phone field: the country in front, the number behind it, drawn as one control. What is wrong stands under it. */
export function PhoneInput({ country, allowed, onPickCountry, error, hint = true, ...input }: PhoneInputProps) {
  const frame = useRef<HTMLDivElement>(null);
  return (
    <div
      ref={frame}
      className="control flex items-stretch p-0! focus-within:has-[button:focus]:border-line-strong focus-within:has-[button:focus]:shadow-none"
    >
      <CountryButton frame={frame} country={country} allowed={allowed} onPick={onPickCountry} />
      <span className="my-2.5 w-px bg-line" />
      <input
        id="phone"
        type="tel"
        inputMode="tel"
        autoComplete="tel"
        enterKeyHint="send"
        required
        aria-required
        aria-invalid={error ? true : undefined}
        aria-describedby={describedBy({ id: 'phone', error, hint })}
        className="h-11.5 min-w-0 flex-1 rounded-r bg-transparent px-3.5 text-base tracking-[0.01em] outline-none tabular-nums"
        {...input}
      />
    </div>
  );
}

/** Says how codes come, under the field. */
export function SmsHint() {
  return (
    <p id="phone-hint" className="mt-4 text-sm text-ink-soft">
      We’ll text you a one-time code. Message and data rates may apply.
    </p>
  );
}

/** Whether a refusal speaks of the number itself, and so belongs beside it. */
export const isAboutTheNumber = ({ code }: Pick<Fault, 'code'>): boolean =>
  code === 'invalid_request' ||
  code === 'invalid_phone' ||
  code === 'unsupported_country' ||
  code === 'undeliverable_phone' ||
  code === 'recipient_opted_out';
