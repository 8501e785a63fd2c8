import { pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * Where no messages go for now: a row a switch, as all instances see it with the next request. `scope` is `all`, or a country
 * or range as the limits name it (`send:country:IN`, `send:range:+91812345`). Read by the statement that takes a send's places.
 */
export const smsPauses = pgTable('sms_pauses', {
  scope: text().primaryKey(),
  /** For operators; people are told that sending is paused, and their other ways in. */
  reason: text().notNull(),
  /** Who switched it: a command, an administrator's id, or `conversion`. */
  by: text().notNull(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  /** Null: until somebody switches it back. */
  endsAt: timestamp({ withTimezone: true }),
});
