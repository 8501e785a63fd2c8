import type { NextApiRequest, NextApiResponse } from 'next';
import NextAuth from 'next-auth';
import type { Server } from '../server';
import { nextAuthOptions } from './next-auth';

/** Where Google waits for the person, and the cookies that tie its answer to this browser. */
type GoogleRound = { url: string; state: string; cookies: string[] };

/**
 * Starts a round to Google by NextAuth's own sign-in, called in process: state, PKCE and nonce are its own. Null: the
 * provider could not be reached.
 */
export async function startAtGoogle(app: Server): Promise<GoogleRound | null> {
  const token = await call(app, ['csrf'], 'GET', {});
  const { csrfToken } = token.body as { csrfToken: string };
  const csrf = token.cookies.map((line) => /^([^=]+)=([^;]*)/.exec(line) ?? []);
  const started = await call(
    app,
    ['signin', 'google'],
    'POST',
    { csrfToken, callbackUrl: '/dashboard', json: 'true' },
    Object.fromEntries(csrf.map(([, name = '', value = '']) => [name, decodeURIComponent(value)])),
  );
  const { url } = started.body as { url: string };
  const state = new URL(url).searchParams.get('state');
  return state === null ? null : { url, state, cookies: started.cookies };
}

/** One call of NextAuth's handler for API routes, which takes its request and its answer as plain objects. */
async function call(
  app: Server,
  nextauth: string[],
  method: 'GET' | 'POST',
  body: Record<string, string>,
  cookies: Record<string, string> = {},
): Promise<{ body: unknown; cookies: string[] }> {
  const answer: { body: unknown; cookies: string[] } = { body: undefined, cookies: [] };
  const take = (value: unknown) => {
    answer.body = value;
  };
  const response = {
    status: () => response,
    getHeader: () => answer.cookies,
    setHeader: (name: string, value: string | string[]) => {
      if (name === 'Set-Cookie') answer.cookies = [value].flat();
      return response;
    },
    json: take,
    send: take,
    end: () => undefined,
  };
  const request = { method, query: { nextauth }, body, cookies, headers: {} };
  await NextAuth(
    request as unknown as NextApiRequest,
    response as unknown as NextApiResponse,
    nextAuthOptions(app, { onSurprise: () => undefined }),
  );
  return answer;
}
