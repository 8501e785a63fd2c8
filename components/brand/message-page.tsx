import type { ReactNode } from 'react';

type MessagePageProps = { title: string; text: ReactNode; drawing?: ReactNode; children: ReactNode };

/** A page that says one thing and offers the ways on: nothing found, something broke. */
export function MessagePage({ title, text, drawing, children }: MessagePageProps) {
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-220 items-center gap-12 px-5 py-12 sm:grid-cols-[1fr_auto] sm:px-8">
      <div className="max-w-110">
        <h1 className="text-title">{title}</h1>
        <div className="mt-3 text-ink-soft">{text}</div>
        <div className="mt-8 flex flex-wrap gap-3">{children}</div>
      </div>
      {drawing}
    </main>
  );
}
