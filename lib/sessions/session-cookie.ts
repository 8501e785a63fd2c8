import { jwtVerify, SignJWT, type JWTPayload } from 'jose';
import type { Clock } from '../clock';
import { sessionPolicy } from '../policy';
import { createVerifiedTokens } from './verified-tokens';

/**
 * What NextAuth calls its JWT: the browser's session cookie and, under another `salt`, its short-lived state cookies.
 * Ours is a signed token that carries no more than the session's id; the row decides. The `typ` and the salt as audience
 * keep the kinds apart, so a state cookie put into the session cookie is worth nothing.
 */
export type CookieTokens = {
  encode(payload: JWTPayload, maxAgeSeconds: number, salt: string): Promise<string>;
  /** The payload, or null for anything not made by us for this salt, or too old. */
  decode(token: string, salt: string): Promise<JWTPayload | null>;
};

export async function createCookieTokens(key: Buffer, clock: Clock): Promise<CookieTokens> {
  const hmac = { name: 'HMAC', hash: 'SHA-256' };
  const cryptoKey = await crypto.subtle.importKey('raw', new Uint8Array(key), hmac, false, ['sign', 'verify']);
  const verified = createVerifiedTokens<JWTPayload>();
  const kind = (salt: string) => ({ typ: salt ? 'check+jwt' : 'session+jwt', audience: salt || 'session' });
  return {
    encode(payload, maxAgeSeconds, salt) {
      const { typ, audience } = kind(salt);
      const issuedAt = Math.floor(clock.now().getTime() / 1000);
      return new SignJWT(payload)
        .setProtectedHeader({ alg: 'HS256', typ })
        .setAudience(audience)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + maxAgeSeconds)
        .sign(cryptoKey);
    },
    async decode(token, salt) {
      // Only session cookies come again and again; the state cookies of a sign-in are used once.
      const known = salt === '' ? verified.find(token) : undefined;
      if (known?.exp !== undefined && known.exp > clock.now().getTime() / 1000) {
        return { ...known };
      }
      try {
        const options = { algorithms: ['HS256'], ...kind(salt), currentDate: clock.now(), requiredClaims: ['exp'] };
        const { payload } = await jwtVerify(token, cryptoKey, options);
        if (salt === '') {
          verified.remember(token, payload);
        }
        return { ...payload };
      } catch {
        return null;
      }
    },
  };
}

/**
 * The session cookie. `__Host-` where there is https: bound to this host, this path, and never sent in clear. It keeps
 * NextAuth's name, because it is NextAuth's cookie.
 */
export function sessionCookie(appUrl: string) {
  const secure = appUrl.startsWith('https:');
  return {
    name: secure ? '__Host-next-auth.session-token' : 'next-auth.session-token',
    options: { httpOnly: true, sameSite: 'lax' as const, path: '/', secure, maxAge: sessionPolicy.web.absoluteSeconds },
  };
}
