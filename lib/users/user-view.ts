/** The user object of the API (and of our own pages). Times are ISO 8601 UTC, `birth_date` is YYYY-MM-DD. */
export type UserView = {
  id: string;
  phone: string | null;
  first_name: string | null;
  last_name: string | null;
  name: string | null;
  email: string | null;
  email_verified: boolean;
  bio: string | null;
  location: string | null;
  birth_date: string | null;
  avatar_url: string | null;
  is_verified: boolean;
  is_active: boolean;
  role: 'user' | 'provider' | 'admin';
  locale: string;
  time_zone: string;
  needs_profile_completion: boolean;
  created_at: string;
  updated_at: string;
};

/** The columns a user object is made of (never the whole row). */
export type UserRecord = {
  id: string;
  phone: string | null;
  phoneVerifiedAt: Date | null;
  email: string | null;
  emailVerifiedAt: Date | null;
  firstName: string | null;
  lastName: string | null;
  bio: string | null;
  location: string | null;
  birthDate: string | null;
  avatarUrl: string | null;
  avatarId: string | null;
  locale: string;
  timeZone: string;
  role: 'user' | 'provider' | 'admin';
  suspendedAt: Date | null;
  profileCompletedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
};

/** Turns a record into what clients see. `appUrl` makes the address of an uploaded picture absolute. */
export function userView(user: UserRecord, appUrl: string): UserView {
  return {
    id: user.id,
    phone: user.phone,
    first_name: user.firstName,
    last_name: user.lastName,
    name: [user.firstName, user.lastName].filter(Boolean).join(' ') || null,
    email: user.email,
    email_verified: user.emailVerifiedAt !== null,
    bio: user.bio,
    location: user.location,
    birth_date: user.birthDate,
    avatar_url: user.avatarId ? `${appUrl}/api/avatars/${user.avatarId}` : user.avatarUrl,
    is_verified: user.phoneVerifiedAt !== null,
    is_active: user.suspendedAt === null,
    role: user.role,
    locale: user.locale,
    time_zone: user.timeZone,
    needs_profile_completion: user.profileCompletedAt === null,
    created_at: user.createdAt.toISOString(),
    updated_at: user.updatedAt.toISOString(),
  };
}
