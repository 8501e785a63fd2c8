import { sql } from 'drizzle-orm';
import { date, index, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';

/**
 * A person. The phone is E.164 and belongs to one account only (unique); it is null for someone who came by another way
 * in and has proved no number yet. E-mail addresses are not unique on purpose: accounts never merge by e-mail, and a
 * "taken" answer would tell a stranger who has an account.
 *
 * `profile_completed_at` is set once, when first name, last name and e-mail are all there. `phone_proved_at` is the last
 * right code for the number: operators give numbers to others, so one unproved for very long is no way in by itself.
 * A change of `role`, a suspension and a wish to be deleted end the person's sessions, by triggers (`0007_end_sessions.sql`): nobody
 * becomes an administrator in a session that began as something less, and no session comes back with a lifted suspension.
 * `deletion_requested_at`: signing in within the grace period takes it back, afterwards the row is deleted;
 * lifting a suspension begins that period anew, by a trigger.
 */
export const users = pgTable(
  'users',
  {
    id: uuid().primaryKey(),
    phone: text().unique(),
    phoneVerifiedAt: timestamp({ withTimezone: true }),
    phoneProvedAt: timestamp({ withTimezone: true }),
    email: text(),
    emailVerifiedAt: timestamp({ withTimezone: true }),
    firstName: text(),
    lastName: text(),
    bio: text(),
    location: text(),
    birthDate: date({ mode: 'string' }),
    /** An address given by a client; an uploaded picture (`avatar_id`) wins over it. */
    avatarUrl: text(),
    avatarId: uuid(),
    locale: text().notNull().default('en'),
    timeZone: text().notNull().default('UTC'),
    role: text({ enum: ['user', 'provider', 'admin'] })
      .notNull()
      .default('user'),
    suspendedAt: timestamp({ withTimezone: true }),
    suspendedReason: text(),
    profileCompletedAt: timestamp({ withTimezone: true }),
    deletionRequestedAt: timestamp({ withTimezone: true }),
    /** When the person last said "not now" to the offer of a passkey. */
    passkeyOfferPutOffAt: timestamp({ withTimezone: true }),
    createdAt: timestamp({ withTimezone: true })
      .notNull()
      .default(sql`now()`),
    updatedAt: timestamp({ withTimezone: true })
      .notNull()
      .default(sql`now()`),
  },
  (table) => [
    index('users_deletion')
      .on(table.deletionRequestedAt)
      .where(sql`deletion_requested_at is not null`),
  ],
);
