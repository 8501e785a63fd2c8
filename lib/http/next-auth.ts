import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { verifyOtpBody } from '../otp/request-schema';
import type { Server } from '../server';
import { sessionCookie } from '../sessions/session-cookie';
import { verifyAddressBuckets } from '../otp/verify-code';
import { UNKNOWN_ADDRESS } from './client-address';
import { addressOf } from './front-door';
import { ownPath } from './own-path';

const credentialsSchema = verifyOtpBody.pick({ phone: true, otp: true, challenge_id: true });

/**
 * NextAuth over our own use cases: the `otp` provider checks codes by `verifyCode`, its JWT is our session cookie, and
 * every read of the session is checked against its row.
 */
export function nextAuthOptions(app: Server): NextAuthOptions {
  const cookie = sessionCookie(app.env.APP_URL);
  return {
    secret: app.env.NEXTAUTH_SECRET,
    session: { strategy: 'jwt', maxAge: cookie.options.maxAge },
    cookies: { sessionToken: cookie },
    pages: { signIn: '/auth', signOut: '/dashboard', error: '/auth' },
    jwt: {
      encode: ({ token, maxAge, salt }) =>
        app.cookies.encode({ ...token }, maxAge ?? cookie.options.maxAge, salt ?? ''),
      decode: async ({ token, salt }) => (token ? await app.cookies.decode(token, salt ?? '') : null),
    },
    providers: [
      CredentialsProvider({
        id: 'otp',
        name: 'Phone',
        credentials: { phone: {}, otp: {}, challenge_id: {} },
        authorize: (given, request) => authorize(app, given, new Headers(stringHeaders(request.headers))),
      }),
    ],
    callbacks: {
      redirect: async ({ url }) => `${app.env.APP_URL}${ownPath(url, app.env.APP_URL) ?? '/dashboard'}`,
      // The cookie keeps nothing but the session's id: names and roles in it would outlive their change.
      jwt: async ({ token, user }) => ({ sid: user ? (user as AuthorizedUser).sid : token.sid }),
      session: async ({ session, token }) => {
        const who = typeof token.sid === 'string' ? await app.authenticate(token.sid) : null;
        if (!who?.ok) {
          return {} as typeof session;
        }
        const { id, name, email, avatar_url: image, phone, role } = who.signedIn.user;
        return { expires: session.expires, user: { id, name, email, image, phone, role } };
      },
    },
    events: {
      signOut: async ({ token }) => {
        const who = typeof token?.sid === 'string' ? await app.authenticate(token.sid) : null;
        if (who?.ok) {
          await app.signOut(who.signedIn, { everywhere: false, address: UNKNOWN_ADDRESS });
        }
      },
    },
    logger: {
      error: (code) => app.log.debug({ code }, 'next-auth'),
      warn: (code) => app.log.debug({ code }, 'next-auth'),
      debug: () => undefined,
    },
  };
}

type AuthorizedUser = { id: string; sid: string };

/** @throws {Error} with our stable code as its message, which NextAuth hands to the caller as `error`. */
async function authorize(
  app: Server,
  given: Record<string, unknown> | undefined,
  headers: Headers,
): Promise<AuthorizedUser> {
  const address = addressOf(headers);
  const { phone, otp, challenge_id } = given ?? {};
  const parsed = credentialsSchema.safeParse({ phone, otp, challenge_id: challenge_id || undefined });
  if (!parsed.success) {
    const limited = await app.takePlaces(verifyAddressBuckets(address));
    throw new Error(limited ? 'too_many_requests' : 'invalid_request');
  }
  const verified = await app.verifyCode({
    phone: parsed.data.phone,
    code: parsed.data.otp,
    challengeId: parsed.data.challenge_id,
    kind: 'web',
    address,
    userAgent: headers.get('user-agent'),
  });
  if (!verified.ok) {
    throw new Error(verified.code);
  }
  return { id: verified.user.id, sid: verified.sessionId };
}

function stringHeaders(headers: Record<string, unknown> | undefined): [string, string][] {
  return Object.entries(headers ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}
