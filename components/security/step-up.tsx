'use client';

import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { type Answer, leaveIfSignedOut, sendJson } from '@/components/forms/send-json';
import { Button } from '@/components/ui/button';
import { Dialog, useCloseDialog } from '@/components/ui/dialog';
import { FieldError } from '@/components/ui/field';
import { CodeStep, type SentCode } from './code-step';

type StepUp = {
  /**
   * Makes a call and, where the API asks for a fresh proof, asks the person for a new code first and makes it again. Null:
   * they thought better of it.
   */
  run: <Value>(call: () => Promise<Answer<Value>>) => Promise<Answer<Value> | null>;
};

const StepUpContext = createContext<StepUp | null>(null);

export function useStepUp(): StepUp {
  const stepUp = useContext(StepUpContext);
  if (!stepUp) {
    throw new Error('useStepUp needs <StepUpProvider> around it');
  }
  return stepUp;
}

type ProviderProps = {
  /** The masked number that codes go to; null for an account without one. */
  phone: string | null;
  children: ReactNode;
};

export function StepUpProvider({ phone, children }: ProviderProps) {
  const [asking, setAsking] = useState<{ settle: (confirmed: boolean) => void } | null>(null);
  const ask = useCallback(
    () =>
      new Promise<boolean>((resolve) => {
        setAsking({
          settle(confirmed) {
            setAsking(null);
            resolve(confirmed);
          },
        });
      }),
    [],
  );
  const stepUp = useMemo<StepUp>(
    () => ({
      async run(call) {
        for (;;) {
          const answer = await call();
          if (!answer.ok) leaveIfSignedOut(answer.problem);
          if (answer.ok || answer.problem.code !== 'fresh_proof_required') return answer;
          if (!(await ask())) return null;
        }
      },
    }),
    [ask],
  );
  return (
    <StepUpContext.Provider value={stepUp}>
      {children}
      {asking && <StepUpDialog phone={phone} onSettled={asking.settle} />}
    </StepUpContext.Provider>
  );
}

type Asked = Omit<ProviderProps, 'children'>;

function StepUpDialog({ phone, onSettled }: Asked & { onSettled: (confirmed: boolean) => void }) {
  const [sent, setSent] = useState<SentCode>();
  const confirmed = useRef(false);
  const text = !phone
    ? 'Sign out and in again with Google, then come back here: this protects your account if somebody else is at your device.'
    : sent
      ? `Enter the code sent to ${phone}.`
      : `This protects your account if somebody else is at your device. We’ll send a code to ${phone}.`;
  return (
    <Dialog title="Confirm it’s you" text={text} onClose={() => onSettled(confirmed.current)}>
      {sent ? (
        <EnterCode sent={sent} onConfirmed={() => (confirmed.current = true)} />
      ) : (
        <AskForCode phone={phone} onSent={setSent} />
      )}
    </Dialog>
  );
}

const send = () => sendJson<SentCode>({ method: 'POST', path: '/api/me/proof' });

function AskForCode({ phone, onSent }: Asked & { onSent: (sent: SentCode) => void }) {
  const [sending, setSending] = useState(false);
  const [error, setError] = useState<string>();
  const begin = async () => {
    setSending(true);
    const answer = await send();
    setSending(false);
    if (answer.ok) {
      onSent(answer.value);
    } else {
      leaveIfSignedOut(answer.problem);
      setError(answer.problem.message);
    }
  };
  return (
    <>
      <FieldError id="step-up" error={error} />
      <div className="mt-6 flex justify-end gap-3">
        <Cancel />
        {phone && (
          <Button size="md" pending={sending} onClick={() => sending || void begin()}>
            Send code
          </Button>
        )}
      </div>
    </>
  );
}

function EnterCode({ sent, onConfirmed }: { sent: SentCode; onConfirmed: () => void }) {
  const close = useCloseDialog();
  const done = () => {
    onConfirmed();
    close();
  };
  return (
    <div className="mt-6">
      <CodeStep
        sent={sent}
        action="Confirm"
        verify={(otp) => sendJson<object>({ method: 'POST', path: '/api/me/proof/verify', json: { otp } })}
        send={send}
        onDone={done}
        // The call itself will tell whether it was confirmed.
        onLost={async () => {
          done();
          return true;
        }}
      >
        <Cancel />
      </CodeStep>
    </div>
  );
}

function Cancel() {
  return (
    <Button look="secondary" size="md" onClick={useCloseDialog()}>
      Cancel
    </Button>
  );
}
