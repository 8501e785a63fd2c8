import { sql } from 'drizzle-orm';
import { index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { users } from './users';

/**
 * A change of number that waits, because only the new number could be proved: the old SIM is lost. At most one a person.
 * It waits from when the old number was told (`told_at`), and is not made before it was; `tried_at` is when that was last tried.
 * The row goes when the change is made or taken back; the audit trail keeps what happened.
 */
export const phoneChanges = pgTable(
  'phone_changes',
  {
    userId: uuid()
      .primaryKey()
      .references(() => users.id, { onDelete: 'cascade' }),
    newPhone: text().notNull(),
    requestedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    effectiveAt: timestamp({ withTimezone: true }).notNull(),
    toldAt: timestamp({ withTimezone: true }),
    triedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    index('phone_changes_due').on(table.effectiveAt),
    index('phone_changes_untold')
      .on(table.triedAt)
      .where(sql`told_at is null`),
  ],
);
