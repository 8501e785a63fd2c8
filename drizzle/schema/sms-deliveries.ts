import { sql } from 'drizzle-orm';
import { index, integer, numeric, pgTable, text, timestamp, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { channels, otpChallenges } from './otp-challenges';

/**
 * One row per message handed (or meant to be handed) to a vendor: one a vendor tried. It is written before the vendor is
 * called, so a process that dies in between leaves a trace. The state is read off the timestamps
 * (`lib/sms/delivery-state.ts`); once delivered or failed it stays so, whatever reports come later.
 *
 * `unanswered_at`: the request left and no answer came, so the message may have been sent.
 */
export const smsDeliveries = pgTable(
  'sms_deliveries',
  {
    id: uuid().primaryKey(),
    /** Null for a notice, which carries no code. */
    challengeId: uuid().references(() => otpChallenges.id, { onDelete: 'cascade' }),
    phone: text().notNull(),
    channel: text({ enum: channels }).notNull(),
    provider: text().notNull(),
    providerMessageId: text(),
    errorClass: text(),
    errorCode: text(),
    segments: integer(),
    price: numeric(),
    priceCurrency: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    handedOverAt: timestamp({ withTimezone: true }),
    unansweredAt: timestamp({ withTimezone: true }),
    deliveredAt: timestamp({ withTimezone: true }),
    failedAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    index('sms_deliveries_challenge').on(table.challengeId, table.createdAt),
    index('sms_deliveries_phone').on(table.phone, table.createdAt),
    index('sms_deliveries_notices')
      .on(table.createdAt)
      .where(sql`challenge_id is null`),
    /** Where a vendor's report finds its message. */
    uniqueIndex('sms_deliveries_message')
      .on(table.provider, table.providerMessageId)
      .where(sql`provider_message_id is not null`),
  ],
);
