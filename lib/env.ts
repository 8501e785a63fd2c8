import { isIP } from 'node:net';
import { isSupportedCountry } from 'libphonenumber-js/max';
import { z } from 'zod';
import { developmentSecret } from './development-secret';
import { GOOGLE_ISSUER } from './identities/google-issuer';
import { parseTestNumbers, testNumberProblems } from './otp/test-numbers';
import { canonicalPhone } from './phone/phone';
import { accessTokenPolicy, accountPolicy, codePolicy, limitPolicy, sessionPolicy } from './policy';
import { parsePrivateKeys } from './sessions/signing-keys';
import { parseSmsRoutes, type ProviderName, providerNames, providersIn, type Routes, routesTo } from './sms/routes';
import { missingVendorSettings } from './sms/vendor-settings';

const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);

const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

const country = z
  .string()
  .transform((value) => value.trim().toUpperCase())
  .refine(isSupportedCountry, 'must be an ISO 3166 alpha-2 country code such as IN');

const yesNo = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');

const webOrigin = z
  .string()
  .refine((value) => isWebOrigin(value), 'must be an origin such as https://example.com, without a path')
  .transform((value) => new URL(value).origin);

const senderName = z
  .string()
  .regex(/^(\d{3,15}|[\w .&-]{1,11})$/, 'must be a number of 3 to 15 digits or a name of at most 11 characters');

/** Goes into headers and forms: printable ASCII, as a vendor gives it out. */
const credential = z.string().regex(/^[!-~]{1,200}$/, 'must be printable characters without spaces');

const addresses = list.pipe(
  z
    .array(z.string().refine((address) => isIP(address) !== 0, 'must list IPv4 and IPv6 addresses'))
    .min(1, 'must list at least one address'),
);

const issuerUrl = z
  .string()
  .refine(isBaseUrl, 'must be an https address such as https://accounts.google.com (http only on a loopback name)');

const postgresUrl = z
  .string()
  .refine(
    (value) => /^postgres(ql)?:$/.test(parsedUrl(value)?.protocol ?? ''),
    'must be an address such as postgres://user:password@host:5432/database',
  );

/** Where a vendor is spoken to. Credentials go there, so plain http is for a stand-in on this machine only. */
const vendorUrl = z
  .string()
  .refine((value) => isBaseUrl(value), 'must be an https address (http on a loopback address), without a query')
  .transform((value) => value.replace(/\/+$/, ''));

/** Twilio's names for things: two capital letters that say what it is, and 32 characters. */
const twilioSid = (prefix: string, what: string) =>
  z.string().regex(new RegExp(`^${prefix}[0-9a-zA-Z]{32}$`), `must be ${what}: ${prefix} and 32 characters`);

const e164 = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must be a number in E.164 form: + and the country code first');

const smsRoutes = z.string().transform((text, context) => {
  const parsed = parseSmsRoutes(text);
  if (!parsed.ok) {
    for (const message of parsed.problems) {
      context.addIssue({ code: 'custom', message });
    }
    return z.NEVER;
  }
  return parsed.routes;
});

/** Numbers as anybody writes them, with the country code; E.164 afterwards. */
const phones = list.transform((items, context) =>
  items.map((item) => {
    // Without a + nothing says which country it is, and the default country is for what people type.
    const parsed = /^(\+|00)/.test(item) ? canonicalPhone(item, 'IN', undefined) : null;
    if (parsed?.ok) return parsed.phone.e164;
    context.addIssue({ code: 'custom', message: 'must list mobile numbers with + and the country code' });
    return z.NEVER;
  }),
);

const testNumbers = z.string().transform((text, context) => {
  const parsed = parseTestNumbers(text);
  if (parsed.ok) return parsed.numbers;
  parsed.problems.forEach((message) => context.addIssue({ code: 'custom', message }));
  return z.NEVER;
});

const signingKeys = z.string().transform((text, context) => {
  const parsed = parsePrivateKeys(text);
  if (!parsed.ok) {
    context.addIssue({ code: 'custom', message: parsed.problem });
    return z.NEVER;
  }
  return parsed.keys;
});

/**
 * Every setting, in the order of `.env.local.example` (a test holds the two equal). All are optional in development;
 * what production demands is in {@link unsafeSettings}.
 */
