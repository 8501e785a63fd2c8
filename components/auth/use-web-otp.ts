import { useEffect, useEffectEvent } from 'react';

type SmsRequest = CredentialRequestOptions & { otp: { transport: 'sms'[] } };
type SmsCredential = Credential & { code?: string };

/**
 * Lets browsers that can (Chrome on Android) hand over the code of the message once the person agrees. `waitingFor`
 * changes with every new code; a request still open for an older one is taken back.
 */
export function useWebOtp(waitingFor: string | false, onCode: (code: string) => void): void {
  const received = useEffectEvent(onCode);
  useEffect(() => {
    if (!('OTPCredential' in window) || !waitingFor) {
      return;
    }
    const request = new AbortController();
    const wanted: SmsRequest = { otp: { transport: ['sms'] }, signal: request.signal };
    navigator.credentials.get(wanted).then(
      (credential: SmsCredential | null) => credential?.code && received(credential.code),
      // Declined, timed out or taken back: the person types the code.
      () => null,
    );
    return () => request.abort();
  }, [waitingFor]);
}
