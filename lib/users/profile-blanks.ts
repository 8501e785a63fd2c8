import { type SQL, sql } from 'drizzle-orm';

/** What a person, or whoever vouches for them, told of them on the way in. */
export type ToldProfile = { firstName: string | null; lastName: string | null; email: string | null };

/**
 * The part of a sign-in's `update users as u set …` that fills what the account does not know yet, never overwrites, and
 * completes the profile when everything is there.
 */
export function fillBlanks({ firstName, lastName, email }: ToldProfile): SQL {
  return sql`
    first_name = coalesce(u.first_name, ${firstName}::text),
    last_name = coalesce(u.last_name, ${lastName}::text),
    email = coalesce(u.email, ${email}::text),
    updated_at = case when (u.first_name is null and ${firstName}::text is not null)
      or (u.last_name is null and ${lastName}::text is not null)
      or (u.email is null and ${email}::text is not null) then now() else u.updated_at end,
    profile_completed_at = coalesce(u.profile_completed_at,
      case when coalesce(u.first_name, ${firstName}::text) is not null
        and coalesce(u.last_name, ${lastName}::text) is not null
        and coalesce(u.email, ${email}::text) is not null then now() end)`;
}
