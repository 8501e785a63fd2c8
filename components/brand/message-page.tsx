import type { ReactNode } from 'react';
import { KeyDrawing } from './key-drawing';

/** A page that says one thing and offers the ways on: nothing found, something broke. */
export function MessagePage({ title, text, children }: { title: string; text: ReactNode; children: ReactNode }) {
  return (
    <main className="mx-auto grid min-h-dvh w-full max-w-220 items-center gap-12 px-5 py-12 sm:grid-cols-[1fr_auto] sm:px-8">
      <div className="max-w-110">
        <h1 className="text-title">{title}</h1>
        <div className="mt-3 text-ink-soft">{text}</div>
        <div className="mt-8 flex flex-wrap gap-3">{children}</div>
      </div>
      {/* A key without a single cut: it opens nothing here. */}
      <KeyDrawing digits={BLANK} className="hidden h-[min(28rem,70vh)] text-line-strong sm:block" />
    </main>
  );
}

const BLANK = Array.from({ length: 6 }, () => undefined);
