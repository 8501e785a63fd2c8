import { day } from '@/components/dashboard/profile-words';
import type { DeliveryTimeline } from '@/lib/admin/delivery-timeline';
import type { CheckLine } from '@/lib/doctor/finding';
import type { UserView } from '@/lib/users/user-view';
import type { CheckArea } from './check-list';
import type { TimelineDay } from './timeline';

// What administrators' pages say, at their own place and time. Used on the server only.

/** A timeline as the page shows it: a day at a time, by the clock of who looks. */
export function timelineDays({ events }: DeliveryTimeline, user: UserView): TimelineDay[] {
  const days: TimelineDay[] = [];
  for (const { id, at, outcome, text, detail, vendor_code: vendorCode } of events) {
    const name = day(at, user);
    if (days.at(-1)?.day !== name) days.push({ day: name, rows: [] });
    days.at(-1)?.rows.push({ id, at, when: clockTime(at, user), outcome, text, detail, vendorCode });
  }
  return days;
}

/** To the second: a receipt often follows within a few. */
function clockTime(at: string, { locale, time_zone }: UserView): string {
  const language = locale.startsWith('en') ? locale : 'en-GB';
  return new Intl.DateTimeFormat(language, { timeStyle: 'medium', timeZone: time_zone || 'UTC' }).format(new Date(at));
}

/** `IN` → India */
export const countryName = (country: string): string =>
  new Intl.DisplayNames(['en'], { type: 'region' }).of(country) ?? country;

/** The lines of the checks, an area at a time. */
export function checkAreas(lines: readonly CheckLine[]): CheckArea[] {
  const areas = [...new Set(lines.map(({ area }) => area))];
  return areas.map((area) => ({ area, lines: lines.filter((line) => line.area === area) }));
}

/** `2 problems and 1 warning`, where they are, and when the vendors were asked. */
export function checkSummary(
  lines: readonly CheckLine[],
  at: Date,
  user: UserView,
): { text: string; aside: string; level: CheckLine['level'] } {
  const count = (level: CheckLine['level'], word: string) => {
    const found = lines.filter((line) => line.level === level).length;
    return found === 0 ? [] : [`${found} ${word}${found === 1 ? '' : 's'}`];
  };
  const areas = [...new Set(lines.filter(({ level }) => level !== 'ok').map(({ area }) => area))];
  const [failed, warnings] = [count('failed', 'problem'), count('warning', 'warning')];
  return {
    text: [...failed, ...warnings].join(' and ') || 'Everything is well',
    aside: `${areas.length > 0 ? `In ${areas.join(', ')}. ` : ''}Vendors asked at ${clockTime(at.toISOString(), user)}`,
    level: failed.length > 0 ? 'failed' : warnings.length > 0 ? 'warning' : 'ok',
  };
}
