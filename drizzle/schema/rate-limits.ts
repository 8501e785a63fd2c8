import { index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * Sliding windows, one row a bucket: `hits[i]` is when, `counts[i]` how often. Places are taken by the SQL function `rate_limit_take`
 * alone, under the row's lock, so two instances can't both take the last one.
 */
export const rateLimits = pgTable(
  'rate_limits',
  {
    bucket: text().primaryKey(),
    hits: timestamp({ withTimezone: true }).array().notNull(),
    counts: integer().array().notNull(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [index('rate_limits_sweep').on(table.expiresAt)],
);
