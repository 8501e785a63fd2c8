import type { Env } from '../env';
import { testNumberProblems } from '../otp/test-numbers';
import { isGuessable } from './guessable';

/** What start-up refuses (SECURITY: start refuses what is unsafe, all reasons at once). */
export function unsafeSettings(env: Env): string[] {
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
  if (env.SMS_SPEND_PER_DAY && !env.SMS_PRICES) {
    problems.push('SMS_PRICES must be set as well where SMS_SPEND_PER_DAY is: it says what a message costs');
  }
  const captcha = ['CAPTCHA_PROVIDER', 'CAPTCHA_SITE_KEY', 'CAPTCHA_SECRET'] as const;
  const missing = captcha.filter((name) => !env[name]);
  if (missing.length > 0 && missing.length < captcha.length) {
    problems.push(...missing.map((name) => `${name} must be set as well: a CAPTCHA needs ${captcha.join(', ')}`));
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
