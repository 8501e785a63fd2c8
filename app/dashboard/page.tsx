import type { Metadata } from 'next';
import Link from 'next/link';
import { ProfileDetails } from '@/components/dashboard/profile-details';
import { readablePhone } from '@/components/dashboard/profile-words';
import { PasskeyOffer } from '@/components/passkeys/passkey-offer';
import { buttonClass } from '@/components/ui/button-class';
import { DormantNumber } from '@/components/security/dormant-number';
import { Notices } from '@/components/security/notices';
import { activityRow, waitingRow } from '@/components/security/security-words';
import { StepUpProvider } from '@/components/security/step-up';
import { WaitingChange } from '@/components/security/waiting-change';
import { Pencil, Shield } from '@/components/ui/more-icons';
import { textLink } from '@/components/ui/text-link';
import { requireUser } from '@/lib/http/guards';
import { maskedPhone } from '@/lib/phone/phone';
import { server } from '@/lib/server';

export const metadata: Metadata = { title: 'Dashboard' };

export default async function DashboardPage() {
  const signedIn = await requireUser();
  const { user } = signedIn;
  const app = await server();
  const [notices, phone, dormant, offered, passkeys] = await Promise.all([
    app.notices(signedIn),
    app.phoneOf(signedIn),
    app.isNumberDormant(signedIn),
    app.isPasskeyOffered(signedIn),
    app.passkeys(signedIn),
  ]);
  const waiting = waitingRow(phone, user);
  // An offer waits until nothing more urgent is asked.
  const urgent = notices.length > 0 || waiting || dormant;
  return (
    <StepUpProvider phone={user.phone && maskedPhone(user.phone)} passkey={app.hasPasskeys && passkeys.length > 0}>
      <Notices notices={notices.map((row) => activityRow(row, user))}>
        <Link href="/dashboard/security" prefetch={false} className={`${textLink} text-sm`}>
          See where you’re signed in
        </Link>
      </Notices>
      {waiting && <WaitingChange waiting={waiting} />}
      {dormant && !waiting && user.phone && <DormantNumber phone={readablePhone(user.phone)} />}
      {offered && !urgent && <PasskeyOffer />}
      <div className="flex flex-wrap items-center justify-between gap-x-8 gap-y-5">
        <h1 className="text-title min-w-0 wrap-anywhere">Welcome, {user.first_name ?? user.name}! 👋</h1>
        <div className="flex flex-wrap gap-3">
          <Link href="/dashboard/profile" prefetch={false} className={buttonClass('secondary', 'md')}>
            <Pencil />
            Edit profile
          </Link>
          <Link href="/dashboard/security" prefetch={false} className={buttonClass('secondary', 'md')}>
            <Shield />
            Security
          </Link>
          {user.role === 'admin' && (
            <Link href="/admin/deliveries" prefetch={false} className={buttonClass('quiet', 'md', 'max-sm:-ml-4.25')}>
              Administration
            </Link>
          )}
        </div>
      </div>
      <div className="mt-10 sm:mt-14">
        <ProfileDetails user={user} />
      </div>
    </StepUpProvider>
  );
}
