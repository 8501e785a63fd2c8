import type { Metadata } from 'next';
import { startCountry } from '@/components/auth/countries';
import { RecoverForm, type RecoverPosted } from '@/components/auth/recover-form';
import { PageTitle } from '@/components/ui/page-title';
import { textLink } from '@/components/ui/text-link';
import { env } from '@/lib/env';
import { textIn } from '@/lib/http/action-guard';
import { requireSignedOut } from '@/lib/http/guards';
import { recoverAccount } from '../actions';

export const metadata: Metadata = { title: 'Use a recovery code' };

/** A full load, as everywhere on these pages. */
const START = '/auth';

/** The same form, sent by the browser itself: JavaScript is not there yet, or not at all. The code is not sent back. */
async function recoverWithoutScript(_previous: RecoverPosted, form: FormData): Promise<RecoverPosted> {
  'use server';
  const entry = { country: textIn(form, 'country'), phone: textIn(form, 'phone') };
  return { problem: await recoverAccount({ ...entry, code: textIn(form, 'code') }), entry };
}

export default async function RecoverPage() {
  await requireSignedOut();
  const settings = env();
  return (
    <div className="motion-safe:animate-step">
      <PageTitle title="Use a recovery code">
        For when your phone and your passkeys are out of reach. Each code works once.
      </PageTitle>
      <div className="mt-8">
        <RecoverForm
          country={startCountry(settings)}
          allowed={settings.ALLOWED_COUNTRIES}
          recover={recoverAccount}
          recoverWithoutScript={recoverWithoutScript}
        />
      </div>
      <p className="mt-6 text-sm text-ink-soft">
        Found your phone?{' '}
        <a href={START} className={textLink}>
          Sign in with a code
        </a>
      </p>
    </div>
  );
}
