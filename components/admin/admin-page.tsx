import Link from 'next/link';
import type { ReactNode } from 'react';
import { Logo } from '@/components/brand/logo';
import { LogoutButton } from '@/components/dashboard/logout-button';
import { FocusKeeper } from '@/components/ui/focus-keeper';

const pages = [
  { href: '/admin/deliveries', name: 'Deliveries' },
  { href: '/admin/status', name: 'Status' },
] as const;

/**
 * The frame of the administrators' pages. Not a layout: that would be sent along with the answer “no such page” that
 * everybody else gets.
 */
export function AdminPage({
  brand,
  at,
  title,
  intro,
  children,
}: {
  brand: string;
  at: (typeof pages)[number]['href'];
  title: string;
  intro: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      <title>{`${title} · ${brand}`}</title>
      <FocusKeeper />
      <header className="border-b border-line">
        <div className="mx-auto flex h-18 max-w-220 items-center justify-between gap-4 px-5 sm:px-8">
          <Link href="/dashboard" prefetch={false} className="flex min-h-11 items-center rounded">
            <Logo name={brand} />
          </Link>
          <LogoutButton />
        </div>
        <nav aria-label="Administration" className="mx-auto flex max-w-220 gap-6 px-5 text-sm sm:px-8">
          {pages.map(({ href, name }) => (
            <Link
              key={href}
              href={href}
              prefetch={false}
              aria-current={href === at ? 'page' : undefined}
              className="-mb-px border-b-2 border-transparent py-3 font-medium text-ink-soft hover:text-ink aria-[current=page]:border-accent aria-[current=page]:text-ink"
            >
              {name}
            </Link>
          ))}
          <Link href="/dashboard" prefetch={false} className="ml-auto py-3 font-medium text-ink-soft hover:text-ink">
            Dashboard
          </Link>
        </nav>
      </header>
      <main className="mx-auto max-w-220 px-5 pt-10 pb-24 sm:px-8 sm:pt-14">
        <h1 className="text-title">{title}</h1>
        <p className="mt-2 mb-10 max-w-130 text-ink-soft">{intro}</p>
        {children}
      </main>
    </>
  );
}
