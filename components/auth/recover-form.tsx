'use client';

import { useActionState, useState, type ChangeEvent } from 'react';
import { useForm } from 'react-hook-form';
import { lazyResolver } from '@/components/forms/lazy-resolver';
import { runAction, UNREACHABLE } from '@/components/forms/run-action';
import { Button } from '@/components/ui/button';
import { TextField } from '@/components/ui/field';
import { FieldError } from '@/components/ui/field-error';
import { Notice } from '@/components/ui/notice';
import type { Problem } from '@/lib/http/problem';
import type { Country } from './countries';
import { isAboutTheNumber, PhoneInput } from './phone-input';
import { usePhoneTyping } from './use-phone-typing';

export type RecoverEntry = { country: string; phone: string; code: string };
/** What the server says to a form that was sent before, or without, JavaScript. */
export type RecoverPosted = { problem: Problem; entry: Omit<RecoverEntry, 'code'> } | null;

type RecoverFormProps = {
  country: Country;
  allowed: readonly string[] | undefined;
  recover: (entry: RecoverEntry) => Promise<Problem>;
  recoverWithoutScript: (previous: RecoverPosted, form: FormData) => Promise<RecoverPosted>;
};

const resolver = lazyResolver<RecoverEntry, RecoverEntry>(() =>
  import('@/lib/recovery-codes/recovery-schema').then((module) => module.recoverFormSchema),
);

/** The field that a refusal speaks of; null: the form as a whole. */
function fieldOf({ code, errors }: Pick<Problem, 'code' | 'errors'>): 'phone' | 'code' | null {
  if (code === 'invalid_code' || errors?.some(({ path }) => path === 'code')) {
    return 'code';
  }
  return isAboutTheNumber({ code }) ? 'phone' : null;
}

/** The number and one of its account's recovery codes. */
export function RecoverForm({ country, allowed, recover, recoverWithoutScript }: RecoverFormProps) {
  const [posted, postAction] = useActionState(recoverWithoutScript, null);
  const [moving, setMoving] = useState(false);
  const { register, handleSubmit, setError, setValue, setFocus, clearErrors, formState } = useForm<RecoverEntry>({
    resolver,
  });
  const typing = usePhoneTyping({ start: country, allowed, write: (text) => setValue('phone', text) });

  const submit = handleSubmit(async (entry) => {
    const answer = await runAction(() => recover(entry));
    if (answer === 'moved') {
      setMoving(true);
      return;
    }
    const message = answer === 'unreachable' ? UNREACHABLE : (answer.errors?.[0]?.message ?? answer.message);
    const field = answer === 'unreachable' ? null : fieldOf(answer);
    setError(field ?? 'root', { message }, { shouldFocus: field !== null });
  });

  const pending = formState.isSubmitting || moving;
  const shown = formState.isSubmitted ? null : posted?.problem;
  const message = shown && (shown.errors?.[0]?.message ?? shown.message);
  const said = (field: 'phone' | 'code' | null) => (shown && fieldOf(shown) === field ? message : undefined);
  const { errors } = formState;
  const phoneError = errors.phone?.message ?? errors.country?.message ?? said('phone') ?? undefined;
  const codeError = errors.code?.message ?? said('code') ?? undefined;
  const formError = errors.root?.message ?? said(null) ?? undefined;

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
      <PhoneInput
        country={typing.country}
        allowed={allowed}
        onPickCountry={(picked) => {
          typing.pick(picked);
          setFocus('phone');
        }}
        error={phoneError}
        hint={false}
        defaultValue={typing.remembered?.phone ?? posted?.entry.phone}
        onFocus={() => {
          typing.warmUp();
          resolver.warmUp();
        }}
        {...phone}
      />
      <input type="hidden" value={typing.country.iso} readOnly {...register('country')} />
      <FieldError id="phone" error={phoneError} />
      <div className="mt-5">
        <TextField
          id="code"
          label="Recovery code"
          hint="16 letters and digits, such as 7K2M-P9QX-3FHT-8WBC. Hyphens and capitals don’t matter."
          error={codeError}
          className="font-mono"
          autoComplete="off"
          autoCapitalize="characters"
          autoCorrect="off"
          spellCheck={false}
          enterKeyHint="done"
          required
          aria-required
          {...register('code')}
        />
      </div>
      <div className={formError ? 'mt-4' : ''}>
        <Notice kind="danger">{formError}</Notice>
      </div>
      <Button type="submit" pending={pending} className="mt-6 w-full">
        Sign in
      </Button>
      <p role="status" className="sr-only">
        {pending && 'Checking the code'}
      </p>
    </form>
  );
}
