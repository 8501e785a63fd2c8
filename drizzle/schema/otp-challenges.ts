import { sql } from 'drizzle-orm';
import { index, integer, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';

/**
 * What a code is good for: signing in, confirming it's you in a running session, proving a new number, or proving one while
 * the old number can't be proved any more.
 */
export const codePurposes = ['sign_in', 'confirm', 'new_phone', 'new_phone_lost_sim'] as const;
export type CodePurpose = (typeof codePurposes)[number];

/** How a code travels. `call`: a voice reads it out. */
export const channels = ['sms', 'call', 'whatsapp'] as const;

/**
 * One row per code that was asked for.
 *
 * - Newest code wins by an index: at most one row per phone and purpose is neither consumed nor superseded.
 * - Single use is a WHERE clause: a code is consumed only by `… WHERE consumed_at IS NULL AND superseded_at IS NULL
 *   AND expires_at > now()`.
 * - `attempts` grows in its own committed statement, before the code is compared, and never shrinks.
 * - `code_hash` is argon2id with a key from outside the database and the row's id bound in; the code itself is never
 *   stored.
 * - Where a vendor keeps the code, `keeper` and `verification_id` stand in place of the hash, until the vendor has approved
 *   it: then the hash of what it approved is there as well. All else holds alike.
 * - `flow_hash` ties the code to who asked: the SHA-256 of the browser's flow cookie (step two finds its number here, never
 *   in a form), or of the session that confirms or changes something.
 * - `counted_in` are the windows that a code counts in until it is used (unverified messages are what they limit): a trigger
 *   (`0008_right_codes.sql`) gives the places taken at `counted_at` back in the transaction that consumes the code. Empty once they came back because
 *   the code did not go out.
 */
export const otpChallenges = pgTable(
  'otp_challenges',
  {
    id: uuid().primaryKey(),
    phone: text().notNull(),
    purpose: text({ enum: codePurposes }).notNull(),
    channel: text({ enum: channels }).notNull(),
    /** The language its message is written in, such as `hi`; it becomes that of a new user. */
    locale: text().notNull().default('en'),
    codeHash: text(),
    /** The vendor that made the code and keeps it; null: we did, and `code_hash` is there. */
    keeper: text(),
    /** What that vendor calls the code, once it has sent it; it may call the next one the same. */
    verificationId: text(),
    flowHash: text(),
    /** The name given with the request; it becomes the name of a new user and of nobody else. */
    firstName: text(),
    lastName: text(),
    attempts: integer().notNull().default(0),
    maxAttempts: integer().notNull(),
    countedIn: text()
      .array()
      .notNull()
      .default(sql`'{}'::text[]`),
    countedAt: timestamp({ withTimezone: true }),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    consumedAt: timestamp({ withTimezone: true }),
    supersededAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    uniqueIndex('otp_challenges_live')
      .on(table.phone, table.purpose)
      .where(sql`consumed_at is null and superseded_at is null`),
    index('otp_challenges_flow')
      .on(table.flowHash, table.createdAt)
      .where(sql`flow_hash is not null`),
    index('otp_challenges_sweep').on(table.expiresAt),
  ],
);
