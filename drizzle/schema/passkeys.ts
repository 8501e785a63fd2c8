import { bigint, boolean, customType, index, pgTable, text, timestamp, unique, uuid } from 'drizzle-orm/pg-core';
import { users } from './users';

const bytea = customType<{ data: Buffer }>({ dataType: () => 'bytea' });

/**
 * WebAuthn credentials: ways in that need no message. The private key never leaves its device (or its owner's synced
 * keychain); what stands here is public.
 *
 * - `credential_id` (base64url) belongs to one account only. The user handle that devices keep beside it is the user's id.
 * - `counter` only grows; devices that sync keep it at 0 for ever. One that does not grow is a copy: it opens nothing.
 * - `device_type` never changes; `backed_up` says at each use whether it is synced by now.
 */
export const passkeys = pgTable(
  'passkeys',
  {
    id: uuid().primaryKey(),
    userId: uuid()
      .notNull()
      .references(() => users.id, { onDelete: 'cascade' }),
    credentialId: text().notNull(),
    /** As COSE writes it (RFC 9052). */
    publicKey: bytea().notNull(),
    counter: bigint({ mode: 'number' }).notNull(),
    transports: text().array().notNull(),
    deviceType: text({ enum: ['singleDevice', 'multiDevice'] }).notNull(),
    backedUp: boolean().notNull(),
    /** The make of the device or password manager; all zeros where it does not say. */
    aaguid: uuid().notNull(),
    name: text().notNull(),
    createdAt: timestamp({ withTimezone: true }).notNull().defaultNow(),
    lastUsedAt: timestamp({ withTimezone: true }),
  },
  (table) => [
    unique('passkeys_credential').on(table.credentialId),
    index('passkeys_user').on(table.userId, table.createdAt),
  ],
);
