import type { Metadata } from 'next';
import { startCountry } from '@/components/auth/countries';
import { LogoutButton } from '@/components/dashboard/logout-button';
import { AddNumber } from '@/components/security/add-number';
import { DeleteAccount } from '@/components/security/delete-account';
import { DownloadData } from '@/components/security/download-data';
import { StepUpProvider } from '@/components/security/step-up';
import { ChevronDown } from '@/components/ui/icons';
import { PageTitle } from '@/components/ui/page-title';
import { requirePhoneless } from '@/lib/http/guards';
import { server } from '@/lib/server';

export const metadata: Metadata = { title: 'Add your number' };

export default async function AddPhonePage() {
  const signedIn = await requirePhoneless();
  const { user } = signedIn;
  const { env: settings, deletionGraceDays, passkeys } = await server();
  const passkey = (await passkeys(signedIn)).length > 0;
  return (
    <StepUpProvider phone={null} passkey={passkey}>
      <div className="motion-safe:animate-step">
        <PageTitle title="Add your number">
          Your number is how you sign in and get back in. We’ll confirm it’s yours.
        </PageTitle>
        <div className="mt-8">
          <AddNumber country={startCountry(settings)} allowed={settings.ALLOWED_COUNTRIES} />
        </div>
        <div className="mt-8 flex flex-wrap items-center justify-between gap-3 border-t border-line pt-5">
          <p className="min-w-0 text-sm text-ink-soft wrap-anywhere">
            Signed in as <span className="text-ink">{user.email ?? user.name ?? 'a new member'}</span>
          </p>
          <LogoutButton />
        </div>
        <details className="group mt-3">
          <summary className="-mx-2 flex cursor-pointer list-none items-center gap-2 rounded px-2 py-3 text-sm text-ink-soft hover:text-ink [&::-webkit-details-marker]:hidden">
            <ChevronDown className="size-4 -rotate-90 group-open:rotate-0 motion-safe:transition-transform" />
            Your data, or deleting this account
          </summary>
          <div className="mt-3 space-y-6">
            <DownloadData />
            <div>
              <DeleteAccount graceDays={deletionGraceDays} />
            </div>
          </div>
        </details>
      </div>
    </StepUpProvider>
  );
}
