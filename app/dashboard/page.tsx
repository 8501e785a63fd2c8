import type { Metadata } from 'next';
import Link from 'next/link';
import { ProfileDetails } from '@/components/dashboard/profile-details';
import { buttonClass } from '@/components/ui/button-class';
import { Pencil } from '@/components/ui/icons';
import { requireUser } from '@/lib/http/guards';

export const metadata: Metadata = { title: 'Dashboard' };

export default async function DashboardPage() {
  const { user } = await requireUser();
  return (
    <>
      <div className="flex flex-wrap items-center justify-between gap-x-8 gap-y-5">
        <h1 className="text-title min-w-0 wrap-anywhere">Welcome, {user.first_name ?? user.name}! 👋</h1>
        <Link href="/dashboard/profile" prefetch={false} className={buttonClass('secondary', 'md')}>
          <Pencil />
          Edit profile
        </Link>
      </div>
      <div className="mt-10 sm:mt-14">
        <ProfileDetails user={user} />
      </div>
    </>
  );
}
