import { parsePhoneNumberWithError } from 'libphonenumber-js/max';

/** A number whose code never changes and that nothing is sent to, for those who review an app before a store takes it. */
export type TestNumber = {
  /** E.164. It need not be a number that anybody could have. */
  phone: string;
  code: string;
  /** The last day it works, in UTC, as `2026-12-31`; null: no end, which a public origin does not allow. */
  until: string | null;
};

type ParsedTestNumbers = { ok: true; numbers: TestNumber[] } | { ok: false; problems: string[] };

/**
 * Reads `+15550100001=<code>@2026-12-31, …`. Each problem is the rest of a sentence that begins with the setting's name, and
 * names the entry by its place: neither number nor code is for a log.
 */
export function parseTestNumbers(text: string): ParsedTestNumbers {
  const numbers: TestNumber[] = [];
  const problems: string[] = [];
  for (const [index, entry] of text.split(',').entries()) {
    const where = `in entry ${index + 1}`;
    const [, typed, code, until] = /^\s*(\+[\d ]+?)\s*=\s*(\d+)\s*(?:@\s*(\S+)\s*)?$/.exec(entry) ?? [];
    if (typed === undefined || code === undefined) {
      problems.push(`has no +number=code@date ${where}`);
      continue;
    }
    const phone = e164Of(typed);
    if (!phone) problems.push(`has a number of an impossible length ${where}`);
    if (isTrivial(code))
      problems.push(`has a code that anybody would guess ${where}: no repeats, sequences, patterns or years`);
    if (until !== undefined && !isDay(until)) problems.push(`has no date like 2026-12-31 after the @ ${where}`);
    if (numbers.some((known) => known.phone === phone)) problems.push(`names the same number twice, again ${where}`);
    if (phone) numbers.push({ phone, code, until: until ?? null });
  }
  return problems.length > 0 ? { ok: false, problems } : { ok: true, numbers };
}

function e164Of(typed: string): string | null {
  try {
    const number = parsePhoneNumberWithError(typed, { extract: false });
    return number.isPossible() ? number.number : null;
  } catch {
    return null;
  }
}

/**
 * What people try first: one or two different digits; pairs, rows and columns of the keypad (all of which go on in one or two
 * steps); four digits of a run; what reads the same backwards or is said twice; a way from key to neighbouring key; a year. Of
 * codes drawn at random one in twelve is refused.
 */
function isTrivial(code: string): boolean {
  const steps = [...code].slice(1).map((digit, at) => (Number(digit) - Number(code[at]) + 10) % 10);
  return (
    new Set(code).size < 3 ||
    new Set(steps).size <= 2 ||
    /(\d)\1\1/.test(steps.join('')) ||
    code === [...code].reverse().join('') ||
    /^(\d+)\1+$/.test(code) ||
    [...code].every((digit, at) => at === 0 || neighbours[Number(code[at - 1])]?.includes(digit)) ||
    /^(19|20)\d\d|(19|20)\d\d$/.test(code)
  );
}

/** Of each digit, the keys beside, above and below it on a phone. */
const neighbours = ['8', '24', '135', '26', '157', '2468', '359', '48', '5790', '68'];

const isDay = (text: string) =>
  /^\d{4}-\d\d-\d\d$/.test(text) && new Date(`${text}T00:00:00Z`).toJSON()?.slice(0, 10) === text;

/** What start-up refuses beside what can't be read at all. */
export function testNumberProblems(
  numbers: readonly TestNumber[],
  settings: { codeLength: number; loopback: boolean; adminPhones: readonly string[] },
): string[] {
  const every = (wrong: (number: TestNumber) => boolean, text: string) =>
    numbers.flatMap((number, index) => (wrong(number) ? [`TEST_NUMBERS ${text} in entry ${index + 1}`] : []));
  return [
    ...every(
      ({ code }) => code.length !== settings.codeLength,
      `has a code that is not OTP_LENGTH (${settings.codeLength}) digits long`,
    ),
    ...every(({ until }) => until === null && !settings.loopback, 'needs an end date (@2026-12-31) on a public origin'),
    ...every(({ phone }) => settings.adminPhones.includes(phone), 'names a number of ADMIN_PHONES'),
  ];
}

/** Whether it still works: to the end of its last day. Past that, the number is like any other. */
export const isCurrent = ({ until }: TestNumber, now: Date): boolean =>
  until === null || now.toISOString().slice(0, 10) <= until;

/** The test number that this is, while it works; null: it is none. */
export function testNumberOf(numbers: readonly TestNumber[] | undefined, phone: string, now: Date): TestNumber | null {
  return numbers?.find((number) => number.phone === phone && isCurrent(number, now)) ?? null;
}
