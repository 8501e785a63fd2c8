import { index, integer, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { users } from './users';

/**
 * A sign-in. The row is the truth: the browser's cookie and the API's tokens only carry its id, and every use is checked
 * against it (`lib/sessions/session-state.ts` says when a row is live). Rows end by `revoked_at`, never by deletion, until
 * they are swept long after.
 *
 * `proved_at` is when the person last proved who they are: the fresh proof that guarded actions ask for. A code does, a passkey
 * and a recovery code do, and a sign-in with Google only for an account without a number: whoever sits at an open browser is signed in to Google, too.
 *
 * `wrong_codes`: wrong tries in a row by the browser that has this session's cookie, for the account's own number. They count
 * in `phone_throttles` as well, but are judged by this count alone: strangers can't lock out a device that the account knows.
 */
export const sessions = pgTable(
  'sessions',
  {
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    kind: text({ enum: ['web', 'api'] }).notNull(),
    userAgent: text(),
    address: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    lastSeenAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    provedAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    wrongCodes: integer().notNull().default(0),
    wrongCodeAt: timestamp({ withTimezone: true }),
    /** Up to when this session has seen the notices about what happened elsewhere. */
    noticesSeenAt: timestamp({ withTimezone: true }),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    revokedAt: timestamp({ withTimezone: true }),
    revokedReason: text({
      enum: [
        'signed_out',
        'signed_out_everywhere',
        'session_limit',
        'ended_by_user',
        'refresh_reused',
        'phone_changed',
        'deletion_requested',
        'role_changed',
        'suspended',
      ],
    }),
  },
  (table) => [
    // Ended ones as well: a person's data are found, and deleted with the person, without reading the table.
    index('sessions_user').on(table.userId, table.createdAt),
    index('sessions_sweep').on(table.expiresAt),
  ],
);
