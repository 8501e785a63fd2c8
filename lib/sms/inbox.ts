import { desc, eq } from 'drizzle-orm';
import { inboxMessages } from '../../drizzle/schema/inbox-messages';
import type { Database } from '../db/client';
import { newId } from '../random';
import type { SmsVendor } from './sender';

/** The development inbox as a vendor: every message arrives, in a table that `/dev/inbox` shows; of a call, what it says. */
export function inboxSender(db: Database): SmsVendor {
  return {
    name: 'inbox',
    channels: ['sms', 'call'],
    async send({ phone, text }) {
      const id = newId();
      await db.insert(inboxMessages).values({ id, phone, text });
      return { accepted: true, providerMessageId: id, segments: 1, price: null };
    },
    diagnose: async () => [{ level: 'ok', text: 'The development inbox keeps messages in the database.' }],
  };
}

/** A message as the inbox shows it; `sent_at` is ISO 8601 UTC. */
export type InboxMessage = { id: string; to: string; text: string; sent_at: string };

/** The latest messages, newest first, of all numbers or of one (E.164). */
export async function inboxMessagesOf(db: Database, phone: string | null, most = 100): Promise<InboxMessage[]> {
  const rows = await db
    .select()
    .from(inboxMessages)
    .where(phone === null ? undefined : eq(inboxMessages.phone, phone))
    .orderBy(desc(inboxMessages.sentAt), desc(inboxMessages.id))
    .limit(most);
  return rows.map((row) => ({ id: row.id, to: row.phone, text: row.text, sent_at: row.sentAt.toISOString() }));
}
