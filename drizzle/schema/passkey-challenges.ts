import { index, pgTable, text, timestamp } from 'drizzle-orm/pg-core';

/** What a challenge is good for: a new passkey, signing in, or confirming it's you in a running session. */
export const passkeyPurposes = ['register', 'sign_in', 'proof'] as const;

/**
 * What a device is asked to sign, once. Only the SHA-256 of the challenge is kept: it is 256 random bits.
 *
 * Single use is a WHERE clause: a challenge is consumed only by `… WHERE consumed_at IS NULL AND expires_at > now()`, in the
 * statement that does what it was for. `flow_hash` ties it to who asked: the SHA-256 of the session, or of the random token
 * that whoever wants to sign in was given with it.
 */
export const passkeyChallenges = pgTable(
  'passkey_challenges',
  {
    challengeHash: text().primaryKey(),
    purpose: text({ enum: passkeyPurposes }).notNull(),
    flowHash: text().notNull(),
    expiresAt: timestamp({ withTimezone: true }).notNull(),
    consumedAt: timestamp({ withTimezone: true }),
  },
  (table) => [index('passkey_challenges_sweep').on(table.expiresAt)],
);
