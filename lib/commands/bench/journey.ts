import type { AppServer } from './app-server';
import type { BenchDatabase } from './bench-database';
import type { HttpClient } from './http-client';
import { type Durations, StepFailed } from './load';

/** A person with a number and a client address that nobody else has. */
export type Traveller = { phone: string; address: string };

const USER_AGENT = 'latchkey-bench';

/** Numbers are used once: an account is made by each journey, as the dearest case. */
export function createTravellers(numbers: readonly string[]): () => Traveller {
  let next = 0;
  return () => {
    const phone = numbers[next];
    if (phone === undefined) throw new Error('All made-up numbers are used: the load is larger than was planned for.');
    next += 1;
    // 10.0.0.0/8, as a proxy in front would pass it on.
    return { phone, address: `10.${(next >> 16) & 255}.${(next >> 8) & 255}.${next & 255}` };
  };
}

/** Asks for a code, reads it from the table of the development inbox, verifies it and asks who one is. Answers the access token. */
export async function signInByApi(
  client: HttpClient,
  database: BenchDatabase,
  { phone, address }: Traveller,
  durations: Durations,
): Promise<string> {
  const headers = { 'x-forwarded-for': address, 'user-agent': USER_AGENT };
  const post = (step: string, path: string, body: object) =>
    durations.time(step, () => client.request({ step, method: 'POST', path, headers, body: JSON.stringify(body) }));
  const sent = await post('send', '/api/auth/send-otp', { phone });
  const code = await codeFor(database, phone);
  const verified = await post('verify', '/api/auth/verify-otp', {
    phone,
    otp: code,
    challenge_id: (JSON.parse(sent.body) as { challenge_id: string }).challenge_id,
  });
  const { access } = (JSON.parse(verified.body) as { tokens: { access: string } }).tokens;
  const me = await durations.time('me', () =>
    client.request({
      step: 'me',
      method: 'GET',
      path: '/api/me',
      headers: { ...headers, authorization: `Bearer ${access}` },
    }),
  );
  if ((JSON.parse(me.body) as { phone: string }).phone !== phone) throw new StepFailed('me: answered somebody else');
  return access;
}

/** Signs in as a browser does, by NextAuth's provider, completes the profile and answers the Cookie header. */
export async function signInByCookie(
  server: AppServer,
  client: HttpClient,
  database: BenchDatabase,
  traveller: Traveller,
): Promise<string> {
  const { phone, address } = traveller;
  const headers = { 'x-forwarded-for': address, 'user-agent': USER_AGENT, origin: server.origin.origin };
  const step = 'sign-in by cookie';
  await client.request({ step, method: 'POST', path: '/api/auth/send-otp', headers, body: JSON.stringify({ phone }) });
  const csrf = await client.request({ step, method: 'GET', path: '/api/auth/csrf', headers });
  const form = {
    phone,
    otp: await codeFor(database, phone),
    csrfToken: (JSON.parse(csrf.body) as { csrfToken: string }).csrfToken,
    json: 'true',
  };
  const path = '/api/auth/callback/otp';
  const body = JSON.stringify(form);
  const signedIn = await client.request({
    step,
    method: 'POST',
    path,
    headers: { ...headers, cookie: cookiesOf(csrf.headers['set-cookie']) },
    body,
  });
  const cookie = cookiesOf(signedIn.headers['set-cookie']?.filter((line) => line.includes('session-token=')));
  const profile = { first_name: 'Bench', last_name: 'Mark', email: 'bench@example.com' };
  await client.request({
    step,
    method: 'PATCH',
    path: '/api/me',
    headers: { ...headers, cookie },
    body: JSON.stringify(profile),
  });
  return cookie;
}

async function codeFor(database: BenchDatabase, phone: string): Promise<string> {
  const code = await database.readCode(phone);
  if (code === null) throw new StepFailed('inbox: no message');
  return code;
}

/** Set-Cookie lines as one Cookie header. */
function cookiesOf(lines: readonly string[] | undefined): string {
  return (lines ?? []).map((line) => line.split(';')[0]).join('; ');
}
