import { sql } from 'drizzle-orm';
import { index, integer, numeric, pgTable, text, timestamp, uuid } from 'drizzle-orm/pg-core';
import { otpChallenges } from './otp-challenges';

/**
 * One row per message handed (or meant to be handed) to a vendor. It is written before the vendor is called, so a
 * process that dies in between leaves a trace. The state is read off the timestamps (`lib/sms/delivery-state.ts`).
 */
export const smsDeliveries = pgTable(
  'sms_deliveries',
  {
    id: uuid().primaryKey(),
    /** Null for a notice, which carries no code. */
    challengeId: uuid().references(() => otpChallenges.id, { onDelete: 'cascade' }),
    provider: text().notNull(),
    providerMessageId: text(),
    errorClass: text(),
    errorCode: text(),
    segments: integer(),
    price: numeric(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    handedOverAt: timestamp({ withTimezone: true }),
    deliveredAt: timestamp({ withTimezone: true }),
    failedAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    index('sms_deliveries_challenge').on(table.challengeId, table.createdAt),
    index('sms_deliveries_notices')
      .on(table.createdAt)
      .where(sql`challenge_id is null`),
  ],
);
