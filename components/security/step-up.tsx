'use client';

import { createContext, type ReactNode, useCallback, useContext, useMemo, useRef, useState } from 'react';
import { type Answer, leaveIfSignedOut, sendJson } from '@/components/forms/send-json';
import { Button } from '@/components/ui/button';
import { Dialog, useCloseDialog } from '@/components/ui/dialog';
import { FieldError } from '@/components/ui/field-error';
import { proveWithPasskey } from '@/components/passkeys/prove-with-passkey';
import { CodeStep, type SentCode } from './code-step';

export type StepUp = {
  /**
   * Makes a call and, where the API asks for a fresh proof, asks the person for a new code or a passkey first and makes it again. Null:
   * they thought better of it.
   */
  run: <Value>(call: () => Promise<Answer<Value>>) => Promise<Answer<Value> | null>;
  /** Asks for a code to the person's number, which nothing else confirms; false: they thought better of it. */
  confirmNumber: () => Promise<boolean>;
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
  /** They have one, which confirms as well as a code does. */
  passkey: boolean;
  children: ReactNode;
};

export function StepUpProvider({ phone, passkey, children }: ProviderProps) {
  const [asking, setAsking] = useState<{ number: boolean; settle: (confirmed: boolean) => void } | null>(null);
  const running = useRef<{ number: boolean; answer: Promise<boolean> }>(null);
  /** One question at a time: whatever needs the same answer waits for it, too. */
  const ask = useCallback(async (number: boolean) => {
    while (number && running.current?.number === false) {
      await running.current.answer;
    }
    running.current ??= {
      number,
      answer: new Promise((resolve) => {
        setAsking({
          number,
          settle(confirmed) {
            running.current = null;
            setAsking(null);
            resolve(confirmed);
          },
        });
      }),
    };
    return running.current.answer;
  }, []);
  const stepUp = useMemo<StepUp>(
    () => ({
      async run(call) {
        for (;;) {
          const answer = await call();
          if (!answer.ok) leaveIfSignedOut(answer.problem);
          if (answer.ok || answer.problem.code !== 'fresh_proof_required') return answer;
          if (!(await ask(false))) return null;
        }
      },
      confirmNumber: () => ask(true),
    }),
    [ask],
  );
  return (
    <StepUpContext.Provider value={stepUp}>
      {children}
      {asking && (
        <StepUpDialog
          phone={phone}
          passkey={passkey && !asking.number}
          number={asking.number}
          onSettled={asking.settle}
        />
      )}
    </StepUpContext.Provider>
  );
}

type Asked = Omit<ProviderProps, 'children'>;

type StepUpDialogProps = Asked & { number: boolean; onSettled: (confirmed: boolean) => void };

function StepUpDialog({ phone, passkey, number, onSettled }: StepUpDialogProps) {
  const [sent, setSent] = useState<SentCode>();
  const confirmed = useRef(false);
  const why = number
    ? 'This shows that the number is still yours.'
    : 'This protects your account if somebody else is at your device.';
  const text = sent
    ? `Enter the code sent to ${phone}.`
    : passkey
      ? why
      : phone
        ? `${why} We’ll send a code to ${phone}.`
        : 'Sign out and in again with Google, then come back here: this protects your account if somebody else is at your device.';
  return (
    <Dialog
      title={number ? 'Confirm your number' : 'Confirm it’s you'}
      text={text}
      onClose={() => onSettled(confirmed.current)}
    >
      {sent ? (
        <EnterCode sent={sent} onConfirmed={() => (confirmed.current = true)} />
      ) : (
        <AskForProof phone={phone} passkey={passkey} onSent={setSent} onConfirmed={() => (confirmed.current = true)} />
      )}
    </Dialog>
  );
}

const send = () => sendJson<SentCode>({ method: 'POST', path: '/api/me/proof' });

type AskForProofProps = Asked & { onSent: (sent: SentCode) => void; onConfirmed: () => void };

function AskForProof({ phone, passkey, onSent, onConfirmed }: AskForProofProps) {
  const close = useCloseDialog();
  const [busy, setBusy] = useState<'code' | 'passkey'>();
  const [error, setError] = useState<string>();
  const begin = async () => {
    if (busy) return;
    setBusy('code');
    const answer = await send();
    setBusy(undefined);
    if (answer.ok) {
      onSent(answer.value);
    } else {
      leaveIfSignedOut(answer.problem);
      setError(answer.problem.message);
    }
  };
  const askDevice = async () => {
    if (busy) return;
    setBusy('passkey');
    setError(undefined);
    const outcome = await proveWithPasskey();
    setBusy(undefined);
    if (outcome.ok) {
      onConfirmed();
      close();
    } else {
      setError(outcome.message ?? undefined);
    }
  };
  return (
    <>
      <FieldError id="step-up" error={error} />
      <div className="mt-6 flex flex-wrap justify-end gap-3">
        <Cancel />
        {phone && (
          <Button
            look={passkey ? 'secondary' : 'primary'}
            size="md"
            pending={busy === 'code'}
            onClick={() => void begin()}
          >
            Send code
          </Button>
        )}
        {passkey && (
          <Button size="md" pending={busy === 'passkey'} onClick={() => void askDevice()}>
            Use a passkey
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
