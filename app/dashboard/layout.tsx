import Link from 'next/link';
import type { ReactNode } from 'react';
import { Logo } from '@/components/brand/logo';
import { LogoutButton } from '@/components/dashboard/logout-button';
import { FocusKeeper } from '@/components/ui/focus-keeper';
import { env } from '@/lib/env';

export default function DashboardLayout({ children }: { children: ReactNode }) {
  return (
    <>
      <header className="border-b border-line">
        <div className="mx-auto flex h-18 max-w-220 items-center justify-between gap-4 px-5 sm:px-8">
          <Link href="/dashboard" prefetch={false} className="flex min-h-11 items-center rounded">
            <Logo name={env().APP_NAME} />
          </Link>
          <LogoutButton />
        </div>
      </header>
      <FocusKeeper />
      <main className="mx-auto max-w-220 px-5 pt-10 pb-24 sm:px-8 sm:pt-16">{children}</main>
    </>
  );
}
