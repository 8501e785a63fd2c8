'use client';

import { useState } from 'react';
import { runAction, UNREACHABLE } from '@/components/forms/run-action';
import { Button } from '@/components/ui/button';
import type { Problem } from '@/lib/http/problem';
import type { FlowView } from '@/lib/otp/flow-view';

export type ResendAction = (input: { challengeId: string }) => Promise<{ flow: FlowView } | Problem>;

type ResendButtonProps = {
  challengeId: string;
  resendCode: ResendAction;
  resendWithoutScript: (form: FormData) => Promise<void>;
  waitSeconds: number;
  /** The way on when the old code is dead; otherwise a quiet second choice. */
  main: boolean;
  onSent: (flow: FlowView) => void;
  onRefused: (message: string) => void;
};

export function ResendButton(props: ResendButtonProps) {
  const { challengeId, waitSeconds, main, onSent, onRefused } = props;
  const [pending, setPending] = useState(false);

  const resend = async () => {
    if (pending || waitSeconds > 0) {
      return;
    }
    setPending(true);
    const answer = await runAction(() => props.resendCode({ challengeId }));
    setPending(false);
    if (answer === 'unreachable') {
      onRefused(UNREACHABLE);
    } else if (answer !== 'moved') {
      if ('flow' in answer) {
        onSent(answer.flow);
      } else {
        onRefused(answer.message);
      }
    }
  };

  return (
    <form
      action={props.resendWithoutScript}
      onSubmit={(event) => {
        event.preventDefault();
        void resend();
      }}
    >
      <input type="hidden" name="challengeId" value={challengeId} />
      <Button
        type="submit"
        look={main ? 'primary' : 'quiet'}
        size={main ? 'lg' : 'md'}
        pending={pending}
        disabled={waitSeconds > 0}
        className={
          main ? 'w-full' : '-mx-4 text-accent-text! tabular-nums disabled:text-ink-soft! disabled:opacity-100'
        }
      >
        {waitSeconds > 0 ? `Resend OTP in ${waitSeconds}s` : 'Resend OTP'}
      </Button>
    </form>
  );
}
