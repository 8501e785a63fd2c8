import type { ActivityRow } from './security-words';

export function RecentActivity({ activity }: { activity: ActivityRow[] }) {
  if (activity.length === 0) {
    return <p className="text-sm text-ink-soft">Nothing has happened yet.</p>;
  }
  return (
    <ol className="-mt-3 divide-y divide-line">
      {activity.map((row) => (
        <li key={row.id} className="grid gap-x-6 py-3 sm:grid-cols-[minmax(0,1fr)_auto]">
          <span className="min-w-0 wrap-anywhere">
            {row.text}
            {row.where && <span className="block text-sm text-ink-soft">{row.where}</span>}
          </span>
          <span className="text-sm leading-6 whitespace-nowrap text-ink-soft tabular-nums">{row.when}</span>
        </li>
      ))}
    </ol>
  );
}
