import { messageLocales } from '../sms/templates';

/** What is read of a header, in characters: browsers send some 30, and each tag costs as much as a statement. */
const LONGEST = 500;

/**
 * The language among `offered` (such as `hi`) that a browser likes best by its Accept-Language header (RFC 9110, 12.5.4), with
 * the region it named: `hi-IN` chooses an Indian voice. Of equally liked ones the first named; undefined for none of them.
 */
export function preferredLanguage(header: string | null, offered: readonly string[]): string | undefined {
  const liked = (header ?? '')
    .slice(0, LONGEST)
    .split(',')
    .flatMap((range) => {
      const [tag = '', ...parameters] = range.split(';').map((part) => part.trim());
      const weight = parameters.find((parameter) => /^q=/i.test(parameter))?.slice(2) ?? '1';
      const locale = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/.test(weight) && Number(weight) > 0 ? localeOf(tag) : null;
      return locale && offered.includes(locale.language) ? [{ tag: locale.baseName, weight: Number(weight) }] : [];
    });
  return liked.sort((one, other) => other.weight - one.weight)[0]?.tag;
}

/** A tag read as BCP 47; null for `*` and for what is none. */
function localeOf(tag: string): Intl.Locale | null {
  try {
    return new Intl.Locale(tag);
  } catch {
    return null;
  }
}

/** The language in which to write and call to a browser, as a tag; English where it likes none that there are words in. */
export const messageLanguage = (header: string | null): string => preferredLanguage(header, messageLocales) ?? 'en';
