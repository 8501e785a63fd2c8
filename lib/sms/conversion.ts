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
 * well. One that could not be written down is raised a minute later. Answers 0: there is never more of it to do at once.
 */
export async function watchConversion(deps: ConversionDeps): Promise<number> {
  const { db, env } = deps;
  const turn = { key: 'watch:conversion', policy: { places: 1, windowSeconds: conversionPolicy.lookedAtEverySeconds } };
  if (env.SMS_CONVERSION_ALARM_PERCENT === 0 || (await takePlaces(db, [turn])).limited !== null) {
    return 0;
  }
  for (const low of await findLowConversion(db, env.SMS_CONVERSION_ALARM_PERCENT)) {
    if (!low.told) await raise(deps, low);
  }
  return 0;
}

async function raise({ db, env, log }: ConversionDeps, low: LowConversion): Promise<void> {
  const { scope, sent, verified } = low;
  if (low.kind === 'range' && env.SMS_CONVERSION_STOP_MINUTES > 0) {
    const reason = `${verified} of ${sent} codes of the last hour were used`;
    await pauseSms(db, { scope, reason, by: 'conversion', forSeconds: env.SMS_CONVERSION_STOP_MINUTES * 60 });
  }
  await noteLowConversion(db, low);
  (log.error ?? log.warn).call(log, { scope, sent, verified }, 'messages lead nowhere: this may be SMS fraud');
}
