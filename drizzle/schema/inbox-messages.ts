import { index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/**
 * The development inbox: what a phone would have received. Stays empty wherever a real vendor sends; start-up refuses
 * the inbox on a public origin.
 */
export const inboxMessages = pgTable(
  'inbox_messages',
  {
    id: uuid().primaryKey(),
    phone: text().notNull(),
    text: text().notNull(),
    sentAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index('inbox_messages_phone').on(table.phone, table.sentAt),
    index('inbox_messages_sweep').on(table.sentAt),
  ],
);
