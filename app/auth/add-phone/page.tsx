import type { Metadata } from 'next';
import { startCountry } from '@/components/auth/countries';
import { LogoutButton } from '@/components/dashboard/logout-button';
import { AddNumber } from '@/components/security/add-number';
import { DeleteAccount } from '@/components/security/delete-account';
import { StepUpProvider } from '@/components/security/step-up';
import { buttonClass } from '@/components/ui/button-class';
import { Download } from '@/components/ui/icons';
import { PageTitle } from '@/components/ui/page-title';
import { requirePhoneless } from '@/lib/http/guards';
import { server } from '@/lib/server';

export const metadata: Metadata = { title: 'Add your number' };

export default async function AddPhonePage() {
  const { user } = await requirePhoneless();
  const { env: settings, deletionGraceDays } = await server();
  return (
    <StepUpProvider phone={null}>
      <div className="motion-safe:animate-step">
        <PageTitle title="Add your number">
          Your number is how you sign in and get back in. We’ll confirm it’s yours.
        </PageTitle>
        <div className="mt-8">
          <AddNumber country={startCountry(settings)} allowed={settings.ALLOWED_COUNTRIES} />
        </div>
        <div className="mt-8 flex flex-wrap items-center justify-between gap-3 border-t border-line pt-5 text-sm text-ink-soft">
          <p className="min-w-0 wrap-anywhere">
            Signed in as <span className="text-ink">{user.email ?? user.name ?? 'a new member'}</span>
          </p>
          <LogoutButton />
        </div>
        <details className="mt-5 text-sm text-ink-soft">
          <summary className="cursor-pointer py-2">Your data, or deleting this account</summary>
          <div className="mt-3 space-y-6">
            {/* A plain link: the browser saves what comes, and the page stays. */}
            <a href="/api/me/export" download className={buttonClass('secondary', 'md')}>
              <Download />
              Download my data
            </a>
            <div>
              <DeleteAccount graceDays={deletionGraceDays} />
            </div>
          </div>
        </details>
      </div>
    </StepUpProvider>
  );
}
