import { type ReactNode, useId } from 'react';

/** A part of the security page: what it is about on the left, what can be done on the right. */
export function Section({ title, text, children }: { title: string; text: ReactNode; children: ReactNode }) {
  const id = useId();
  return (
    <section
      aria-labelledby={id}
      className="grid grid-cols-[minmax(0,1fr)] gap-x-12 gap-y-5 border-t border-line py-10 md:grid-cols-[15rem_minmax(0,1fr)]"
    >
      <div>
        <h2 id={id} className="text-lg">
          {title}
        </h2>
        <div className="mt-1 text-sm text-ink-soft">{text}</div>
      </div>
      <div className="min-w-0">{children}</div>
    </section>
  );
}
