'use client';

import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { sendJson } from '@/components/forms/send-json';
import { Button } from '@/components/ui/button';
import { FieldError } from '@/components/ui/field-error';
import { KeyIcon } from '@/components/ui/more-icons';
import type { RequestOptions } from '@/lib/passkeys/request-options';
import { canSuggestPasskeys, stopWaiting, suggestPasskeys, askForPasskey } from './ceremony';
import { Or } from './or';

/** `divided`: it stands under the form by itself, and no other way in has drawn the line above it. */
export type PasskeyLook = { divided: boolean };

type Begun = { flow: string; options: RequestOptions; expires_in_seconds: number };

const begin = () => sendJson<Begun>({ method: 'POST', path: '/api/auth/passkey/options' });

/** New options come this long before the old ones run out, so that none is picked too late. */
const RENEW_SECONDS = 30;

/** Nothing where a browser knows no passkeys. */
export const PasskeySignIn = (look: PasskeyLook) => ('PublicKeyCredential' in window ? <SignIn {...look} /> : null);

/** The button, and the passkeys among the suggestions of the phone field. Whoever has none sees no difference. */
function SignIn({ divided }: PasskeyLook) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<string>();
  const [round, setRound] = useState(0);
  const shown = useRef(true);

  const enter = async (flow: string, credential: object) => {
    const answer = await sendJson<{ redirect_to: string }>({
      method: 'POST',
      path: '/auth/passkey',
      json: { flow, credential },
    });
    if (answer.ok) {
      // Busy until the page is gone.
      setBusy(true);
      window.location.assign(answer.value.redirect_to);
      return;
    }
    setBusy(false);
    setError(answer.problem.message);
    setRound((count) => count + 1);
  };

  const press = async () => {
    setBusy(true);
    setError(undefined);
    const begun = await begin();
    if (!begun.ok) {
      setBusy(false);
      setError(begun.problem.message);
      return;
    }
    const used = await askForPasskey(begun.value.options);
    if (used.ok) {
      await enter(begun.value.flow, used.credential);
    } else if (shown.current) {
      setBusy(false);
      setError(used.message ?? undefined);
      setRound((count) => count + 1);
    }
  };

  useEffect(() => {
    shown.current = true;
    return () => {
      shown.current = false;
      stopWaiting();
    };
  }, []);

  const picked = useEffectEvent(enter);

  useEffect(() => {
    let renewal: ReturnType<typeof setTimeout> | undefined;
    let over = false;
    const renew = () => {
      if (document.visibilityState === 'visible') setRound((count) => count + 1);
      else document.addEventListener('visibilitychange', renew, { once: true });
    };
    const suggest = async () => {
      const begun = (await canSuggestPasskeys()) && !over ? await begin() : null;
      if (!begun?.ok || over) return;
      renewal = setTimeout(renew, (begun.value.expires_in_seconds - RENEW_SECONDS) * 1000);
      const used = await suggestPasskeys(begun.value.options);
      if (used.ok && !over) await picked(begun.value.flow, used.credential);
    };
    void suggest();
    return () => {
      over = true;
      clearTimeout(renewal);
      document.removeEventListener('visibilitychange', renew);
    };
  }, [round]);

  return (
    <>
      {divided && <Or />}
      <Button
        look="secondary"
        className={divided ? 'w-full' : 'mt-3 w-full'}
        pending={busy}
        onClick={() => busy || void press()}
      >
        <KeyIcon className="mr-1 size-5" />
        Sign in with a passkey
      </Button>
      <FieldError id="passkey" error={error} />
    </>
  );
}
