import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { Spinner } from '@/components/ui/icons';
import { Notice } from '@/components/ui/notice';
import type { CaptchaDemand } from '@/lib/errors';

type Widget = {
  render(
    holder: HTMLElement,
    options: {
      sitekey: string;
      callback: (token: string) => void;
      'error-callback': () => void;
      theme: 'light' | 'dark';
      size: 'normal' | 'compact';
    },
  ): unknown;
};

const scripts: Record<CaptchaDemand['provider'], string> = {
  turnstile: 'https://challenges.cloudflare.com/turnstile/v0/api.js',
  hcaptcha: 'https://js.hcaptcha.com/1/api.js',
};

/** Both providers' widgets are 303 px wide, unless they are told to be compact; the page has 20 px on either side. */
const NARROW = '(max-width: 342px)';
/** A provider that is down often says nothing at all. */
const PATIENCE_MS = 10_000;

/** The provider's widget, loaded from the provider at the moment it is shown. */
export function Captcha({ demand, onToken }: { demand: CaptchaDemand; onToken: (token: string) => void }) {
  const holder = useRef<HTMLDivElement>(null);
  const [state, setState] = useState<'loading' | 'shown' | 'broken'>('loading');
  const passed = useEffectEvent(onToken);
  useEffect(() => {
    let gone = false;
    const fail = () => !gone && setState('broken');
    const patience = setTimeout(fail, PATIENCE_MS);
    loadWidget(demand)
      .then((widget) => {
        clearTimeout(patience);
        if (!gone && holder.current) {
          setState('shown');
          widget.render(holder.current, {
            sitekey: demand.site_key,
            callback: (token) => passed(token),
            'error-callback': fail,
            theme: matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light',
            size: matchMedia(NARROW).matches ? 'compact' : 'normal',
          });
          holder.current.focus();
        }
      })
      .catch(fail);
    return () => {
      gone = true;
      clearTimeout(patience);
    };
  }, [demand]);
  const broken = state === 'broken';
  return (
    <div className="mt-4">
      {/* Room for the widget, so that nothing below it moves when it appears. */}
      <div className="relative min-h-20" hidden={broken}>
        {state === 'loading' && (
          <p role="status" className="absolute inset-0 flex items-center gap-2 text-sm text-ink-soft">
            <Spinner className="size-4" />
            Loading the check
          </p>
        )}
        <div
          ref={holder}
          role="group"
          tabIndex={-1}
          aria-label="Confirm that you’re a person"
          className="outline-none"
        />
      </div>
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