export const settings = {
  APP_NAME: z
    .string()
    .trim()
    .min(1)
    .max(30)
    .default('Latchkey')
    .describe('The brand people see, in pages and messages.'),
  APP_URL: webOrigin.optional().describe('The public origin. Default: http://localhost:$PORT.'),
  PORT: whole(1, 65_535).default(3000).describe('The port to listen on.'),
  DATABASE_URL: postgresUrl
    .optional()
    .describe('A PostgreSQL server. Without it, development runs one of its own and keeps its data in .data/.'),
  DATABASE_POOL_MAX: whole(1, 500).default(10).describe('Connections this instance may hold at once.'),
  NEXTAUTH_SECRET: z
    .string()
    .optional()
    .describe(
      'At least 32 random characters (openssl rand -base64 33); all other keys derive from it. Alias: AUTH_SECRET.',
    ),
  JWT_PRIVATE_KEYS: signingKeys
    .optional()
    .describe(
      'JWKS of private ES256 keys that sign access tokens: the first signs, all verify (npm run keys makes them). Default: one key derived from NEXTAUTH_SECRET.',
    ),
  ACCESS_TOKEN_TTL_SECONDS: whole(60, 3600).default(accessTokenPolicy.ttlSeconds).describe('Life of an access token.'),
  REFRESH_TOKEN_TTL_SECONDS: whole(300, sessionPolicy.api.absoluteSeconds)
    .default(sessionPolicy.api.idleSeconds)
    .describe('How long an unused refresh token stays good.'),
  OTP_LENGTH: whole(codePolicy.minLength, codePolicy.maxLength)
    .default(codePolicy.length)
    .describe('Digits in a code.'),
  OTP_TTL_SECONDS: whole(30, codePolicy.maxTtlSeconds).default(codePolicy.ttlSeconds).describe('Life of a code.'),
  OTP_RESEND_SECONDS: whole(5, 600).default(codePolicy.resendSeconds).describe('Wait between two codes to one number.'),
  OTP_MAX_ATTEMPTS: whole(1, codePolicy.maxAttempts).default(codePolicy.maxAttempts).describe('Tries a code allows.'),
  DEFAULT_COUNTRY: country.default('IN').describe('Country of numbers typed without a country code.'),
  ALLOWED_COUNTRIES: list
    .pipe(z.array(country).min(1, 'must name at least one country'))
    .optional()
    .describe('Countries that codes are sent to, comma-separated. Default: all.'),
  TRUSTED_PROXY_HOPS: whole(0, 10)
    .default(0)
    .describe('Reverse proxies in front of the app that append to X-Forwarded-For.'),
  DORMANT_AFTER_DAYS: whole(0, 3650)
    .refine((days) => days === 0 || days >= accountPolicy.shortestDormantDays, 'must be 0, or at least 45')
    .default(accountPolicy.dormantDays)
    .describe(
      'Days without a right code after which a number no longer opens its old account by itself: it may have a new owner. 0: never.',
    ),
  DORMANT_ACCOUNTS: z
    .enum(['start-fresh', 'second-proof'], 'must be start-fresh or second-proof')
    .default('start-fresh')
    .describe(
      'What then happens at a right code: start-fresh makes a new account and takes the number off the old one; second-proof refuses until the person comes in another way or support helps.',
    ),
  GOOGLE_CLIENT_ID: z
    .string()
    .optional()
    .describe('OAuth client ID of “Sign in with Google”, which is offered once this and the secret are set.'),
  GOOGLE_CLIENT_SECRET: z
    .string()
    .optional()
    .describe('Its client secret. The redirect address to enter at Google is $APP_URL/api/auth/callback/google.'),
  GOOGLE_ISSUER: issuerUrl
    .default(GOOGLE_ISSUER)
    .describe('The OpenID provider behind that button: Google, or a local one for tests.'),
  ADMIN_PHONES: phones
    .optional()
    .describe(
      'Numbers that a right code makes administrators, with + and country code, comma-separated. Taking one out demotes nobody: npm run admin -- revoke.',
    ),
  TEST_NUMBERS: testNumbers
    .optional()
    .describe(
      'Numbers with a code that never changes, for an app store’s reviewers, as +15550100001=135792@2026-12-31, … (the last day it works; must be there on a public origin). Nothing is sent to them.',
    ),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('Least severe log line written.'),
  SMS_PROVIDER: z
    .enum(providerNames, `must be one of ${providerNames.join(', ')}`)
    .optional()
    .describe(
      'Who delivers codes: inbox (the development inbox at /dev/inbox; the default in development), twilio, twilio-verify (Twilio makes and checks them, OTP_LENGTH digits each), playmobile (Uzbekistan) or bulksmsbd (Bangladesh).',
    ),
  SMS_ROUTES: smsRoutes
    .optional()
    .describe(
      'Who delivers where, instead of SMS_PROVIDER alone: per country the vendors in the order they are tried, * for all others, e.g. UZ=playmobile,twilio;BD=bulksmsbd,twilio;*=twilio.',
    ),
  TWILIO_TEST_MODE: yesNo
    .default(false)
    .describe('true sends nothing and shows every message in the development inbox.'),
  TWILIO_ACCOUNT_SID: twilioSid('AC', 'an account SID')
    .optional()
    .describe('The Twilio account: AC…, on the first page of its console.'),
  TWILIO_AUTH_TOKEN: z
    .string()
    .regex(/^\S+$/, 'must be one word without spaces')
    .optional()
    .describe('Its auth token, beside the account SID. It also proves that delivery receipts come from Twilio.'),
  TWILIO_PHONE_NUMBER: e164
    .optional()
    .describe('The number of the account that messages and calls come from, in E.164 form.'),
  TWILIO_MESSAGING_SERVICE_SID: twilioSid('MG', 'a messaging service SID')
    .optional()
    .describe('MG…: a messaging service that picks the sender of an SMS; TWILIO_PHONE_NUMBER is then for calls only.'),
  TWILIO_VERIFY_SID: twilioSid('VA', 'a Verify service SID')
    .optional()
    .describe('VA…: the Verify service, where Twilio makes and checks the codes.'),
  TWILIO_WHATSAPP_FROM: z
    .string()
    .transform((value) => value.replace(/^whatsapp:/, ''))
    .pipe(e164)
    .optional()
    .describe('The account’s WhatsApp sender, in E.164 form.'),
  TWILIO_WHATSAPP_CONTENT_SID: twilioSid('HX', 'a content template SID')
    .optional()
    .describe('HX…: an approved WhatsApp template whose variable 1 is the code.'),
  TWILIO_API_BASE_URL: vendorUrl
    .optional()
    .describe('Twilio’s API. Default: https://api.twilio.com; a regional host or a stand-in for tests.'),
  TWILIO_VERIFY_BASE_URL: vendorUrl.optional().describe('Twilio’s Verify API. Default: https://verify.twilio.com.'),
  PLAYMOBILE_API_URL: vendorUrl
    .default('https://send.smsxabar.uz')
    .describe('PlayMobile (Uzbekistan): the address its manager gave you, without /broker-api.'),
  PLAYMOBILE_USERNAME: credential
    .refine((name) => !name.includes(':'), 'must not contain a colon')
    .optional()
    .describe('PlayMobile: user name of the broker API.'),
  PLAYMOBILE_PASSWORD: z.string().optional().describe('PlayMobile: password of the broker API.'),
  PLAYMOBILE_ORIGINATOR: senderName.optional().describe('PlayMobile: the sender people see, e.g. 3700 or a name.'),
  PLAYMOBILE_WEBHOOK_SECRET: z
    .string()
    .regex(/^[\w-]{24,128}$/, { error: 'must be 24 to 128 letters, digits, - or _: openssl rand -hex 24', abort: true })
    .refine((secret) => !isGuessable(secret), 'is a well-known or guessable value: make one with openssl rand -hex 24')
    .optional()
    .describe('PlayMobile: stands in the path that its delivery reports are posted to (openssl rand -hex 24).'),
  PLAYMOBILE_WEBHOOK_ADDRESSES: addresses
    .optional()
    .describe(
      'PlayMobile: addresses that its reports come from, comma-separated. Unset: whoever knows the path may post.',
    ),
  BULKSMSBD_API_URL: vendorUrl
    .default('https://bulksmsbd.net/api')
    .describe('BulkSMS BD (Bangladesh): address of the API.'),
  BULKSMSBD_API_KEY: credential.optional().describe('BulkSMS BD: API key.'),
  BULKSMSBD_SENDER_ID: senderName.optional().describe('BulkSMS BD: an approved sender id.'),
  SMS_BUDGET_PER_HOUR: whole(1, 10_000_000)
    .default(limitPolicy.sendsPerHour.places)
    .describe('Messages an hour for the whole app.'),
  SMS_BUDGET_PER_DAY: whole(1, 100_000_000)
    .default(limitPolicy.sendsPerDay.places)
    .describe('Messages a day for the whole app.'),
  SMS_COUNTRY_LIMIT_PER_10_MINUTES: whole(1, 10_000_000)
    .default(limitPolicy.sendsPerCountry.places)
    .describe('Messages in ten minutes to one country.'),
  SMS_RANGE_LIMIT_PER_HOUR: whole(1, 10_000)
    .default(limitPolicy.sendsPerRange.places)
    .describe('Messages an hour to one range of ten thousand numbers.'),
} as const;

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

