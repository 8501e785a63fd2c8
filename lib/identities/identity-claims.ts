import { z } from 'zod';
import { aboutYouSchema } from '../users/profile-schema';
import { splitName } from '../users/name';

/** Somebody at a provider, and what the provider says of them. */
export type ClaimedIdentity = {
  issuer: string;
  subject: string;
  email: string | null;
  /** The provider says that the address is theirs. */
  emailVerified: boolean;
  firstName: string | null;
  lastName: string | null;
};

/** OpenID Connect Core 1.0, section 2: at most 255 ASCII characters. */
const who = z.object({ iss: z.string(), sub: z.string().regex(/^[\x21-\x7e]{1,255}$/) });
const told = z.object({
  email: aboutYouSchema.shape.email.nullable().catch(null),
  given_name: aboutYouSchema.shape.first_name.nullable().catch(null),
  family_name: aboutYouSchema.shape.last_name.nullable().catch(null),
  name: aboutYouSchema.shape.first_name.nullable().catch(null),
  email_verified: z.unknown().optional(),
});

/**
 * Reads the claims of an ID token that was checked already. Null unless it speaks of somebody at the issuer we asked:
 * a discovery document may name another. What our own profile would not accept is left out.
 */
export function identityOf(claims: unknown, issuer: string): ClaimedIdentity | null {
  const person = who.safeParse(claims);
  if (!person.success || person.data.iss !== issuer) {
    return null;
  }
  const { email, given_name, family_name, name, email_verified } = told.parse(claims);
  const whole = name === null ? null : splitName(name);
  return {
    issuer,
    subject: person.data.sub,
    email,
    emailVerified: email !== null && email_verified === true,
    firstName: given_name ?? whole?.firstName ?? null,
    lastName: family_name ?? (given_name === null ? (whole?.lastName ?? null) : null),
  };
}
