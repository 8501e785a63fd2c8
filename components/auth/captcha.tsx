import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { Notice } from '@/components/ui/notice';
import type { CaptchaDemand } from '@/lib/errors';

type Widget = {
  render(
    holder: HTMLElement,
    options: { sitekey: string; callback: (token: string) => void; 'error-callback': () => void },
  ): unknown;
};

const scripts: Record<CaptchaDemand['provider'], string> = {
  turnstile: 'https://challenges.cloudflare.com/turnstile/v0/api.js',
  hcaptcha: 'https://js.hcaptcha.com/1/api.js',
};

/** The provider's widget, loaded from the provider at the moment it is shown. */
export function Captcha({ demand, onToken }: { demand: CaptchaDemand; onToken: (token: string) => void }) {
  const holder = useRef<HTMLDivElement>(null);
  const [broken, setBroken] = useState(false);
  const passed = useEffectEvent(onToken);
  useEffect(() => {
    let gone = false;
    const fail = () => !gone && setBroken(true);
    loadWidget(demand).then((widget) => {
      if (!gone && holder.current) {
        const options = {
          sitekey: demand.site_key,
          callback: (token: string) => passed(token),
          'error-callback': fail,
        };
        widget.render(holder.current, options);
        holder.current.focus();
      }
    }, fail);
    return () => {
      gone = true;
    };
  }, [demand]);
  return (
    <div className="mt-4">
      {/* Room for the widget, so that nothing below it moves when it appears. */}
      <div
        ref={holder}
        role="group"
        tabIndex={-1}
        aria-label="Confirm that you’re a person"
        className="min-h-20 outline-none"
        hidden={broken}
      />
      <Notice kind="danger">
        {broken && 'The check didn’t load. A content blocker may stop it: allow it for this page, or try again later.'}
      </Notice>
    </div>
  );
}

const loading: Partial<Record<string, Promise<Widget>>> = {};

function loadWidget({ provider, script_url: url = scripts[provider] }: CaptchaDemand): Promise<Widget> {
  loading[url] ??= new Promise<Widget>((resolve, reject) => {
    const page = window as unknown as Record<string, unknown>;
    page.onCaptchaLoad = () => resolve(page[provider] as Widget);
    const script = document.createElement('script');
    script.src = `${url}?render=explicit&onload=onCaptchaLoad`;
    script.async = true;
    // For browsers that don’t know 'strict-dynamic'.
    script.nonce = document.querySelector<HTMLScriptElement>('script[nonce]')?.nonce ?? '';
    script.onerror = () => {
      delete loading[url];
      script.remove();
      reject(new Error('the script of the CAPTCHA did not load'));
    };
    document.head.append(script);
  });
  return loading[url];
}
