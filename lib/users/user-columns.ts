import type { Column } from 'drizzle-orm';
import { users } from '../../drizzle/schema/users';
import type { UserRecord } from './user-view';

/** The columns that make a {@link UserRecord}, for Drizzle's `select`. */
export const userColumns = {
  id: users.id,
  phone: users.phone,
  phoneVerifiedAt: users.phoneVerifiedAt,
  email: users.email,
  emailVerifiedAt: users.emailVerifiedAt,
  firstName: users.firstName,
  lastName: users.lastName,
  bio: users.bio,
  location: users.location,
  birthDate: users.birthDate,
  avatarUrl: users.avatarUrl,
  avatarId: users.avatarId,
  locale: users.locale,
  timeZone: users.timeZone,
  role: users.role,
  suspendedAt: users.suspendedAt,
  profileCompletedAt: users.profileCompletedAt,
  createdAt: users.createdAt,
  updatedAt: users.updatedAt,
} satisfies Record<keyof UserRecord, Column>;

/** Reads the same columns off a row of hand-written SQL (snake_case names, undecoded values). */
export function userFromRow(row: Record<string, unknown>): UserRecord {
  const decoded = Object.entries(userColumns).map(([name, column]) => {
    const value = row[name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
    return [name, value === null ? null : column.mapFromDriverValue(value as never)];
  });
  return Object.fromEntries(decoded) as UserRecord;
}
