import { type SQL, sql } from 'drizzle-orm';

/** What a person, or whoever vouches for them, told of them on the way in. */
export type ToldProfile = { firstName: string | null; lastName: string | null; email: string | null };

/**
 * The part of a sign-in's `update users as u set …` that fills what the account does not know yet, never overwrites, and
 * completes the profile when everything is there. `unless`: of a row for which nothing of it may happen.
 */
export function fillBlanks({ firstName, lastName, email }: ToldProfile, unless = sql`false`): SQL {
  const [first, last, mail] = [firstName, lastName, email].map(
    (told) => sql`case when not (${unless}) then ${told}::text end`,
  );
  return sql`
    first_name = coalesce(u.first_name, ${first}),
    last_name = coalesce(u.last_name, ${last}),
    email = coalesce(u.email, ${mail}),
    updated_at = case when (u.first_name is null and ${first} is not null)
      or (u.last_name is null and ${last} is not null)
      or (u.email is null and ${mail} is not null) then now() else u.updated_at end,
    profile_completed_at = coalesce(u.profile_completed_at,
      case when coalesce(u.first_name, ${first}) is not null
        and coalesce(u.last_name, ${last}) is not null
        and coalesce(u.email, ${mail}) is not null and not (${unless}) then now() end)`;
}
