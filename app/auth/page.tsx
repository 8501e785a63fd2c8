import type { Metadata } from 'next';
import { PhoneForm, type PhonePosted } from '@/components/auth/phone-form';
import { countryOf } from '@/components/auth/countries';
import { PageTitle } from '@/components/ui/page-title';
import { env } from '@/lib/env';
import { requireSignedOut } from '@/lib/http/guards';
import { startSignIn } from './actions';

export const metadata: Metadata = { title: 'Sign in' };

/** The same form, sent by the browser itself: JavaScript is not there yet, or not at all. */
async function startWithoutScript(_previous: PhonePosted, form: FormData): Promise<PhonePosted> {
  'use server';
  const entry = { country: String(form.get('country')), phone: String(form.get('phone')) };
  return { problem: await startSignIn(entry), entry };
}

export default async function PhonePage() {
  await requireSignedOut();
  const { DEFAULT_COUNTRY, ALLOWED_COUNTRIES } = env();
  const first =
    !ALLOWED_COUNTRIES || ALLOWED_COUNTRIES.includes(DEFAULT_COUNTRY) ? DEFAULT_COUNTRY : ALLOWED_COUNTRIES[0];
  return (
    <div className="motion-safe:animate-step">
      <PageTitle title="Welcome back! Please sign in" />
      <div className="mt-8">
        <PhoneForm
          country={countryOf(first ?? DEFAULT_COUNTRY)}
          allowed={ALLOWED_COUNTRIES}
          startSignIn={startSignIn}
          startWithoutScript={startWithoutScript}
        />
      </div>
    </div>
  );
}
