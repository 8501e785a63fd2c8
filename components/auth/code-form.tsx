'use client';

import { type ReactNode, useActionState, useState } from 'react';
import { runAction } from '@/components/forms/run-action';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field-error';
import { Notice } from '@/components/ui/notice';
import type { Problem } from '@/lib/http/problem';
import type { FlowView } from '@/lib/otp/flow-view';
import { CodeBoxes } from './code-boxes';
import { DeliveryLine, Life, refusalText, Spoken, stoppedText } from './code-status';
import { ResendButton, type ResendAction } from './resend-button';
import { type CodeProblem, useCodeEntry } from './use-code-entry';
import { type ReadFlow, useFlow } from './use-flow';
import { useWebOtp } from './use-web-otp';

export type CodePosted = Problem | null;

type CodeFormProps = {
  flow: FlowView;
  submitCode: (input: { otp: string; challengeId: string }) => Promise<Problem>;
  submitWithoutScript: (previous: CodePosted, form: FormData) => Promise<CodePosted>;
  resendCode: ResendAction;
  resendWithoutScript: (form: FormData) => Promise<void>;
  readFlow: ReadFlow;
  /** What else there is to do when the message did not arrive. */
  whenFailed: ReactNode;
};

export function CodeForm(props: CodeFormProps) {
  const [posted, postAction] = useActionState(props.submitWithoutScript, null);
  const { flow, state, expiresIn, resendIn, change, restart, refresh } = useFlow(props.flow, props.readFlow);
  const [resendError, setResendError] = useState<string>();
  const live = state === 'live';
  const failed = flow.delivery === 'failed';

  const onRefused = (problem: CodeProblem) => {
    // Other refusals of too many tries are of the number, not of this code: they tell how long to wait.
    if (problem.attempts_left === 0) {
      change({ state: 'exhausted', attemptsLeft: 0 });
    } else if (problem.code === 'code_expired') {
      change({ state: 'expired' });
      // Another tab may have asked for a newer code, which this one can then take.
      refresh();
    } else {
      change({ attemptsLeft: problem.attempts_left ?? flow.attemptsLeft });
      return refusalText(problem);
    }
  };

  const entry = useCodeEntry({
    length: flow.codeLength,
    open: live,
    async submitCode({ otp }) {
      const answer = await runAction(() => props.submitCode({ otp, challengeId: flow.challengeId }));
      return answer === 'moved' ? 'accepted' : answer;
    },
    onRefused,
  });
  useWebOtp(live && flow.challengeId, entry.take);
  const error = entry.error ?? (entry.tried ? undefined : posted ? refusalText(posted) : undefined);

  const onSent = (next: FlowView) => {
    setResendError(undefined);
    restart(next);
    entry.reset();
  };

  return (
    <>
      <form
        action={postAction}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void entry.send();
        }}
      >
        <input type="hidden" name="challengeId" value={flow.challengeId} />
        <div className="mb-2 flex items-baseline justify-between gap-4 text-sm">
          <label htmlFor="otp" className="font-medium">
            Verification code
          </label>
          {live && <Life seconds={expiresIn} />}
        </div>
        <CodeBoxes
          id="otp"
          type="text"
          inputMode="numeric"
          autoComplete="one-time-code"
          enterKeyHint="done"
          aria-required
          aria-invalid={error ? true : undefined}
          aria-describedby={error ? 'otp-error sent-to' : 'sent-to'}
          code={entry.code}
          length={flow.codeLength}
          look={entry.accepted ? 'right' : !live ? 'off' : error ? 'wrong' : 'open'}
          readOnly={entry.pending || !live}
          {...entry.field}
        />
        <FieldError id="otp" error={live ? error : undefined} />
        <div className={live ? '' : 'mt-4'}>
          <Notice kind={state === 'exhausted' ? 'danger' : 'neutral'}>{live ? undefined : stoppedText(state)}</Notice>
        </div>
        {live && (
          <Button type="submit" look={failed ? 'secondary' : 'primary'} pending={entry.pending} className="mt-5 w-full">
            Verify & Continue
          </Button>
        )}
        <p role="status" className="sr-only">
          {entry.accepted ? 'Code accepted' : entry.pending && 'Checking the code'}
        </p>
      </form>
      <div className={live ? 'mt-3' : 'mt-5'}>
        {live && <DeliveryLine flow={flow} />}
        <ResendButton
          challengeId={flow.challengeId}
          channel={flow.channel}
          channels={flow.channels}
          advised={flow.advised}
          resendCode={props.resendCode}
          resendWithoutScript={props.resendWithoutScript}
          waitSeconds={resendIn}
          main={!live || failed}
          onSent={onSent}
          onRefused={setResendError}
        />
      </div>
      <Notice kind="danger">{resendError}</Notice>
      {failed && props.whenFailed}
      <Spoken expiresIn={expiresIn} resendIn={resendIn} live={live} />
    </>
  );
}
