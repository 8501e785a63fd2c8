import { index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { sessions } from './sessions';

/**
 * Refresh tokens of a session (its family). Only the SHA-256 of the token is kept: the token itself is 256 random bits,
 * so a fast hash is enough.
 *
 * A token is spent by `used_at`, in the statement that inserts its one child: `parent_hash` is unique, so a token has one
 * successor ever.
 */
export const refreshTokens = pgTable(
  'refresh_tokens',
  {
    tokenHash: text().primaryKey(),
    /** Null for the first of the family. */
    parentHash: text().unique(),
    sessionId: uuid()
      .notNull()
      .references(() => sessions.id, { onDelete: 'cascade' }),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    usedAt: timestamp({ withTimezone: true }),
  },
  (table) => [index('refresh_tokens_session').on(table.sessionId)],
);
