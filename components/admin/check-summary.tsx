import type { ReactNode } from 'react';
import { Spinner } from '@/components/ui/icons';
import { levelMarks, StateMark } from './state-mark';

type CheckSummaryProps = {
  text: string;
  /** When the vendors were asked. */
  aside?: ReactNode;
  level?: 'ok' | 'warning' | 'failed';
  waiting?: boolean;
};

/** All findings in one line: what an operator looks at first. */
export function CheckSummary({ text, aside, level = 'ok', waiting = false }: CheckSummaryProps) {
  return (
    <p role="status" className="flex min-h-11 items-center gap-3">
      {waiting ? <Spinner className="size-6 p-1" /> : <StateMark state={levelMarks[level]} says="" />}
      <span>
        <span className="block text-lg leading-6">{text}</span>
        {aside && <span className="block text-sm text-ink-soft">{aside}</span>}
      </span>
    </p>
  );
}
