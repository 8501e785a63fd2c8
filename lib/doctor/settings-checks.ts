import type { Env } from '../env';
import { secretProblem } from '../settings/guessable';
import { isLoopback } from '../settings/loopback';
import { isCurrent } from '../otp/test-numbers';
import { derivedSigningKey } from '../sessions/signing-keys';
import { providersIn, routeFor, type Routes } from '../sms/routes';
import type { Finding } from '../sms/sender';
import { vendorName } from '../sms/vendor-words';
import { failed, ok, warning } from './finding';

// What the settings say by themselves, without asking anybody.

/** Where people and vendors find the app. */
export function originFindings(env: Env): Finding[] {
  const { protocol, hostname, port } = new URL(env.APP_URL);
  if (!isLoopback(hostname)) {
    return [
      protocol === 'https:'
        ? ok(`APP_URL is ${env.APP_URL}; the app listens on port ${env.PORT} behind it.`)
        : failed(
            `APP_URL is ${env.APP_URL}, which is not https.`,
            'Put TLS in front of the app and set APP_URL to https.',
          ),
      ...(env.TRUSTED_PROXY_HOPS === 0
        ? [
            warning(
              'No proxy is trusted, so everybody behind one counts as one client in the limits.',
              'Set TRUSTED_PROXY_HOPS to how many proxies add to X-Forwarded-For; 0 is right only without any.',
            ),
          ]
        : []),
    ];
  }
  const said = Number(port || (protocol === 'https:' ? 443 : 80));
  return [
    said === env.PORT
      ? ok(`APP_URL and PORT agree: ${env.APP_URL}, on this machine only.`)
      : failed(
          `APP_URL says port ${said} and the app listens on ${env.PORT}: sign-in with a browser fails.`,
          'Set APP_URL to the address that people open, or leave it out.',
        ),
  ];
}

/** The secret and the keys; neither is ever shown. */
export function keyFindings(env: Env): Finding[] {
  const problem = secretProblem(env.NEXTAUTH_SECRET);
  const remedy = 'Make one with openssl rand -base64 33. Changing it signs everybody out.';
  const secret = problem
    ? env.production
      ? failed(`NEXTAUTH_SECRET ${problem}.`, remedy)
      : warning(`NEXTAUTH_SECRET ${problem}; production would not start.`, remedy)
    : ok('NEXTAUTH_SECRET is long and varied enough.');
  const keys = env.JWT_PRIVATE_KEYS;
  if (!keys) {
    return [
      secret,
      ok(
        `Access tokens are signed by a key derived from NEXTAUTH_SECRET. Its public id (kid) is ${derivedSigningKey(env.NEXTAUTH_SECRET).kid}.`,
      ),
    ];
  }
  const count = keys.length === 1 ? '1 key' : `${keys.length} keys`;
  return [secret, ok(`JWT_PRIVATE_KEYS has ${count}; the first signs. Its public id (kid) is ${keys[0]?.kid}.`)];
}

/** Where messages go at all. */
export function inboxFindings(env: Env): Finding[] {
  if (!env.inbox) {
    return [];
  }
  const text = 'Messages go to the development inbox and to nobody’s phone.';
  return [
    env.loopback
      ? warning(text, 'Right for development. To send: set SMS_PROVIDER to a provider and TWILIO_TEST_MODE to false.')
      : failed(text, 'Set SMS_PROVIDER to a provider and TWILIO_TEST_MODE to false.'),
  ];
}

/** From when on an end date is as good as none. */
const LONG_DAYS = 180;

/** Numbers with a code that never changes: they are a way in for whoever knows it. */
export function testNumberFindings(env: Env, now: Date): Finding[] {
  const numbers = env.TEST_NUMBERS ?? [];
  const past = numbers.filter((number) => !isCurrent(number, now)).length;
  const current = numbers.length - past;
  const lasting = numbers.filter((number) =>
    isCurrent(number, new Date(now.getTime() + LONG_DAYS * 86_400_000)),
  ).length;
  const remedy = 'Take them out of TEST_NUMBERS.';
  return [
    ...(lasting > 0 && !env.loopback
      ? [
          warning(
            `${lasting} test number${lasting === 1 ? ' works' : 's work'} for more than ${LONG_DAYS} days yet.`,
            'A review takes days: set an end date that is near, and a later one when the next review comes.',
          ),
        ]
      : []),
    ...(current > 0
      ? [
          warning(
            `${current} test number${current === 1 ? ' works' : 's work'} by a code that never changes.`,
            `As soon as the review is over: ${remedy}`,
          ),
        ]
      : []),
    ...(past > 0
      ? [warning(`${past} test number${past === 1 ? ' is' : 's are'} past the end date and ignored.`, remedy)]
      : []),
  ];
}

/** Who is tried where, and whether each of them is there. */
export function routeFindings(routes: Routes, configured: ReadonlySet<string>): Finding[] {
  const places = [...routes.countries.keys()].map((country) => [country as string, routeFor(routes, country)] as const);
  const told = [...places, [places.length > 0 ? 'everywhere else' : 'everywhere', routes.elsewhere] as const].map(
    ([place, providers]) => ok(`To ${place}: ${providers.map(vendorName).join(', then ')}.`),
  );
  const missing = providersIn(routes).filter((name) => !configured.has(name));
  return [
    ...told,
    ...missing.map((name) =>
      failed(
        `A route names ${name}, which is not set up.`,
        `Give the settings of ${vendorName(name)}, or take it out of the route.`,
      ),
    ),
  ];
}
