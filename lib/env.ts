import { z } from 'zod';
import { developmentSecret } from './development-secret';
import { isLoopback } from './settings/loopback';
import { settings } from './settings/settings';
import { unsafeSettings } from './settings/unsafe-settings';
import { type ProviderName, providersIn, type Routes, routesTo } from './sms/routes';
import { missingVendorSettings } from './sms/vendor-settings';

const schema = z.object(settings);
type Parsed = z.output<typeof schema>;

/** The settings as the app uses them: defaults filled in, the origin and the secret always there. */
export type Env = Omit<Parsed, 'APP_URL' | 'NEXTAUTH_SECRET'> & {
  APP_URL: string;
  NEXTAUTH_SECRET: string;
  production: boolean;
  /** The origin's host is a loopback name: nobody else can reach it. */
  loopback: boolean;
  /** Messages go to the development inbox. */
  inbox: boolean;
  /** Who delivers where; the inbox everywhere while it is open. */
  routes: Routes;
  /** Signing in with Google; null where it is not configured. */
  google: { clientId: string; clientSecret: string; issuer: string } | null;
};

/** Everything that is wrong with the settings, one sentence each. */
export class EnvError extends Error {
  constructor(readonly problems: string[]) {
    super(`The settings can’t be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
    this.name = 'EnvError';
  }
}

/**
 * Reads settings from `source` (shape of `process.env`; an empty string counts as not set).
 * @throws {EnvError} naming every problem at once.
 */
export function parseEnv(source: Record<string, string | undefined>): Env {
  const production = source.NODE_ENV === 'production';
  const given = Object.fromEntries(
    Object.keys(settings)
      .map((name) => [name, source[name]?.trim() || undefined] as const)
      .filter(([, value]) => value !== undefined),
  );
  given.NEXTAUTH_SECRET ??= source.AUTH_SECRET?.trim() || undefined;
  const parsed = schema.safeParse(given);
  const issues = parsed.success ? [] : parsed.error.issues;
  const wrong = new Set(issues.map((issue) => String(issue.path[0])));
  // What can't be read counts as not given for now, so that all that is wrong is told at once.
  const values = schema.parse(Object.fromEntries(Object.entries(given).filter(([name]) => !wrong.has(name))));
  if (wrong.has('SMS_ROUTES')) {
    // Whoever wrote routes has named who delivers, if not rightly.
    wrong.add('SMS_PROVIDER');
  }
  const appUrl = values.APP_URL ?? `http://localhost:${values.PORT}`;
  const loopback = isLoopback(new URL(appUrl).hostname);
  const inbox = isInbox(values, production || wrong.has('SMS_ROUTES'));
  const env: Env = {
    ...values,
    APP_URL: appUrl,
    NEXTAUTH_SECRET: values.NEXTAUTH_SECRET ?? (production ? '' : developmentSecret()),
    production,
    loopback,
    google:
      values.GOOGLE_CLIENT_ID && values.GOOGLE_CLIENT_SECRET
        ? {
            clientId: values.GOOGLE_CLIENT_ID,
            clientSecret: values.GOOGLE_CLIENT_SECRET,
            issuer: values.GOOGLE_ISSUER,
          }
        : null,
    inbox,
    routes: (inbox ? undefined : values.SMS_ROUTES) ?? routesTo(inbox ? 'inbox' : (values.SMS_PROVIDER ?? 'inbox')),
  };
  const problems = [
    ...issues.map((issue) => `${String(issue.path[0])} ${issue.message}`),
    ...unsafeSettings(env).filter((problem) => !wrong.has(problem.split(' ')[0] ?? '')),
    ...missingVendorSettings(namedProviders(env), (name) => given[name] !== undefined),
  ];
  if (problems.length > 0) {
    throw new EnvError(problems);
  }
  return env;
}

/**
 * Whether messages go to the inbox: in test mode whatever else is set, where it is named, and in development where nobody
 * else is.
 */
function isInbox(values: Parsed, mustBeNamed: boolean): boolean {
  const { TWILIO_TEST_MODE, SMS_PROVIDER, SMS_ROUTES } = values;
  return TWILIO_TEST_MODE || SMS_PROVIDER === 'inbox' || (!SMS_PROVIDER && !SMS_ROUTES && !mustBeNamed);
}

/** Every vendor that the settings name; none while the inbox is open, which sends nothing. */
function namedProviders(env: Env): ProviderName[] {
  const routes = [...providersIn(env.routes), ...(env.SMS_PROVIDER ? [env.SMS_PROVIDER] : [])];
  return env.inbox ? [] : [...new Set(routes)];
}

let current: Env | undefined;

/** The settings of this process, read once. @throws {EnvError} */
export function env(): Env {
  current ??= parseEnv(process.env);
  return current;
}
