'use client';

import { useActionState, useRef, useState, type ChangeEvent } from 'react';
import { useForm } from 'react-hook-form';
import { lazyResolver } from '@/components/forms/lazy-resolver';
import { runAction, UNREACHABLE } from '@/components/forms/run-action';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field';
import { Notice } from '@/components/ui/notice';
import type { Problem } from '@/lib/http/problem';
import type { Country } from './countries';
import { CountryButton } from './country-button';
import { usePhoneTyping } from './use-phone-typing';

export type PhoneEntry = { country: string; phone: string };
/** What the server says to a form that was sent before, or without, JavaScript. */
export type PhonePosted = { problem: Problem; entry: PhoneEntry } | null;

type PhoneFormProps = {
  country: Country;
  allowed: readonly string[] | undefined;
  startSignIn: (entry: PhoneEntry) => Promise<Problem>;
  startWithoutScript: (previous: PhonePosted, form: FormData) => Promise<PhonePosted>;
};

const resolver = lazyResolver<PhoneEntry, PhoneEntry>(() =>
  import('@/lib/otp/request-schema').then((module) => module.phoneFormSchema),
);

/** Refusals that speak of the number itself, and so belong beside it. */
const aboutTheNumber = new Set([
  'invalid_request',
  'invalid_phone',
  'unsupported_country',
  'undeliverable_phone',
  'recipient_opted_out',
]);

export function PhoneForm({ country, allowed, startSignIn, startWithoutScript }: PhoneFormProps) {
  const [posted, postAction] = useActionState(startWithoutScript, null);
  const frame = useRef<HTMLDivElement>(null);
  const [moving, setMoving] = useState(false);
  const { register, handleSubmit, setError, setValue, setFocus, clearErrors, formState } = useForm<PhoneEntry>({
    resolver,
  });
  const typing = usePhoneTyping({ start: country, allowed, write: (text) => setValue('phone', text) });

  const say = (problem: Problem | 'unreachable') => {
    const message = problem === 'unreachable' ? UNREACHABLE : (problem.errors?.[0]?.message ?? problem.message);
    if (problem !== 'unreachable' && aboutTheNumber.has(problem.code)) {
      setError('phone', { message }, { shouldFocus: true });
    } else {
      setError('root', { message });
    }
  };

  const submit = handleSubmit(async (entry) => {
    typing.remember(entry.phone);
    const answer = await runAction(() => startSignIn(entry));
    if (answer === 'moved') {
      setMoving(true);
    } else {
      say(answer);
    }
  });

  const pending = formState.isSubmitting || moving;
  const shown = formState.isSubmitted ? null : posted?.problem;
  const onNumber = shown && aboutTheNumber.has(shown.code);
  const phoneError =
    formState.errors.phone?.message ?? formState.errors.country?.message ?? (onNumber ? shown.message : undefined);
  const formError = formState.errors.root?.message ?? (shown && !onNumber ? shown.message : undefined);

  const phone = register('phone', {
    onChange: (event: ChangeEvent<HTMLInputElement>) => typing.changed(event.target),
    onBlur: () => typing.left(),
  });

  return (
    <form
      action={postAction}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) {
          clearErrors();
          setValue('country', typing.country.iso);
          void submit(event);
        }
      }}
    >
      <label htmlFor="phone" className="mb-2 block text-sm font-medium">
        Phone
      </label>
      <div
        ref={frame}
        className="control flex items-stretch p-0! focus-within:has-[button:focus]:border-line-strong focus-within:has-[button:focus]:shadow-none"
      >
        <CountryButton
          frame={frame}
          country={typing.country}
          allowed={allowed}
          onPick={(picked) => {
            typing.pick(picked);
            setFocus('phone');
          }}
        />
        <span className="my-2.5 w-px bg-line" />
        <input
          id="phone"
          type="tel"
          inputMode="tel"
          autoComplete="tel"
          enterKeyHint="send"
          required
          aria-required
          defaultValue={typing.remembered?.phone ?? posted?.entry.phone}
          aria-invalid={phoneError ? true : undefined}
          aria-describedby={phoneError ? 'phone-error sms-notice' : 'sms-notice'}
          onFocus={() => {
            typing.warmUp();
            resolver.warmUp();
          }}
          className="h-11.5 min-w-0 flex-1 rounded-r bg-transparent px-3.5 text-base tracking-[0.01em] outline-none tabular-nums"
          {...phone}
        />
      </div>
      <input type="hidden" value={typing.country.iso} readOnly {...register('country')} />
      <FieldError id="phone" error={phoneError} />
      <div className={formError ? 'mt-4' : ''}>
        <Notice kind="danger">{formError}</Notice>
      </div>
      <Button type="submit" pending={pending} className="mt-5 w-full">
        Send OTP
      </Button>
      <p role="status" className="sr-only">
        {pending && 'Sending the code'}
      </p>
      <p id="sms-notice" className="mt-4 text-sm text-ink-soft">
        We’ll text you a one-time code. Message and data rates may apply.
      </p>
    </form>
  );
}
