import { type CountryCode, parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { Clock } from '../clock';
import type { Env } from '../env';
import { refuse, type Result } from '../errors';
import { canonicalPhone, limitedPhone, type Phone, type PhoneRefusal } from '../phone/phone';
import { type TestNumber, testNumberOf } from './test-numbers';

/**
 * A number as it was typed, in its one canonical form; with it the test number that it is, if it is one. Those need not be
 * mobile numbers, or of a country that codes are sent to: nothing is sent to them. `undeliverable_phone` as well for ranges that the
 * settings block.
 */
export function readPhone(
  { env, clock }: { env: Env; clock: Clock },
  typed: string,
  country: CountryCode = env.DEFAULT_COUNTRY,
): Result<{ phone: Phone; testNumber: TestNumber | null }, PhoneRefusal> {
  const canonical = canonicalPhone(typed, country, env.ALLOWED_COUNTRIES);
  const blocked = canonical.ok && env.BLOCKED_RANGES?.some((range) => canonical.phone.e164.startsWith(range));
  const parsed = blocked ? refuse('undeliverable_phone') : canonical;
  if (!env.TEST_NUMBERS) {
    return parsed.ok ? { ...parsed, testNumber: null } : parsed;
  }
  const e164 = parsed.ok
    ? parsed.phone.e164
    : parsePhoneNumberFromString(typed, { defaultCountry: country, extract: false })?.number;
  const testNumber = e164 === undefined ? null : testNumberOf(env.TEST_NUMBERS, e164, clock.now());
  if (testNumber) {
    return { ok: true, phone: limitedPhone(testNumber.phone), testNumber };
  }
  return parsed.ok ? { ...parsed, testNumber: null } : parsed;
}

/**
 * The same for a number that is asked about, not sent to: its range may have been blocked since it was in use, its country taken
 * off the list, and a test number have come to its end.
 */
export function readKnownPhone(
  { env, clock }: { env: Env; clock: Clock },
  typed: string,
  country?: CountryCode,
): ReturnType<typeof readPhone> {
  const testNumbers = env.TEST_NUMBERS?.map((number) => ({ ...number, until: null }));
  return readPhone(
    { env: { ...env, ALLOWED_COUNTRIES: undefined, BLOCKED_RANGES: undefined, TEST_NUMBERS: testNumbers }, clock },
    typed,
    country,
  );
}

/** Whether a number, typed in any form, is this one. */
export function isSameNumber(deps: { env: Env; clock: Clock }, typed: string, e164: string | null): boolean {
  const parsed = readKnownPhone(deps, typed);
  return parsed.ok && parsed.phone.e164 === e164;
}
