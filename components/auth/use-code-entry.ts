import { type ChangeEvent, useEffect, useEffectEvent, useRef, useState } from 'react';
import { useForm } from 'react-hook-form';
import { lazyResolver } from '@/components/forms/lazy-resolver';
import { UNREACHABLE } from '@/components/forms/run-action';
import type { Problem } from '@/lib/http/problem';
import { codeDigits } from './code-digits';
import { readCode } from './read-code';

type CodeEntryOptions = {
  length: number;
  open: boolean;
  submitCode: (input: { otp: string }) => Promise<'accepted' | 'unreachable' | CodeProblem>;
  /** Says what a refusal means for the field; without a text the field stays quiet. */
  onRefused: (problem: CodeProblem) => string | undefined;
};

export type CodeProblem = Pick<Problem, 'code' | 'message' | 'attempts_left'>;

const resolver = lazyResolver<{ otp: string }, { otp: string }>(() =>
  import('@/lib/otp/request-schema').then((module) => module.codeFormSchema),
);

/** The code field: takes digits from anywhere, sends them once when they are all there, and starts over when refused. */
export function useCodeEntry({ length, open, submitCode, onRefused }: CodeEntryOptions) {
  const form = useForm<{ otp: string }>({ resolver });
  const [code, setCode] = useState('');
  const [accepted, setAccepted] = useState(false);
  const busy = useRef(false);
  const lastTried = useRef('');
  const error = form.formState.errors.otp?.message;

  const write = (text: string) => {
    const digits = readCode(text, length);
    form.setValue('otp', digits);
    setCode(digits);
    codeDigits.set(digits);
    return digits;
  };

  const refused = (problem: CodeProblem | 'unreachable') => {
    if (problem === 'unreachable') {
      // Perhaps nothing arrived: the digits stay, and the button tries them again.
      form.setError('otp', { message: UNREACHABLE });
      return;
    }
    write('');
    const message = onRefused(problem);
    if (message) {
      form.setError('otp', { message });
      form.setFocus('otp');
    }
  };

  const verify = async ({ otp }: { otp: string }) => {
    lastTried.current = otp;
    const answer = await submitCode({ otp });
    if (answer === 'accepted') {
      setAccepted(true);
    } else {
      refused(answer);
    }
  };

  const send = async () => {
    if (busy.current || accepted || !open) {
      return;
    }
    busy.current = true;
    await form.handleSubmit(verify)();
    busy.current = false;
  };

  /** A full code sends itself, once: the same digits go again only by the button. */
  const take = (text: string) => {
    const digits = write(text);
    if (digits) {
      resolver.warmUp();
    }
    if (digits && error) {
      form.clearErrors();
    }
    if (digits.length === length && digits !== lastTried.current) {
      void send();
    }
  };

  const begin = useEffectEvent(() => {
    // Digits typed while the page was still loading are already in the field.
    take(String(form.getValues('otp') ?? ''));
    form.setFocus('otp');
  });
  useEffect(() => {
    const frame = requestAnimationFrame(() => begin());
    return () => cancelAnimationFrame(frame);
  }, []);

  return {
    code,
    error,
    accepted,
    pending: form.formState.isSubmitting || accepted,
    tried: form.formState.isSubmitted,
    field: { ...form.register('otp'), onChange: (event: ChangeEvent<HTMLInputElement>) => take(event.target.value) },
    take,
    send,
    /** For a new code: what was tried before may be tried again. */
    reset() {
      lastTried.current = '';
      write('');
      form.clearErrors();
      form.setFocus('otp');
    },
  };
}
