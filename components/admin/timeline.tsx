import { StateMark } from './state-mark';

/** Something that happened to a number's messages, in the words and at the clock of who looks. */
export type TimelineRow = {
  id: string;
  at: string;
  when: string;
  outcome: 'good' | 'bad' | 'neutral';
  text: string;
  detail: string | null;
  vendorCode: string | null;
};

export type TimelineDay = { day: string; rows: TimelineRow[] };

const said = { good: '', bad: 'Problem:', neutral: '' };

/** What became of the messages to a number, a day at a time, newest first. */
export function Timeline({ days }: { days: TimelineDay[] }) {
  return days.map(({ day, rows }) => (
    <div key={day} className="mb-8 last:mb-0">
      <h3 className="border-b border-line pb-2 text-sm font-medium text-ink-soft">{day}</h3>
      <ol className="divide-y divide-line">
        {rows.map((row) => (
          <li
            key={row.id}
            className="grid grid-cols-[1.5rem_minmax(0,1fr)] gap-x-3 py-3 sm:grid-cols-[1.5rem_minmax(0,1fr)_auto]"
          >
            <StateMark state={row.outcome} says={said[row.outcome]} />
            <div className="min-w-0 wrap-anywhere">
              <p>{row.text}</p>
              {row.detail && <p className="text-sm text-ink-soft">{row.detail}</p>}
              {row.vendorCode && <p className="text-sm text-ink-soft">Code {row.vendorCode}</p>}
            </div>
            <time
              dateTime={row.at}
              className="text-sm leading-6 whitespace-nowrap text-ink-soft tabular-nums max-sm:col-start-2"
            >
              {row.when}
            </time>
          </li>
        ))}
      </ol>
    </div>
  ));
}