/** What start-up refuses (SECURITY: start refuses what is unsafe, all reasons at once). */
function unsafeSettings(env: Env): string[] {
  const problems: string[] = [];
  if (!env.loopback && !env.APP_URL.startsWith('https:')) {
    problems.push('APP_URL must be https: cookies and codes would cross the network in clear');
  }
  if (!env.loopback && env.inbox) {
    problems.push(
      'the development inbox shows codes to whoever opens it, so it must not run on a public origin: set SMS_PROVIDER to a real provider (and TWILIO_TEST_MODE to false), or APP_URL to a loopback address',
    );
  }
  if (env.GOOGLE_CLIENT_ID && !env.GOOGLE_CLIENT_SECRET) {
    problems.push('GOOGLE_CLIENT_SECRET must be set as well where GOOGLE_CLIENT_ID is');
  }
  if (env.GOOGLE_CLIENT_SECRET && !env.GOOGLE_CLIENT_ID) {
    problems.push('GOOGLE_CLIENT_ID must be set as well where GOOGLE_CLIENT_SECRET is');
  }
  problems.push(
    ...testNumberProblems(env.TEST_NUMBERS ?? [], {
      codeLength: env.OTP_LENGTH,
      loopback: env.loopback,
      adminPhones: env.ADMIN_PHONES ?? [],
    }),
  );
  if (!env.production) {
    return problems;
  }
  if (!env.DATABASE_URL) {
    problems.push('DATABASE_URL must be set in production');
  }
  if (!env.SMS_PROVIDER && !env.SMS_ROUTES && !env.TWILIO_TEST_MODE) {
    problems.push('SMS_PROVIDER must name who delivers codes in production');
  }
  if (env.NEXTAUTH_SECRET.length < 32) {
    problems.push('NEXTAUTH_SECRET must be set in production, with at least 32 characters: openssl rand -base64 33');
  } else if (isGuessable(env.NEXTAUTH_SECRET)) {
    problems.push('NEXTAUTH_SECRET is a well-known or guessable value: make one with openssl rand -base64 33');
  }
  return problems;
}

