import { randomUUID } from 'node:crypto';
import type { NextAuthOptions } from 'next-auth';
import CredentialsProvider from 'next-auth/providers/credentials';
import { type ErrorCode, refuse, type Result } from '../errors';
import { verifyOtpBody } from '../otp/request-schema';
import type { Server } from '../server';
import { sessionCookie } from '../sessions/session-cookie';
import { verifyAddressBuckets } from '../otp/check-code';
import { UNKNOWN_ADDRESS } from './client-address';
import { endReplaced, knownSession } from './credentials';
import { refuseMalformed } from './endpoint';
import { addressOf } from './front-door';
import { googleProvider } from './google-provider';
import { ownPath } from './own-path';
import { noteRefusal } from './request-log';

/** How long somebody may stay at Google; NextAuth's own figure. */
const signInRoundSeconds = 15 * 60;

const credentialsSchema = verifyOtpBody.pick({ phone: true, otp: true, challenge_id: true });

type Ears = {
  /** What a callback threw, which NextAuth would swallow. */
  onSurprise: (error: unknown) => void;
  /** The client's, for the trail of a sign-out. */
  address?: string;
  /** A session was ended by its own cookie. */
  onSignedOut?: () => void;
  /** Somebody came back from Google, and these are the checked claims: where to go on to, on our origin. */
  onGoogle?: (claims: unknown) => Promise<string>;
};

/**
 * NextAuth over our own use cases: the `otp` provider checks codes by `verifyCode`, `google` checks what Google answers and
 * leaves the rest to us, its JWT is our session cookie, and every read of the session is checked against its row.
 */
export function nextAuthOptions(
  app: Server,
  { onSurprise, address = UNKNOWN_ADDRESS, onSignedOut, onGoogle }: Ears,
): NextAuthOptions {
  const liveSession = async (sid: unknown) =>
    typeof sid === 'string' ? await app.authenticate(sid, { cookie: true }) : null;
  const reporting = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    try {
      return await work();
    } catch (error) {
      onSurprise(error);
      throw error;
    }
  };
  const cookie = sessionCookie(app.env.APP_URL);
  return {
    secret: app.env.NEXTAUTH_SECRET,
    session: { strategy: 'jwt', maxAge: cookie.options.maxAge },
    cookies: { sessionToken: cookie, ...passingCookies(app.env.APP_URL) },
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
        authorize: async (given, request) => {
          const headers = new Headers(stringHeaders(request.headers));
          const signedIn = await reporting(() => signIn(app, given, headers));
          if (!signedIn.ok) {
            const path = '/api/auth/callback/otp';
            const attempt = { requestId: randomUUID(), method: 'POST', path, address: addressOf(headers) };
            noteRefusal(app.log, attempt, signedIn.code);
            // Nothing but our stable code: NextAuth puts the message of whatever is thrown into an address.
            throw new Error(signedIn.code);
          }
          return signedIn.user;
        },
      }),
      ...(app.env.google ? [googleProvider(app.env.google)] : []),
    ],
    callbacks: {
      // An address instead of a yes: NextAuth is done, the session and its cookie are ours to make.
      signIn: async ({ account, profile }) =>
        account?.provider === 'google'
          ? `${app.env.APP_URL}${await reporting(async () => (await onGoogle?.(profile)) ?? '/auth')}`
          : true,
      redirect: async ({ url }) => `${app.env.APP_URL}${ownPath(url, app.env.APP_URL) ?? '/dashboard'}`,
      // The cookie keeps nothing but the session's id: names and roles in it would outlive their change.
      jwt: async ({ token, user }) => ({ sid: user ? (user as AuthorizedUser).sid : token.sid }),
      session: async ({ session, token }) => {
        const who = await reporting(() => liveSession(token.sid));
        if (!who?.ok) {
          return {} as typeof session;
        }
        const { id, name, email, avatar_url: image, phone, role } = who.signedIn.user;
        return { expires: session.expires, user: { id, name, email, image, phone, role } };
      },
    },
    events: {
      signOut: ({ token }) =>
        reporting(async () => {
          const who = await liveSession(token?.sid);
          if (who?.ok) {
            await app.signOut(who.signedIn, { address });
          }
          onSignedOut?.();
        }),
    },
    logger: {
      error: (event, why) => {
        // An operator with a wrong client secret, or a provider that is down, should find it in the log.
        const google = /OAUTH/.test(event);
        app.log[google ? 'warn' : 'debug']({ event, ...(google ? { reason: reasonOf(why) } : {}) }, 'next-auth');
      },
      warn: (event) => app.log.debug({ event }, 'next-auth'),
      debug: () => undefined,
    },
  };
}

/** NextAuth's own names and lives for what a sign-in needs on its way; `__Host-` where it would say `__Secure-`. */
function passingCookies(appUrl: string): NextAuthOptions['cookies'] {
  const { secure, httpOnly, sameSite, path } = sessionCookie(appUrl).options;
  const named = (name: string, maxAge?: number) => ({
    name: `${secure ? '__Host-' : ''}next-auth.${name}`,
    options: { httpOnly, sameSite, path, secure, ...(maxAge ? { maxAge } : {}) },
  });
  return {
    csrfToken: named('csrf-token'),
    callbackUrl: named('callback-url'),
    pkceCodeVerifier: named('pkce.code_verifier', signInRoundSeconds),
    state: named('state', signInRoundSeconds),
    nonce: named('nonce', signInRoundSeconds),
  };
}

/** openid-client's sentence without the values it compared: states and nonces belong in no log. */
function reasonOf(why: unknown): string {
  const error = why instanceof Error ? why : (why as { error?: unknown } | null)?.error;
  const message = error instanceof Error ? error.message : 'unknown';
  return message.replace(/(mismatch|unexpected \w+ value).*/s, '$1').slice(0, 200);
}

type AuthorizedUser = { id: string; sid: string };

async function signIn(
  app: Server,
  given: Record<string, unknown> | undefined,
  headers: Headers,
): Promise<Result<{ user: AuthorizedUser }, ErrorCode>> {
  const address = addressOf(headers);
  const { phone, otp, challenge_id } = given ?? {};
  const parsed = credentialsSchema.safeParse({ phone, otp, challenge_id: challenge_id || undefined });
  if (!parsed.success) {
    return refuseMalformed(app, verifyAddressBuckets(address), refuse('invalid_request'));
  }
  const cookie = cookieIn(headers, sessionCookie(app.env.APP_URL).name);
  const verified = await app.verifyCode({
    phone: parsed.data.phone,
    code: parsed.data.otp,
    challengeId: parsed.data.challenge_id,
    kind: 'web',
    address,
    userAgent: headers.get('user-agent'),
    knownSession: await knownSession(app, cookie),
  });
  if (!verified.ok) {
    return verified;
  }
  await endReplaced(app, cookie, address);
  return { ok: true, user: { id: verified.user.id, sid: verified.sessionId } };
}

/** NextAuth hands headers on and no cookie store. */
function cookieIn(headers: Headers, name: string): string | undefined {
  const pair = headers
    .get('cookie')
    ?.split(/;\s*/)
    .find((each) => each.startsWith(`${name}=`));
  return pair?.slice(name.length + 1);
}

function stringHeaders(headers: Record<string, unknown> | undefined): [string, string][] {
  return Object.entries(headers ?? {}).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
}
