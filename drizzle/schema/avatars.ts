import { customType, pgTable, timestamp, uuid } from 'drizzle-orm/pg-core';
import { users } from './users';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/**
 * Profile pictures, re-encoded by us to a small WebP. The id is random and new with each upload: it is the whole
 * address of the picture, so an address never shows another picture later and may be cached for ever.
 */
export const avatars = pgTable('avatars', {
  id: uuid().primaryKey(),
  userId: uuid()
    .notNull()
    .unique()
    .references(() => users.id, { onDelete: 'cascade' }),
  image: bytea().notNull(),
  createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
});
