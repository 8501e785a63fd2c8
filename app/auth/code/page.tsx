import type { Metadata } from 'next';
import { ChangeNumber } from '@/components/auth/change-number';
import { CodeForm, type CodePosted } from '@/components/auth/code-form';
import { GoogleButton } from '@/components/auth/google-button';
import { PageTitle } from '@/components/ui/page-title';
import { env } from '@/lib/env';
import { isUuid } from '@/lib/random';
import { textIn } from '@/lib/http/action-guard';
import { requireFlow } from '@/lib/http/guards';
import { readFlow, resendCode, submitCode } from '../actions';

export const metadata: Metadata = { title: 'Enter your code' };

/** The same forms, sent by the browser itself: JavaScript is not there yet, or not at all. */
async function submitWithoutScript(_previous: CodePosted, form: FormData): Promise<CodePosted> {
  'use server';
  return submitCode({ otp: textIn(form, 'otp').replace(/\D/g, ''), challengeId: textIn(form, 'challengeId') });
}

async function resendWithoutScript(form: FormData): Promise<void> {
  'use server';
  await resendCode({ challengeId: textIn(form, 'challengeId'), channel: textIn(form, 'channel') || undefined });
}

export default async function CodePage({ searchParams }: PageProps<'/auth/code'>) {
  const { for: challengeId } = await searchParams;
  const flow = await requireFlow(typeof challengeId === 'string' && isUuid(challengeId) ? challengeId : null);
  const ending = flow.phoneMasked.slice(-4);
  return (
    <div className="motion-safe:animate-step">
      <PageTitle title="Check your phone" />
      <p className="mt-2 text-ink-soft">
        <span id="sent-to">
          Enter the code sent to{' '}
          <span
            role="img"
            aria-label={`the number ending in ${ending}`}
            className="whitespace-nowrap text-ink tabular-nums"
          >
            {flow.phoneMasked}
          </span>
        </span>{' '}
        <ChangeNumber>Change number</ChangeNumber>
      </p>
      <div className="mt-8">
        <CodeForm
          flow={flow}
          submitCode={submitCode}
          submitWithoutScript={submitWithoutScript}
          resendCode={resendCode}
          resendWithoutScript={resendWithoutScript}
          readFlow={readFlow}
          whenFailed={<OtherWays />}
        />
      </div>
    </div>
  );
}

/** Rendered here, shown when a message fails while the page is open: the browser is sent no script for it. */
function OtherWays() {
  return (
    <div className="mt-5 motion-safe:animate-appear">
      <p className="text-sm text-ink-soft">
        Is the number right? <ChangeNumber>Use another number</ChangeNumber>
      </p>
      {env().google && <GoogleButton />}
    </div>
  );
}
