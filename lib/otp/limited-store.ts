import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { limitPolicy } from '../policy';
import { newId } from '../random';
import { type Bucket, takePlaces } from '../rate-limit/rate-limit';

/** The windows that a request for a code can find full. */
export const sendWindows = [
  'resend',
  'send:address:short',
  'send:address:long',
  'send:phone:short',
  'send:phone:long',
  'send:range',
  'send:country',
  'budget:hour',
  'budget:day',
] as const;
export type SendWindow = (typeof sendWindows)[number];

/** Which window a bucket is one of. */
export const windowOf = ({ key }: Bucket): SendWindow | null =>
  sendWindows.find((name) => key.startsWith(name)) ?? null;

/**
 * Writes down that a request for a code was refused, and by which window, for whoever must answer why no code came. Once a
 * minute for a number and window, and so many a minute for the whole app: refusing is what a flood is met with, and the
 * trail must not grow with it. In a flood it is a sample.
 */
export async function recordLimited(
  db: Database,
  refused: { phone: string; bucket: Bucket; purpose: string; channel: string; address: string },
): Promise<void> {
  const window = windowOf(refused.bucket);
  const { limited } = await takePlaces(db, [
    { key: `note:${window}:${refused.phone}`, policy: limitPolicy.refusalNotesPerPhone },
    { key: 'note:app', policy: limitPolicy.refusalNotes },
  ]);
  if (limited) {
    return;
  }
  await db.execute(sql`
    insert into audit_events (id, event, phone, address, detail)
    values (${newId()}::uuid, ${'code.limited' satisfies AuditEvent}, ${refused.phone}, ${refused.address}, jsonb_build_object(
      'window', ${window}::text, 'purpose', ${refused.purpose}::text, 'channel', ${refused.channel}::text))`);
}
