import { integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * Vendors that keep failing, as all instances see it. Written by the statement that records a failed hand-over, removed by
 * the one that records a good one. While `open_until` lies ahead, every other vendor of a route is tried first; the first
 * message after that pushes it ahead once more and goes out as a probe. `provider` is the vendor's name, and for channels
 * other than text messages `vendor:channel`.
 */
export const providerBreakers = pgTable('provider_breakers', {
  provider: text().primaryKey(),
  consecutiveFailures: integer().notNull(),
  lastFailedAt: timestamp({ withTimezone: true }).notNull(),
  openUntil: timestamp({ withTimezone: true }),
});
