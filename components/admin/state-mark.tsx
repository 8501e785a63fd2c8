import { Check, Warning } from '@/components/ui/icons';

const looks = {
  good: 'bg-accent-soft text-accent-text',
  doubtful: 'bg-sunken text-ink',
  bad: 'bg-danger-soft text-danger',
  neutral: 'text-line-strong',
};

/** How the findings of a check look. */
export const levelMarks = { ok: 'good', warning: 'doubtful', failed: 'bad' } as const;

/** Good, doubtful, bad or neither, by its shape as well as by its colour; `says` is for those who see neither. */
export function StateMark({ state, says }: { state: keyof typeof looks; says: string }) {
  return (
    <span className={`grid size-6 shrink-0 place-items-center rounded-full ${looks[state]}`}>
      {state === 'good' && <Check className="size-3.5" />}
      {(state === 'bad' || state === 'doubtful') && <Warning className="size-3.5" />}
      {state === 'neutral' && <span className="size-1.5 rounded-full bg-current" />}
      {says && <span className="sr-only">{says}</span>}
    </span>
  );
}
