import type { Metadata } from 'next';
import { PhoneForm, type PhonePosted } from '@/components/auth/phone-form';
import { startCountry } from '@/components/auth/countries';
import { GoogleButton } from '@/components/auth/google-button';
import { troubleSentence } from '@/components/auth/google-words';
import { Or } from '@/components/passkeys/or';
import { PasskeyDoor } from '@/components/passkeys/passkey-door';
import { buttonClass } from '@/components/ui/button-class';
import { KeyIcon } from '@/components/ui/more-icons';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { textLink } from '@/components/ui/text-link';
import { textIn } from '@/lib/http/action-guard';
import { requireSignedOut } from '@/lib/http/guards';
import { server } from '@/lib/server';
import { startSignIn } from './actions';

/** A plain link: the router would cost this page more than the whole of what hardly anybody follows. */
const RECOVER = '/auth/recover';

/** A title is the first thing a screen reader says of a new page. */
export async function generateMetadata({ searchParams }: PageProps<'/auth'>): Promise<Metadata> {
  const { error } = await searchParams;
  return { title: error === undefined ? 'Sign in' : 'Not signed in' };
}

/** The same form, sent by the browser itself: JavaScript is not there yet, or not at all. */
async function startWithoutScript(_previous: PhonePosted, form: FormData): Promise<PhonePosted> {
  'use server';
  const entry = { country: textIn(form, 'country'), phone: textIn(form, 'phone') };
  return { problem: await startSignIn(entry), entry };
}

export default async function PhonePage({ searchParams }: PageProps<'/auth'>) {
  await requireSignedOut();
  const trouble = troubleSentence((await searchParams).error);
  const { env: settings, hasPasskeys } = await server();
  return (
    <div className="motion-safe:animate-step">
      <PageTitle title="Welcome back! Please sign in" />
      {trouble && (
        <div className="mt-6">
          <Notice kind="danger">{trouble}</Notice>
        </div>
      )}
      <div className="mt-8">
        <PhoneForm
          country={startCountry(settings)}
          allowed={settings.ALLOWED_COUNTRIES}
          startSignIn={startSignIn}
          startWithoutScript={startWithoutScript}
        />
        {settings.google && <GoogleButton />}
        {hasPasskeys && (
          <PasskeyDoor divided={!settings.google}>
            <div className="noscript:hidden">
              {!settings.google && <Or />}
              <button
                type="button"
                disabled
                className={buttonClass('secondary', 'lg', settings.google ? 'mt-3 w-full' : 'w-full')}
              >
                <KeyIcon className="mr-1 size-5" />
                Sign in with a passkey
              </button>
            </div>
          </PasskeyDoor>
        )}
        <p className="mt-6 text-sm text-ink-soft">
          Lost your phone?{' '}
          <a href={RECOVER} className={textLink}>
            Use a recovery code
          </a>
        </p>
      </div>
    </div>
  );
}
