import type { Metadata } from 'next';
import { AboutYouForm } from '@/components/auth/about-you-form';
import { PageTitle } from '@/components/ui/page-title';
import { requireIncompleteProfile } from '@/lib/http/guards';

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
    </div>
  );
}
