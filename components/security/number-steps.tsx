'use client';

import { type ReactNode, useEffect, useRef, useState } from 'react';
import type { Country } from '@/components/auth/countries';
import { isAboutTheNumber, PhoneInput, SmsHint } from '@/components/auth/phone-input';
import { usePhoneTyping } from '@/components/auth/use-phone-typing';
import type { Fault } from '@/components/forms/run-action';
import { type Answer, sendJson } from '@/components/forms/send-json';
import { useHydrated } from '@/components/forms/use-hydrated';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field-error';
import { Notice } from '@/components/ui/notice';
import { textLink } from '@/components/ui/text-link';
import { CodeStep, type SentCode } from './code-step';
import { useStepUp } from './step-up';

/** What the change came to: made, or (the old number being lost) waiting. */
export type NumberChanged = { effective_at?: string };

type NumberStepsProps = {
  country: Country;
  allowed: readonly string[] | undefined;
  /** The old number can't confirm the change. */
  lost?: boolean;
  onDone: (changed: NumberChanged) => void;
  /** Around the question for the number: what to know before, and the other way. */
  intro?: ReactNode;
  outro?: ReactNode;
  /** The way back, beside the buttons. */
  children?: ReactNode;
};

type Asked = { phone: string; shown: string; sent: SentCode };

/** A new number, and the code that was sent to it. */
export function NumberSteps({ lost = false, onDone, intro, outro, children, ...numbers }: NumberStepsProps) {
  const stepUp = useStepUp();
  const [asked, setAsked] = useState<Asked>();
  const more = lost ? { old_number_lost: true } : {};

  /** Null: they thought better of confirming that it's them. */
  const send = (phone: string) =>
    stepUp.run(() =>
      sendJson<SentCode & { phone: string }>({ method: 'POST', path: '/api/me/phone', json: { phone, ...more } }),
    );

  const verify = async (phone: string, otp: string): Promise<Answer<NumberChanged>> => {
    const answer = await stepUp.run(() =>
      sendJson<NumberChanged>({ method: 'POST', path: '/api/me/phone/verify', json: { phone, otp, ...more } }),
    );
    // It was not theirs when the code was asked for: only the answer that says it is was lost.
    const already = answer && !answer.ok && answer.problem.errors?.some(({ path }) => path === 'phone');
    return already ? { ok: true, value: {} } : (answer ?? unconfirmed);
  };

  /** Whether the change waits after all, though no answer said so. */
  const foundWaiting = async (phone: string): Promise<boolean> => {
    const answer = await sendJson<{ pending: { phone: string; effective_at: string } | null }>({
      method: 'GET',
      path: '/api/me/phone',
    });
    const pending = answer.ok ? answer.value.pending : null;
    // Of the number only the end is told.
    if (!pending?.phone.endsWith(phone.slice(-4))) {
      return false;
    }
    onDone(pending);
    return true;
  };

  if (!asked) {
    return (
      <>
        {intro}
        <NumberForm
          {...numbers}
          send={send}
          onSent={(shown, sent) => setAsked({ phone: sent.phone, shown, sent })}
          label={children ? 'New number' : 'Phone'}
        >
          {children}
        </NumberForm>
        {outro}
      </>
    );
  }
  return (
    <>
      <p className="mb-5 text-ink-soft">
        Enter the code sent to <span className="whitespace-nowrap text-ink tabular-nums">{asked.shown}</span>.{' '}
        <button type="button" className={textLink} onClick={() => setAsked(undefined)}>
          Use another number
        </button>
      </p>
      <CodeStep
        sent={asked.sent}
        action="Verify & Continue"
        verify={(otp) => verify(asked.phone, otp)}
        send={async () => (await send(asked.phone)) ?? unconfirmed}
        onDone={onDone}
        onLost={lost ? () => foundWaiting(asked.phone) : undefined}
      >
        {children}
      </CodeStep>
    </>
  );
}

const unconfirmed: { ok: false; problem: Fault } = {
  ok: false,
  problem: { code: 'fresh_proof_required', message: 'Confirm it’s you first, then try again.' },
};

type NumberFormProps = Pick<NumberStepsProps, 'country' | 'allowed' | 'children'> & {
  label: string;
  send: (phone: string) => Promise<Answer<SentCode & { phone: string }> | null>;
  onSent: (shown: string, sent: SentCode & { phone: string }) => void;
};

function NumberForm({ country, allowed, label, send, onSent, children }: NumberFormProps) {
  const input = useRef<HTMLInputElement>(null);
  const hydrated = useHydrated();
  const [pending, setPending] = useState(false);
  const [problem, setProblem] = useState<Fault>();
  const typing = usePhoneTyping({
    start: country,
    allowed,
    recall: false,
    write: (text) => {
      if (input.current && input.current.value !== text) input.current.value = text;
    },
  });
  useEffect(() => input.current?.focus(), []);

  const say = (fault: Fault) => {
    setProblem(fault);
    if (isAboutTheNumber(fault)) {
      input.current?.focus();
    }
  };

  const submit = async () => {
    const typed = input.current?.value.trim() ?? '';
    if (pending) {
      return;
    }
    if (!typed) {
      return say({ code: 'invalid_phone', message: 'Enter your phone number' });
    }
    setPending(true);
    setProblem(undefined);
    const prefix = `+${typing.country.callingCode}`;
    const answer = await send(/^(\+|00)/.test(typed) ? typed : `${prefix}${typed}`);
    setPending(false);
    if (answer?.ok) {
      onSent(/^(\+|00)/.test(typed) ? typed : `${prefix} ${typed}`, answer.value);
    } else if (answer) {
      say(answer.problem);
    }
  };

  const message = problem?.errors?.[0]?.message ?? problem?.message;
  const onNumber = problem && isAboutTheNumber(problem);
  return (
    <form
      method="post"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void submit();
      }}
    >
      <label htmlFor="phone" className="mb-2 block text-sm font-medium">
        {label}
      </label>
      <PhoneInput
        ref={input}
        country={typing.country}
        allowed={allowed}
        onPickCountry={(picked) => {
          typing.pick(picked);
          input.current?.focus();
        }}
        error={onNumber ? message : undefined}
        onFocus={() => typing.warmUp()}
        onChange={(event) => typing.changed(event.target)}
        onBlur={() => typing.left()}
      />
      <FieldError id="phone" error={onNumber ? message : undefined} />
      <div className={problem && !onNumber ? 'mt-4' : ''}>
        <Notice kind="danger">{onNumber ? undefined : message}</Notice>
      </div>
      <SmsHint />
      <div className={`mt-6 flex flex-wrap gap-3 ${children ? 'justify-end' : ''}`}>
        {children}
        <Button
          type="submit"
          size={children ? 'md' : 'lg'}
          pending={pending}
          disabled={!hydrated}
          className={children ? '' : 'w-full'}
        >
          Send OTP
        </Button>
      </div>
      <p role="status" className="sr-only">
        {pending && 'Sending the code'}
      </p>
    </form>
  );
}
