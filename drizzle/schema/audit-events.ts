import { index, jsonb, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/**
 * What happened, written by the same statement as the change itself. The names are a closed list (`lib/audit/events.ts`).
 * No foreign keys: the trail outlives what it speaks of. No request's id: use cases know of none, and what was refused, which is what
 * people ask about by that id, stands in the log with time, path and address.
 */
export const auditEvents = pgTable(
  'audit_events',
  {
    id: uuid().primaryKey(),
    event: text().notNull(),
    userId: uuid(),
    sessionId: uuid(),
    phone: text(),
    address: text(),
    detail: jsonb().notNull().default({}),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index('audit_events_user').on(table.userId, table.createdAt),
    index('audit_events_phone').on(table.phone, table.createdAt),
    index('audit_events_sweep').on(table.createdAt),
  ],
);
