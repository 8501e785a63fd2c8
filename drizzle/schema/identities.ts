import { pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';
import { users } from './users';

/**
 * Ways in other than the phone: an account at an OpenID provider. Issuer and subject are who it is, and belong to one
 * account only; the e-mail address is there to be recognised by its owner, and decides nothing.
 */
export const identities = pgTable(
  'identities',
  {
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    issuer: text().notNull(),
    subject: text().notNull(),
    email: text(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
  },
  (table) => [
    unique('identities_issuer_subject').on(table.issuer, table.subject),
    unique('identities_user_issuer').on(table.userId, table.issuer),
  ],
);
