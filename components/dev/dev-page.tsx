import type { ReactNode } from 'react';
import { Logo } from '@/components/brand/logo';

/** The frame of the developers' pages, which say plainly that customers never see them. */
export function DevPage({
  brand,
  title,
  intro,
  children,
}: {
  brand: string;
  title: string;
  intro: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      <header className="border-b border-line">
        <div className="mx-auto flex h-18 max-w-180 items-center justify-between gap-4 px-5 sm:px-8">
          <a href="/auth" className="flex rounded">
            <Logo name={brand} />
          </a>
          <p className="text-sm text-ink-soft">Development only</p>
        </div>
      </header>
      <main className="mx-auto max-w-180 px-5 pt-10 pb-24 sm:px-8 sm:pt-14">
        <h1 className="text-title">{title}</h1>
        <div className="mt-2 mb-10 max-w-130 text-ink-soft">{intro}</div>
        {children}
      </main>
    </>
  );
}
