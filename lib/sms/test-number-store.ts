import { sql } from 'drizzle-orm';
import type { Clock } from '../clock';
import type { Database } from '../db/client';
import type { Env } from '../env';
import { testNumberOf } from '../otp/test-numbers';
import { newId } from '../random';
import type { Deliver, Deliverable, Delivered } from './deliver';
import { TEST_NUMBER } from './vendor-words';

/** What a message to a test number comes to: a row for the trail, and nothing sent. */
export async function recordTestNumber(db: Database, message: Deliverable): Promise<Delivered> {
  await db.execute(sql`
    insert into sms_deliveries (id, challenge_id, phone, channel, provider, handed_over_at)
    values (${newId()}::uuid, ${message.challengeId}::uuid, ${message.phone}, ${message.channel}, ${TEST_NUMBER}, now())`);
  return { ok: true, provider: TEST_NUMBER };
}

/** The way out of every message, codes and notices alike: what is for a test number ends here. */
export const sparingTestNumbers =
  ({ db, env, clock }: { db: Database; env: Env; clock: Clock }, send: Deliver): Deliver =>
  (message, transit) =>
    testNumberOf(env.TEST_NUMBERS, message.phone, clock.now()) ? recordTestNumber(db, message) : send(message, transit);
