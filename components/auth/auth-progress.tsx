'use client';

import { useSelectedLayoutSegment } from 'next/navigation';
import { useSyncExternalStore } from 'react';
import { KeyDrawing } from '@/components/brand/key-drawing';
import { codeDigits } from './code-digits';

const steps = [
  { segment: null, caption: 'Nothing to remember.' },
  { segment: 'code', caption: 'Your code is the key.' },
  { segment: 'about-you', caption: 'And it fits.' },
] as const;

/** A finished key for whoever arrives at step three without having typed a code on this page. */
const SAMPLE_CUTS = [4, 1, 8, 2, 0, 6, 3, 7];

/** Where one is; -1 on a page that is another way in and none of the steps. */
function useStep(): number {
  const own = useSelectedLayoutSegment();
  // Who came another way proves a number where others enter the code to it.
  const segment = own === 'add-phone' ? 'code' : own;
  return steps.findIndex((step) => step.segment === segment);
}

/** Where one is, in words, beside a small key that gets one more cut with each step. */
export function StepIndicator() {
  const step = useStep();
  return (
    <p className="flex items-center gap-3 text-sm text-ink-soft">
      <svg viewBox="0 0 76 20" className="h-5 w-19" aria-hidden="true">
        <path
          d={`M17.5 6H76V14${notches(step)}H17.5A9 9 0 1 1 17.5 6Z`}
          className="fill-accent-text motion-safe:transition-[d] motion-safe:duration-150"
        />
        <circle cx="6.5" cy="10" r="2.5" className="fill-paper" />
      </svg>
      {step < 0 ? 'Another way in' : `Step ${step + 1} of ${steps.length}`}
    </p>
  );
}

/** The lower edge of the small key's blade, from its tip to its bow: one notch for each step reached. */
function notches(step: number): string {
  const notch = (x: number, depth: number) => `H${x + 5}L${x + 2} ${14 - depth}H${x - 2}L${x - 5} 14`;
  return [62, 48, 34].map((x, index) => notch(x, 2 - index <= step ? 4.5 : 0)).join('');
}

/** The tall drawing beside the form on wide screens: a blank, then cut digit by digit as the code is typed. */
export function KeyPanel({ codeLength }: { codeLength: number }) {
  const step = useStep();
  const typed = useSyncExternalStore(codeDigits.subscribe, codeDigits.get, codeDigits.getOnServer);
  const shown = step <= 0 ? '' : step === 2 && typed === '' ? SAMPLE_CUTS.join('') : typed;
  const digits = Array.from({ length: codeLength }, (_, index) => (shown[index] ? Number(shown[index]) : undefined));
  return (
    <aside className="sticky top-0 hidden h-dvh flex-col bg-panel p-10 text-on-panel lg:flex">
      <KeyDrawing digits={digits} className="mx-auto min-h-0 flex-1" />
      <p className="mt-8 text-sm opacity-80">{steps[step]?.caption ?? 'A spare key.'}</p>
    </aside>
  );
}
