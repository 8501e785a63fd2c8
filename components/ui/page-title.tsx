import type { ReactNode } from 'react';

/** The one h1 of a page, with an optional sentence under it. */
export function PageTitle({ title, children }: { title: ReactNode; children?: ReactNode }) {
  return (
    <div>
      <h1 className="text-title">{title}</h1>
      {children && <p className="mt-2 text-ink-soft">{children}</p>}
    </div>
  );
}
