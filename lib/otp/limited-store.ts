import { sql } from 'drizzle-orm';
import type { AuditEvent } from '../audit/events';
import type { Database } from '../db/client';
import { limitPolicy } from '../policy';
import { newId } from '../random';
import { takePlaces } from '../rate-limit/rate-limit';
import type { SendWindow } from './send-windows';

/**
 * Writes down that a request for a code was refused (or, where the limit only records, would have been), and by which window, for whoever must answer why no code came. Once a
 * minute for a number and window, and so many a minute for the whole app: refusing is what a flood is met with, and the
 * trail must not grow with it. In a flood it is a sample.
 */
export async function recordLimited(
  db: Database,
  refused: { phone: string; window: SendWindow; purpose: string; channel: string; address: string },
  event: Extract<AuditEvent, 'code.limited' | 'code.limit_exceeded'> = 'code.limited',
): Promise<void> {
  const { window } = refused;
  const { limited } = await takePlaces(db, [
    // First, against the usual order: in a flood over many numbers no row is made for each of them. Nothing else takes these two.
    { key: 'note:app', policy: limitPolicy.refusalNotes },
    { key: `note:${window}:${refused.phone}`, policy: limitPolicy.refusalNotesPerPhone },
  ]);
  if (limited) {
    return;
  }
  await db.execute(sql`
    insert into audit_events (id, event, phone, address, detail)
    values (${newId()}::uuid, ${event}, ${refused.phone}, ${refused.address}, jsonb_build_object(
      'window', ${window}::text, 'purpose', ${refused.purpose}::text, 'channel', ${refused.channel}::text))`);
}
