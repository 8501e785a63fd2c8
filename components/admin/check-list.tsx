import { Section } from '@/components/security/section';
import { Spinner } from '@/components/ui/icons';
import { levelMarks, StateMark } from './state-mark';

/** What was found out about one part of the system. */
export type CheckArea = {
  area: string;
  lines: { level: 'ok' | 'warning' | 'failed'; text: string; remedy?: string }[];
};

const said = { ok: 'Good:', warning: 'Warning:', failed: 'Failed:' };

export function CheckList({ areas }: { areas: CheckArea[] }) {
  return areas.map(({ area, lines }) => (
    <Section key={area} title={area} text={null}>
      <ul className="-my-3 divide-y divide-line">
        {lines.map(({ level, text, remedy }) => (
          <li key={text} className="grid grid-cols-[1.5rem_minmax(0,1fr)] gap-x-3 py-3">
            <StateMark state={levelMarks[level]} says={said[level]} />
            <div className="min-w-0 wrap-anywhere">
              <p>{text}</p>
              {remedy && <p className="text-sm text-ink-soft">{remedy}</p>}
            </div>
          </li>
        ))}
      </ul>
    </Section>
  ));
}

/** The areas whose findings are on their way. */
export function WaitingAreas({ areas }: { areas: readonly string[] }) {
  return areas.map((area) => (
    <Section key={area} title={area} text={null}>
      <p className="grid grid-cols-[1.5rem_minmax(0,1fr)] gap-x-3 text-ink-soft">
        <Spinner className="size-6 p-1" />
        Waiting for an answer…
      </p>
    </Section>
  ));
}
