import type { Env } from '../env';
import type { Phone } from '../phone/phone';
import { captchaPolicy, limitPolicy, moneyPolicy } from '../policy';
import type { Bucket } from '../rate-limit/rate-limit';
import { EVERYTHING } from '../sms/pause-store';

/** What a request for a code can be refused by: the windows it can find full, and the switch. */
const sendWindows = [
  'resend',
  'send:address:short',
  'send:address:long',
  'send:user',
  'send:phone:short',
  'send:phone:long',
  'send:range',
  'send:country',
  'budget:hour',
  'budget:day',
  'spend:day',
  'pause',
] as const;
export type SendWindow = (typeof sendWindows)[number];

/** Which window a bucket is one of. */
export const windowOf = ({ key }: Bucket): SendWindow | null =>
  sendWindows.find((name) => key.startsWith(name)) ?? null;

/** The windows of the client's address. */
export const sendAddressBuckets = (address: string): Bucket[] => [
  { key: `send:address:short:${address}`, policy: limitPolicy.sendsPerAddressShort },
  { key: `send:address:long:${address}`, policy: limitPolicy.sendsPerAddressLong },
];

/** The window of somebody signed in, of codes to numbers that are not theirs yet. */
export const newNumberBucket = (userId: string): Bucket => ({
  key: `send:user:${userId}`,
  policy: limitPolicy.sendsToNewNumbersPerUser,
});

/** The windows of whoever asks. */
export const isClientBucket = ({ key }: Bucket): boolean => /^send:(address|user):/.test(key);

/** The windows of whoever asks and of the number: those that one person feels. */
const isPersonalBucket = ({ key }: Bucket): boolean => /^send:(address|user|phone):/.test(key);

/**
 * Where codes count that did not go out: beside each long window of who asks and who is asked for one of its size. They take nothing from
 * those that do go out, and nobody can have codes hashed, vendors called and numbers tried without end.
 */
export const unsentBuckets = (taken: readonly Bucket[]): Bucket[] =>
  taken
    .filter((bucket) => isPersonalBucket(bucket) && !bucket.key.includes(':short:'))
    .map(({ key, policy }) => ({ key: `unsent:${key}`, policy }));

/** What keeps counting a code that did not go out, once those are full: not the long ones, which would shut a number for the day (an account has no other). */
export const countsUnsent = (bucket: Bucket): boolean => isPersonalBucket(bucket) && !bucket.key.includes(':long:');

/** The time between two codes for one number. */
export const isCoolDown = ({ key }: Bucket): boolean => key.startsWith('resend:');

const rangeKey = ({ range }: Phone) => `send:range:${range}`;
const countryKey = ({ country }: Phone) => `send:country:${country}`;

/** The scopes of `sms_pauses` that a message to a number falls into. */
export const pauseScopes = (phone: Phone): string[] => [EVERYTHING, countryKey(phone), rangeKey(phone)];

/** Every window a message takes a place in, in locking order; `client` are those of who asks. `cost`: in {@link moneyPolicy} units. */
export function sendBuckets(phone: Phone, client: readonly Bucket[], env: Env, cost: number): Bucket[] {
  const recordOnly = (limit: 'country' | 'range') => env.SMS_RECORD_ONLY?.includes(limit) ?? false;
  return [
    { key: `resend:${phone.e164}`, policy: { places: 1, windowSeconds: env.OTP_RESEND_SECONDS } },
    ...client,
    { key: `send:phone:short:${phone.e164}`, policy: limitPolicy.sendsPerPhoneShort },
    { key: `send:phone:long:${phone.e164}`, policy: limitPolicy.sendsPerPhoneLong },
    {
      key: rangeKey(phone),
      policy: { ...limitPolicy.sendsPerRange, places: env.SMS_RANGE_LIMIT_PER_HOUR },
      recordOnly: recordOnly('range'),
    },
    {
      key: countryKey(phone),
      policy: { ...limitPolicy.sendsPerCountry, places: env.SMS_COUNTRY_LIMIT_PER_10_MINUTES },
      recordOnly: recordOnly('country'),
    },
    ...budgetBuckets(env, cost),
  ];
}

/** The windows of the whole app's bill: every message counts here, whatever it says. */
export const budgetBuckets = (env: Env, cost: number): Bucket[] => [
  { key: 'budget:hour', policy: { ...limitPolicy.sendsPerHour, places: env.SMS_BUDGET_PER_HOUR } },
  { key: 'budget:day', policy: { ...limitPolicy.sendsPerDay, places: env.SMS_BUDGET_PER_DAY } },
  ...(env.SMS_SPEND_PER_DAY && cost > 0
    ? [
        {
          key: SPEND_KEY,
          policy: { places: env.SMS_SPEND_PER_DAY, windowSeconds: moneyPolicy.windowSeconds },
          weight: cost,
        },
      ]
    : []),
];

/** The money window. */
export const SPEND_KEY = 'spend:day';

/**
 * The windows that only messages whose code is not used stay in: what pumping fills and people don't. A number's and an
 * address's own count every message, and money is spent either way.
 */
export const isUnverifiedBucket = ({ key }: Bucket): boolean => /^(send:(range|country)|budget):/.test(key);

/**
 * A full window that keeps codes from a number for long. Its cool-down and its short window are over in minutes, and can't be
 * filled again and again without filling the day's; one that only records refuses nothing.
 */
export const standsInTheWay = (bucket: Bucket): boolean =>
  !bucket.recordOnly && !isCoolDown(bucket) && !bucket.key.startsWith('send:phone:short:');

/**
 * The same windows with their lower limits, from where a CAPTCHA is asked for. A number's own windows have none: five codes are
 * all it gets. Nor has the money, which is nobody's fault in particular, nor a limit that only records: it stands in nobody's way.
 */
export const withSoftLimits = (buckets: readonly Bucket[]): Bucket[] =>
  buckets.map((bucket) =>
    !bucket.recordOnly && (isClientBucket(bucket) || isUnverifiedBucket(bucket))
      ? { ...bucket, softPlaces: Math.max(1, Math.floor(bucket.policy.places * captchaPolicy.askedFromShare)) }
      : bucket,
  );
