import { index, integer, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/**
 * Wrong tries in a row for a number, over all its codes and all ways in. Asking for a new code never touches this row;
 * only a right code removes it (by a trigger on the code, `0008_right_codes.sql`), another factor, an administrator, or a month
 * without any try while they are too few for a wait. Counted in the statement that counts the attempt, before the compare; while
 * tries are refused they count nothing, so nobody prolongs a wait.
 */
export const phoneThrottles = pgTable(
  'phone_throttles',
  {
    phone: text().primaryKey(),
    consecutiveFailures: integer().notNull(),
    lastFailedAt: timestamp({ withTimezone: true }).notNull(),
  },
  (table) => [index('phone_throttles_sweep').on(table.lastFailedAt)],
);
