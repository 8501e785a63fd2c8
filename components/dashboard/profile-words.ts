import { parsePhoneNumberFromString } from 'libphonenumber-js/min';
import type { UserView } from '@/lib/users/user-view';

// How the profile's values are written for people. Used on the server only: it knows every locale and time zone, and
// the words can't differ between its HTML and the browser.

/** +91 81234 56789 */
export function readablePhone(phone: string): string {
  return parsePhoneNumberFromString(phone)?.formatInternational() ?? phone;
}

type Place = Pick<UserView, 'locale' | 'time_zone'>;

/** The pages speak English; dates follow the person's own kind of it, if they have one. */
function dateLocale(locale: string | null): string {
  return locale?.startsWith('en') ? locale : 'en-GB';
}

/** The day of a moment, where the person lives. */
export function day(moment: string, { locale, time_zone }: Place): string {
  return new Intl.DateTimeFormat(dateLocale(locale), { dateStyle: 'long', timeZone: time_zone || 'UTC' }).format(
    new Date(moment),
  );
}

/** A moment, by the person's own clock: `12 November 2026 at 10:03`. */
export function moment(at: string, { locale, time_zone }: Place): string {
  return new Intl.DateTimeFormat(dateLocale(locale), {
    dateStyle: 'medium',
    timeStyle: 'short',
    timeZone: time_zone || 'UTC',
  }).format(new Date(at));
}

/** A birthday is a day of the calendar, the same everywhere. */
export function birthday(date: string, { locale }: Place): string {
  return new Intl.DateTimeFormat(dateLocale(locale), { dateStyle: 'long', timeZone: 'UTC' }).format(
    new Date(`${date}T00:00:00Z`),
  );
}

/** `hi-IN` → Hindi (India) */
export function languageName(locale: string): string {
  return new Intl.DisplayNames(['en'], { type: 'language', languageDisplay: 'standard' }).of(locale) ?? locale;
}

/** `America/New_York` → America/New York, GMT-5 */
export function timeZoneName(timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-GB', { timeZone, timeZoneName: 'shortOffset' }).formatToParts();
  const offset = parts.find(({ type }) => type === 'timeZoneName')?.value ?? '';
  const place = timeZone.replaceAll('_', ' ');
  return offset && offset !== place ? `${place}, ${offset}` : place;
}

const offered = [
  ...[
    'ar',
    'bn',
    'de',
    'en',
    'en-GB',
    'en-IN',
    'en-US',
    'es',
    'fr',
    'gu',
    'hi',
    'id',
    'it',
    'ja',
    'kn',
    'ko',
    'ml',
    'mr',
  ],
  ...['ne', 'nl', 'pa', 'pl', 'pt-BR', 'ru', 'si', 'ta', 'te', 'tr', 'uk', 'ur', 'uz', 'vi', 'zh-Hans', 'zh-Hant'],
];

/** The languages of the profile form, with the person's own first if it is a rarer one. */
export function languageChoices(current: string | null): { value: string; name: string }[] {
  const all = current && !offered.includes(current) ? [current, ...offered] : offered;
  return all.map((value) => ({ value, name: languageName(value) })).sort((a, b) => a.name.localeCompare(b.name, 'en'));
}