/** Why a secret is not worth its name, as the rest of a sentence; null: it is. */
export function secretProblem(secret: string): string | null {
  if (secret.length < 32) return 'has fewer than 32 characters';
  return isGuessable(secret) ? 'is a well-known or guessable value' : null;
}

/** Too few different characters, or words that stand in every example file. */
function isGuessable(secret: string): boolean {
  return (
    new Set(secret).size < 10 ||
    /^\d+$/.test(secret) ||
    /change.?me|your.?secret|nextauth|example|placeholder|password|super.?secret|0123456789abcdef/i.test(secret)
  );
}

function isWebOrigin(value: string): boolean {
  const url = parsedUrl(value);
  const bare = url?.pathname === '/' && !url.search && !url.hash && !url.username && !url.password;
  return bare === true && (url?.protocol === 'https:' || url?.protocol === 'http:');
}

/** https, or http to this machine; a base to append paths to. */
function isBaseUrl(value: string): boolean {
  const url = parsedUrl(value);
  const bare = url !== null && !url.search && !url.hash && !url.username && !url.password;
  return bare && (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname)));
}

function parsedUrl(value: string): URL | null {
  return URL.canParse(value) ? new URL(value) : null;
}

/** True for names that only this machine can reach. */
export function isLoopback(hostname: string): boolean {
  return (
    hostname === 'localhost' ||
    hostname.endsWith('.localhost') ||
    hostname === '[::1]' ||
    /^127\.\d+\.\d+\.\d+$/.test(hostname)
  );
}

let current: Env | undefined;

/** The settings of this process, read once. @throws {EnvError} */
export function env(): Env {
  current ??= parseEnv(process.env);
  return current;
}
