import { type ReactNode, useRef, useState } from 'react';
import type { CaptchaDemand } from '@/lib/errors';

/** What to say where `ask` of {@link useCaptcha} rejects: its code can’t be had. */
export const CHECK_MISSING = 'The check didn’t load. Try again, or load the page again.';

/**
 * The CAPTCHA, where an answer demands one: its code is loaded only then. `again` is called once the person has passed, and
 * `token` hands out what the widget gave, once.
 */
export function useCaptcha() {
  const given = useRef<string>(undefined);
  const [widget, setWidget] = useState<ReactNode>();
  return {
    widget,
    token() {
      const captchaToken = given.current;
      given.current = undefined;
      setWidget(undefined);
      return captchaToken && { captchaToken };
    },
    async ask(demand: CaptchaDemand, again: () => void) {
      const { Captcha } = await import('./captcha');
      const onToken = (token: string) => {
        given.current = token;
        again();
      };
      setWidget(<Captcha key={performance.now()} demand={demand} onToken={onToken} />);
    },
  };
}
