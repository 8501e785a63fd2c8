import { securityTxtPolicy } from '../policy';

/**
 * `/.well-known/security.txt` (RFC 9116): whom to tell of a weakness. Null without a contact, because the file must name one.
 * `Expires` is counted from the day it is asked for: the file lives exactly as long as somebody runs the server that names the
 * contact, and a copy kept somewhere grows old.
 */
export function securityTxt(site: {
  appUrl: string;
  contacts: readonly string[] | undefined;
  now: Date;
}): string | null {
  if (!site.contacts?.length) {
    return null;
  }
  const expires = new Date(site.now);
  expires.setUTCHours(0, 0, 0, 0);
  expires.setUTCDate(expires.getUTCDate() + securityTxtPolicy.expiresAfterDays);
  return [
    ...site.contacts.map((contact) => `Contact: ${contact}`),
    `Expires: ${expires.toISOString()}`,
    'Preferred-Languages: en',
    `Canonical: ${site.appUrl}/.well-known/security.txt`,
    '',
  ].join('\n');
}
