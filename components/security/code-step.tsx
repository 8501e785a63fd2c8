'use client';

import { type ReactNode, useId, useRef, useState } from 'react';
import { CodeBoxes } from '@/components/auth/code-boxes';
import { Life, refusalText, stoppedText } from '@/components/auth/code-status';
import { useCodeEntry } from '@/components/auth/use-code-entry';
import { useWebOtp } from '@/components/auth/use-web-otp';
import { type Answer, unreachable } from '@/components/forms/send-json';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field-error';
import { Notice } from '@/components/ui/notice';
import { useCountdown } from './use-countdown';

/** A code that was asked for in a running session, as the API answers it. */
export type SentCode = { code_length: number; expires_in_seconds: number; resend_in_seconds: number };

type CodeStepProps<Value> = {
  sent: SentCode;
  action: string;
  verify: (otp: string) => Promise<Answer<Value>>;
  send: () => Promise<Answer<SentCode>>;
  onDone: (value: Value) => void;
  /** The answer to a right code may have been lost: the code is used up, and what it was for may be done. False: it isn't. */
  onLost?: () => Promise<boolean>;
  /** Beside the main button: the way back. */
  children?: ReactNode;
};

/** Enter a code and be told what is wrong with it; the wizard's second step, for people who are signed in. */
export function CodeStep<Value>({ sent: first, action, verify, send, onDone, onLost, children }: CodeStepProps<Value>) {
  // Not a fixed one: confirming it's you may ask for a second code over this one.
  const id = useId();
  const [{ sent, round }, setSent] = useState({ sent: first, round: 0 });
  const [stopped, setStopped] = useState<'expired' | 'exhausted'>();
  const [sending, setSending] = useState(false);
  const [sendError, setSendError] = useState<string>();
  const unanswered = useRef(false);
  const expiresIn = useCountdown(sent, sent.expires_in_seconds);
  const resendIn = useCountdown(sent, sent.resend_in_seconds);
  const state = stopped ?? (expiresIn === 0 ? 'expired' : 'live');
  const live = state === 'live';

  const entry = useCodeEntry({
    length: sent.code_length,
    open: live,
    async submitCode({ otp }) {
      const answer = await verify(otp);
      if (answer.ok) {
        onDone(answer.value);
        return 'accepted';
      }
      if (answer.problem === unreachable) {
        unanswered.current = true;
        return 'unreachable';
      }
      return answer.problem;
    },
    onRefused(problem) {
      if (problem.attempts_left === 0) {
        setStopped('exhausted');
      } else if (problem.code === 'code_expired' && unanswered.current && onLost) {
        void onLost().then((done) => done || setStopped('expired'));
      } else if (problem.code === 'code_expired') {
        setStopped('expired');
      } else {
        return refusalText(problem);
      }
    },
  });
  useWebOtp(live && String(round), entry.take);

  const resend = async () => {
    if (sending || resendIn > 0) {
      return;
    }
    setSending(true);
    const answer = await send();
    setSending(false);
    if (answer.ok) {
      setSendError(undefined);
      setStopped(undefined);
      unanswered.current = false;
      setSent({ sent: answer.value, round: round + 1 });
      entry.reset();
    } else {
      setSendError(answer.problem.message);
    }
  };

  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void entry.send();
      }}
    >
      <div className="mb-2 flex items-baseline justify-between gap-4 text-sm">
        <label htmlFor={id} className="font-medium">
          Verification code
        </label>
        {live && <Life seconds={expiresIn} />}
      </div>
      <CodeBoxes
        id={id}
        type="text"
        inputMode="numeric"
        autoComplete="one-time-code"
        enterKeyHint="done"
        aria-required
        aria-invalid={entry.error ? true : undefined}
        aria-describedby={entry.error ? `${id}-error` : undefined}
        code={entry.code}
        length={sent.code_length}
        look={entry.accepted ? 'right' : !live ? 'off' : entry.error ? 'wrong' : 'open'}
        readOnly={entry.pending || !live}
        {...entry.field}
      />
      <FieldError id={id} error={live ? entry.error : undefined} />
      <div className={live && !sendError ? '' : 'mt-4'}>
        <Notice kind={state === 'exhausted' || sendError ? 'danger' : 'neutral'}>
          {sendError ?? (state === 'live' ? undefined : stoppedText(state))}
        </Notice>
      </div>
      <div className="mt-3">
        <Button
          look={live ? 'quiet' : 'secondary'}
          size="md"
          pending={sending}
          disabled={resendIn > 0}
          onClick={() => void resend()}
          className={live ? '-mx-4 text-accent-text! tabular-nums disabled:text-ink-soft! disabled:opacity-100' : ''}
        >
          {resendIn > 0 ? `Resend OTP in ${resendIn}s` : 'Resend OTP'}
        </Button>
      </div>
      <div className="mt-6 flex flex-wrap justify-end gap-3">
        {children}
        <Button
          type="submit"
          size={children ? 'md' : 'lg'}
          pending={entry.pending}
          disabled={!live}
          className={children ? '' : 'w-full'}
        >
          {action}
        </Button>
      </div>
    </form>
  );
}
