import type { Metadata } from 'next';
import { PhoneForm, type PhonePosted } from '@/components/auth/phone-form';
import { startCountry } from '@/components/auth/countries';
import { GoogleButton } from '@/components/auth/google-button';
import { troubleSentence } from '@/components/auth/google-words';
import { Notice } from '@/components/ui/notice';
import { PageTitle } from '@/components/ui/page-title';
import { env } from '@/lib/env';
import { requireSignedOut } from '@/lib/http/guards';
import { startSignIn } from './actions';

/** A title is the first thing a screen reader says of a new page. */
export async function generateMetadata({ searchParams }: PageProps<'/auth'>): Promise<Metadata> {
  const { error } = await searchParams;
  return { title: error === undefined ? 'Sign in' : 'Not signed in' };
}

/** The same form, sent by the browser itself: JavaScript is not there yet, or not at all. */
async function startWithoutScript(_previous: PhonePosted, form: FormData): Promise<PhonePosted> {
  'use server';
  const entry = { country: String(form.get('country')), phone: String(form.get('phone')) };
  return { problem: await startSignIn(entry), entry };
}

export default async function PhonePage({ searchParams }: PageProps<'/auth'>) {
  await requireSignedOut();
  const trouble = troubleSentence((await searchParams).error);
  const settings = env();
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
      </div>
    </div>
  );
}
