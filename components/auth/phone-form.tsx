'use client';

import { useActionState, useState, type ChangeEvent } from 'react';
import { useForm } from 'react-hook-form';
import { lazyResolver } from '@/components/forms/lazy-resolver';
import { type Fault, runAction, UNREACHABLE } from '@/components/forms/run-action';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field-error';
import { Notice } from '@/components/ui/notice';
import type { Problem } from '@/lib/http/problem';
import type { Country } from './countries';
import { isAboutTheNumber, PhoneInput, SmsHint } from './phone-input';
import { CHECK_MISSING, useCaptcha } from './use-captcha';
import { usePhoneTyping } from './use-phone-typing';

export type PhoneEntry = { country: string; phone: string };
/** What the server says to a form that was sent before, or without, JavaScript. */
export type PhonePosted = { problem: Problem; entry: PhoneEntry } | null;

type PhoneFormProps = {
  country: Country;
  allowed: readonly string[] | undefined;
  startSignIn: (entry: PhoneEntry & { captchaToken?: string }) => Promise<Problem>;
  startWithoutScript: (previous: PhonePosted, form: FormData) => Promise<PhonePosted>;
};

const resolver = lazyResolver<PhoneEntry, PhoneEntry>(() =>
  import('@/lib/otp/request-schema').then((module) => module.phoneFormSchema),
);

export function PhoneForm({ country, allowed, startSignIn, startWithoutScript }: PhoneFormProps) {
  const [posted, postAction] = useActionState(startWithoutScript, null);
  const [moving, setMoving] = useState(false);
  const { register, handleSubmit, setError, setValue, setFocus, clearErrors, formState } = useForm<PhoneEntry>({
    resolver,
  });
  const captcha = useCaptcha();
  const typing = usePhoneTyping({ start: country, allowed, write: (text) => setValue('phone', text) });

  const say = (problem: Fault | 'unreachable') => {
    const message = problem === 'unreachable' ? UNREACHABLE : (problem.errors?.[0]?.message ?? problem.message);
    if (problem !== 'unreachable' && isAboutTheNumber(problem)) {
      setError('phone', { message }, { shouldFocus: true });
    } else {
      setError('root', { message });
      if (problem !== 'unreachable' && problem.captcha) {
        captcha.ask(problem.captcha, () => void submit()).catch(() => setError('root', { message: CHECK_MISSING }));
      }
    }
  };

  const submit = handleSubmit(async (entry) => {
    typing.remember(entry.phone);
    const answer = await runAction(() => startSignIn({ ...entry, ...captcha.token() }));
    if (answer === 'moved') {
      setMoving(true);
    } else {
      say(answer);
    }
  });

  const pending = formState.isSubmitting || moving;
  const shown = formState.isSubmitted ? null : posted?.problem;
  const onNumber = shown && isAboutTheNumber(shown);
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
      <PhoneInput
        country={typing.country}
        allowed={allowed}
        onPickCountry={(picked) => {
          typing.pick(picked);
          setFocus('phone');
        }}
        error={phoneError}
        // Passkeys stand among the suggestions (components/passkeys/passkey-sign-in.tsx).
        autoComplete="tel webauthn"
        defaultValue={typing.remembered?.phone ?? posted?.entry.phone}
        onFocus={() => {
          typing.warmUp();
          resolver.warmUp();
        }}
        {...phone}
      />
      <input type="hidden" value={typing.country.iso} readOnly {...register('country')} />
      <FieldError id="phone" error={phoneError} />
      <div className={formError ? 'mt-4' : ''}>
        <Notice kind="danger">{formError}</Notice>
      </div>
      {captcha.widget}
      <Button type="submit" pending={pending} className="mt-5 w-full">
        Send OTP
      </Button>
      <p role="status" className="sr-only">
        {pending && 'Sending the code'}
      </p>
      <SmsHint />
    </form>
  );
}
