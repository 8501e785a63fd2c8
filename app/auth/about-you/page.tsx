import type { Metadata } from 'next';
import { AboutYouForm } from '@/components/auth/about-you-form';
import { LogoutButton } from '@/components/dashboard/logout-button';
import { PageTitle } from '@/components/ui/page-title';
import { requireIncompleteProfile } from '@/lib/http/guards';
import { maskedPhone } from '@/lib/phone/phone';

export const metadata: Metadata = { title: 'About you' };

export default async function AboutYouPage() {
  const { user } = await requireIncompleteProfile();
  const known = {
    first_name: user.first_name ?? undefined,
    last_name: user.last_name ?? undefined,
    email: user.email ?? undefined,
  };
  return (
    <div className="motion-safe:animate-step">
      <PageTitle title="Tell us about you">Your number is confirmed. Just this, and you’re in.</PageTitle>
      <div className="mt-8">
        <AboutYouForm known={known} />
      </div>
      <div className="mt-8 flex flex-wrap items-center justify-between gap-3 border-t border-line pt-5 text-sm text-ink-soft">
        <p>
          Signed in as{' '}
          <span className="whitespace-nowrap text-ink tabular-nums">{user.phone && maskedPhone(user.phone)}</span>
        </p>
        <LogoutButton />
      </div>
    </div>
  );
}
