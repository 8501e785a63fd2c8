import { isIP } from 'node:net';
import { isSupportedCountry } from 'libphonenumber-js/max';
import { z } from 'zod';
import { parseTestNumbers } from '../otp/test-numbers';
import { canonicalPhone } from '../phone/phone';
import { moneyPolicy } from '../policy';
import { parsePrivateKeys } from '../sessions/signing-keys';
import { parsePrices } from '../sms/prices';
import { parseSmsRoutes } from '../sms/routes';
import { isLoopback } from './loopback';

export const whole = (min: number, max: number) =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .refine((value) => value >= min && value <= max, `must be from ${min} to ${max}`);

export const list = z.string().transform((value) =>
  value
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean),
);

export const country = z
  .string()
  .transform((value) => value.trim().toUpperCase())
  .refine(isSupportedCountry, 'must be an ISO 3166 alpha-2 country code such as IN');

export const yesNo = z.enum(['true', 'false'], 'must be true or false').transform((value) => value === 'true');

export const webOrigin = z
  .string()
  .refine((value) => isWebOrigin(value), 'must be an origin such as https://example.com, without a path')
  .transform((value) => new URL(value).origin);

/** Origins as browsers name them, each with the same rule as a vendor's address: in clear only on this machine. */
export const webOrigins = list.transform((items, context) => {
  const bad = items.filter((item) => !isWebOrigin(item) || !isBaseUrl(item) || item.includes('*'));
  for (const item of bad) {
    // What stands before an @ may be a password.
    const named = item.includes('@') ? 'one' : `“${item.slice(0, 100)}”`;
    context.addIssue({
      code: 'custom',
      message: `must list origins such as https://app.example.com, without path or * (http only on a loopback name), not ${named}`,
    });
  }
  return bad.length > 0 ? z.NEVER : [...new Set(items.map((item) => new URL(item).origin))];
});

export const senderName = z
  .string()
  .regex(/^(\d{3,15}|[\w .&-]{1,11})$/, 'must be a number of 3 to 15 digits or a name of at most 11 characters');

/** Goes into headers and forms: printable ASCII, as a vendor gives it out. */
export const credential = z.string().regex(/^[!-~]{1,200}$/, 'must be printable characters without spaces');

export const addresses = list.pipe(
  z
    .array(z.string().refine((address) => isIP(address) !== 0, 'must list IPv4 and IPv6 addresses'))
    .min(1, 'must list at least one address'),
);

export const issuerUrl = z
  .string()
  .refine(isBaseUrl, 'must be an https address such as https://accounts.google.com (http only on a loopback name)');

export const postgresUrl = z
  .string()
  .refine(
    (value) => /^postgres(ql)?:$/.test(parsedUrl(value)?.protocol ?? ''),
    'must be an address such as postgres://user:password@host:5432/database',
  );

/** Where a vendor is spoken to. Credentials go there, so plain http is for a stand-in on this machine only. */
export const vendorUrl = z
  .string()
  .refine((value) => isBaseUrl(value), 'must be an https address (http on a loopback address), without a query')
  .transform((value) => value.replace(/\/+$/, ''));

/** Twilio's names for things: two capital letters that say what it is, and 32 characters. */
export const twilioSid = (prefix: string, what: string) =>
  z.string().regex(new RegExp(`^${prefix}[0-9a-zA-Z]{32}$`), `must be ${what}: ${prefix} and 32 characters`);

export const e164 = z
  .string()
  .regex(/^\+[1-9]\d{6,14}$/, 'must be a number in E.164 form: + and the country code first');

export const smsRoutes = z.string().transform((text, context) => {
  const parsed = parseSmsRoutes(text);
  if (!parsed.ok) {
    for (const message of parsed.problems) {
      context.addIssue({ code: 'custom', message });
    }
    return z.NEVER;
  }
  return parsed.routes;
});

export const prices = z.string().transform((text, context) => {
  const parsed = parsePrices(text);
  if (parsed.ok) return parsed.prices;
  parsed.problems.forEach((message) => context.addIssue({ code: 'custom', message }));
  return z.NEVER;
});

/** Money, in {@link moneyPolicy} units. */
export const money = z
  .string()
  .regex(/^\d{1,6}(\.\d{1,4})?$/, { error: 'must be an amount such as 50 or 12.50', abort: true })
  .transform((text) => Math.round(Number(text) * moneyPolicy.unitsPerCurrency))
  .refine(
    (units) => units > 0 && units <= moneyPolicy.highestCap * moneyPolicy.unitsPerCurrency,
    `must be above 0 and at most ${moneyPolicy.highestCap}`,
  );

/** What E.164 numbers begin with. */
export const numberPrefixes = list.pipe(
  z
    .array(z.string().regex(/^\+[1-9]\d{0,13}$/, 'must list beginnings of numbers with + and the country code'))
    .min(1, 'must list at least one beginning'),
);

/** Where people get help: a page or an e-mail address. */
export const contact = z
  .string()
  .refine(
    (value) => z.email().safeParse(value).success || /^https?:$/.test(parsedUrl(value)?.protocol ?? ''),
    'must be an e-mail address or the address of a page',
  );

/** Numbers as anybody writes them, with the country code; E.164 afterwards. */
export const phones = list.transform((items, context) =>
  items.map((item) => {
    // Without a + nothing says which country it is, and the default country is for what people type.
    const parsed = /^(\+|00)/.test(item) ? canonicalPhone(item, 'IN', undefined) : null;
    if (parsed?.ok) return parsed.phone.e164;
    context.addIssue({ code: 'custom', message: 'must list mobile numbers with + and the country code' });
    return z.NEVER;
  }),
);

export const testNumbers = z.string().transform((text, context) => {
  const parsed = parseTestNumbers(text);
  if (parsed.ok) return parsed.numbers;
  parsed.problems.forEach((message) => context.addIssue({ code: 'custom', message }));
  return z.NEVER;
});

export const signingKeys = z.string().transform((text, context) => {
  const parsed = parsePrivateKeys(text);
  if (!parsed.ok) {
    context.addIssue({ code: 'custom', message: parsed.problem });
    return z.NEVER;
  }
  return parsed.keys;
});

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

/** RFC 9116, 2.5.3: addresses with a scheme; of the web's only https. */
export const securityContacts = list.pipe(
  z
    .array(
      z
        .string()
        .refine(
          (contact) => /^(mailto:[^\s@]+@[^\s@]+|tel:\+[\d-]+|https:\/\/\S+)$/.test(contact) && URL.canParse(contact),
          'must list addresses such as mailto:security@example.com or https://example.com/report',
        ),
    )
    .min(1, 'must list at least one address'),
);
