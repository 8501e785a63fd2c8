import { sql } from 'drizzle-orm';
import type { Database } from '../db/client';
import { newId } from '../random';
import type { Deliverable, Delivered } from './deliver';
import { TEST_NUMBER } from './vendor-words';

/** What a message to a test number comes to: a row for the trail, and nothing sent. */
export async function recordTestNumber(db: Database, message: Deliverable): Promise<Delivered> {
  await db.execute(sql`
    insert into sms_deliveries (id, challenge_id, phone, channel, provider, handed_over_at)
    values (${newId()}::uuid, ${message.challengeId}::uuid, ${message.phone}, ${message.channel}, ${TEST_NUMBER}, now())`);
  return { ok: true, provider: TEST_NUMBER };
}
