import type { Database } from '../db/client';
import type { Env } from '../env';
import { moneyPolicy } from '../policy';
import { findLowConversion } from '../sms/conversion-store';
import { EVERYTHING, pausesNow } from '../sms/pause-store';
import type { Finding } from '../sms/sender';
import { failed, ok, warning } from './finding';

/** Where sending is switched off, and whose messages lead nowhere. */
export async function fraudFindings(db: Database, env: Env): Promise<Finding[]> {
  const pauses = await pausesNow(db);
  const stopped = pauses.map(({ scope, reason, endsAt }) => {
    const until = endsAt
      ? `until ${endsAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
      : 'until it is switched on again';
    const remedy = 'Switch it on again once that is over: below, or npm run admin -- resume-sms.';
    return scope === EVERYTHING
      ? failed(`Sending is switched off ${until}: ${reason}.`, remedy)
      : warning(`No messages go to ${scopeWords(scope)} ${until}: ${reason}.`, remedy);
  });
  const percent = env.SMS_CONVERSION_ALARM_PERCENT;
  const low = percent === 0 ? [] : await findLowConversion(db, percent);
  const leading = low.map(({ scope, sent, verified }) =>
    warning(
      `Of ${sent} codes sent to ${scopeWords(scope)} within the last hour, ${verified} were used.`,
      'Either messages don’t arrive there (see the vendors) or somebody is paid for them: look who asks, then block the range (BLOCKED_RANGES) or lower its limit.',
    ),
  );
  return [
    ...stopped,
    ...leading,
    ...(stopped.length + leading.length === 0 ? [ok('Messages go everywhere, and their codes are used.')] : []),
  ];
}

/** `send:country:IN` → India */
export function scopeWords(scope: string): string {
  const [, kind, value = ''] = /^send:(country|range):(.+)$/.exec(scope) ?? [];
  if (kind === 'country') {
    return new Intl.DisplayNames(['en'], { type: 'region' }).of(value) ?? value;
  }
  return kind === 'range' ? `numbers that begin with ${value}` : 'everywhere';
}

/** Money as it is set and counted: 12.5. */
export const amount = (units: number): string =>
  (units / moneyPolicy.unitsPerCurrency).toLocaleString('en', { maximumFractionDigits: 2 });
