import { isIP } from 'node:net';

/** Who passkeys are for, and the one origin they are used on. */
export type RelyingParty = { id: string; name: string; origin: string };

/**
 * Read off the configured origin and never off a request: a passkey made for our name is worth nothing under another. Null
 * where the origin is an address instead of a name, for which browsers make none.
 */
export function relyingParty({ APP_URL, APP_NAME }: { APP_URL: string; APP_NAME: string }): RelyingParty | null {
  const { hostname, origin } = new URL(APP_URL);
  return isIP(hostname.replace(/^\[|\]$/g, '')) ? null : { id: hostname, name: APP_NAME, origin };
}

/** What devices keep beside a passkey to say whose it is (WebAuthn's user handle): the 16 bytes of the user's id, base64url. */
export const userHandleOf = (userId: string): string =>
  Buffer.from(userId.replaceAll('-', ''), 'hex').toString('base64url');
