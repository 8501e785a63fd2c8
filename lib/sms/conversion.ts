import type { Database } from '../db/client';
import type { Env } from '../env';
import { conversionPolicy } from '../policy';
import { takePlaces } from '../rate-limit/rate-limit';
import { findLowConversion, type LowConversion, noteLowConversion } from './conversion-store';
import { pauseSms } from './pause-store';

export type ConversionDeps = {
  db: Database;
  env: Env;
  log: { warn(fields: object, message: string): void; error?(fields: object, message: string): void };
};

/**
 * Looks for countries and ranges whose messages lead nowhere, which is what pumping looks like: once a minute, one of all
 * instances. Each is told once an hour, to the log and the trail; with `SMS_CONVERSION_STOP_MINUTES` a range is stopped as
 * well. Answers 0: there is never more of it to do at once.
 */
export async function watchConversion(deps: ConversionDeps): Promise<number> {
  const { db, env, log } = deps;
  if (
    env.SMS_CONVERSION_ALARM_PERCENT === 0 ||
    !(await mayOnce(db, 'watch:conversion', conversionPolicy.lookedAtEverySeconds))
  ) {
    return 0;
  }
  for (const low of await findLowConversion(db, env.SMS_CONVERSION_ALARM_PERCENT)) {
    const { scope, sent, verified } = low;
    if (await raise(db, low, env.SMS_CONVERSION_STOP_MINUTES)) {
      (log.error ?? log.warn).call(log, { scope, sent, verified }, 'messages lead nowhere: this may be SMS fraud');
    }
  }
  return 0;
}

/** In one transaction with its place of the hour: one that could not be raised, or could not stop the range, is raised a minute later. */
function raise(db: Database, low: LowConversion, stopMinutes: number): Promise<boolean> {
  return db.transaction(async (transaction) => {
    if (!(await mayOnce(transaction, `alarm:${low.scope}`, conversionPolicy.alarmAgainSeconds))) {
      return false;
    }
    await noteLowConversion(transaction, low);
    if (low.kind === 'range' && stopMinutes > 0) {
      const reason = `${low.verified} of ${low.sent} codes of the last hour were used`;
      const { scope } = low;
      await pauseSms(transaction, { scope, reason, by: 'conversion', forSeconds: stopMinutes * 60 });
    }
    return true;
  });
}

/** True for one caller of all instances within so many seconds. */
async function mayOnce(db: Database, key: string, windowSeconds: number): Promise<boolean> {
  return (await takePlaces(db, [{ key, policy: { places: 1, windowSeconds } }])).limited === null;
}
