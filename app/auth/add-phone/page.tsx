import type { Metadata } from 'next';
import { startCountry } from '@/components/auth/countries';
import { LogoutButton } from '@/components/dashboard/logout-button';
import { AddNumber } from '@/components/security/add-number';
import { StepUpProvider } from '@/components/security/step-up';
import { PageTitle } from '@/components/ui/page-title';
import { env } from '@/lib/env';
import { requirePhoneless } from '@/lib/http/guards';

export const metadata: Metadata = { title: 'Add your number' };

export default async function AddPhonePage() {
  const { user } = await requirePhoneless();
  const settings = env();
  return (
    <div className="motion-safe:animate-step">
      <PageTitle title="Add your number">
        Your number is how you sign in and get back in. We’ll confirm it’s yours.
      </PageTitle>
      <div className="mt-8">
        <StepUpProvider phone={null}>
          <AddNumber country={startCountry(settings)} allowed={settings.ALLOWED_COUNTRIES} />
        </StepUpProvider>
      </div>
      <div className="mt-8 flex flex-wrap items-center justify-between gap-3 border-t border-line pt-5 text-sm text-ink-soft">
        <p className="min-w-0 wrap-anywhere">
          Signed in as <span className="text-ink">{user.email ?? user.name ?? 'a new member'}</span>
        </p>
        <LogoutButton />
      </div>
    </div>
  );
}
