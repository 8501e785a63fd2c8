import { pgTable, primaryKey, smallint, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { users } from './users';

/**
 * The way back when phone and passkey are lost: ten codes on paper, each good once (`used_at`, guarded by a WHERE clause).
 *
 * `code_hash` is an HMAC with a key from outside the database. A fast hash is right here: a code has 80 random bits, which
 * nobody searches through; the key makes a stolen table worth nothing even so.
 *
 * A code has a place on the sheet: a new sheet overwrites the old one place by place, so two made at one moment can't both
 * be good.
 */
export const recoveryCodes = pgTable(
  'recovery_codes',
  {
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    place: smallint().notNull(),
    codeHash: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    usedAt: timestamp({ withTimezone: true }),
  },
  (table) => [primaryKey({ columns: [table.userId, table.place] })],
);
