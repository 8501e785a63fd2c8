import { z } from 'zod';
import { systemClock } from '../clock';
import { profilePolicy } from '../policy';
import { languageTag, plainText } from '../text-schema';

const email = z.email('Enter an e-mail address such as john@example.com').max(254, 'At most 254 characters');
const firstName = plainText(100);
const lastName = plainText(100);

const birthDate = z.iso
  .date({ error: 'Enter a date as YYYY-MM-DD', abort: true })
  .refine((day) => day >= '1900-01-01' && Date.parse(day) < systemClock.now().getTime(), 'Enter a date in the past');

const webAddress = plainText(2048).pipe(
  z.url({ protocol: /^https$/, normalize: true, error: 'Enter an https address' }),
);

const timeZone = z.string().max(64).refine(isTimeZone, 'Enter a time zone such as Asia/Kolkata');

/** What a profile is made of, each part by itself. */
export const profileFields = {
  name: plainText(200),
  email,
  bio: plainText(profilePolicy.bioCharacters),
  location: plainText(100),
  birthDate,
  webAddress,
};

/**
 * `PATCH /api/me`, and the profile form. Every field is optional; null clears those that may be empty. What makes a
 * profile complete (names, e-mail) can be changed, not cleared. `name` splits at the first space.
 */
export const profileSchema = z.strictObject({
  first_name: firstName.optional(),
  last_name: lastName.optional(),
  name: profileFields.name.optional(),
  email: email.optional(),
  bio: profileFields.bio.nullable().optional(),
  location: profileFields.location.nullable().optional(),
  birth_date: birthDate.nullable().optional(),
  avatar_url: webAddress.nullable().optional(),
  locale: languageTag.optional(),
  time_zone: timeZone.optional(),
});

export type ProfileChanges = z.output<typeof profileSchema>;

/** Step three of the wizard: what a profile needs to be complete. */
export const aboutYouSchema = z.strictObject({ first_name: firstName, last_name: lastName, email });

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return !/^[+-]/.test(name);
  } catch {
    return false;
  }
}
