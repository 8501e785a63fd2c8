import type { CountryCode } from 'libphonenumber-js';
import { z } from 'zod';
import { canonicalPhone, type PhoneRefusal } from '../../phone/phone';
import { splitName } from '../name';
import { profileSchema } from '../profile-schema';
import type { ImportField, ImportRecord } from './columns';

/** A person of another system as they are taken over. Times are ISO 8601 UTC. */
export type ImportedUser = {
  /** E.164. */
  phone: string;
  first_name: string | null;
  last_name: string | null;
  email: string | null;
  bio: string | null;
  location: string | null;
  birth_date: string | null;
  avatar_url: string | null;
  locale: string | null;
  time_zone: string | null;
  role: 'user' | 'provider';
  suspended: boolean;
  created_at: string | null;
  /** When the other system last saw them prove the number; null: it does not say. */
  last_sign_in_at: string | null;
};

/** A field that can't be taken over, and why; the rest of the record is. */
export type Dropped = { field: ImportField; reason: string };

export type ReadRecord = { ok: true; user: ImportedUser; dropped: Dropped[] } | { ok: false; reason: string };

export type ReadOptions = {
  now: Date;
  /** Country of numbers without a country code. */
  country: CountryCode;
  allowedCountries: readonly CountryCode[] | undefined;
  /** Numbers (E.164) whose fixed code several people know (`TEST_NUMBERS`): nobody's account may open with one. */
  testPhones: readonly string[];
};

const phoneReasons = {
  invalid_phone: 'the phone is not a number that exists; without + it is read as one of the default country',
  unsupported_country: 'the phone belongs to a country that ALLOWED_COUNTRIES leaves out',
  undeliverable_phone: 'the phone can’t receive text messages',
} as const satisfies Record<PhoneRefusal, string>;

/**
 * What programs write that take a phone for a figure: `9.18E+11` has lost its last digits, and the nought of `8123456789.0` would
 * make it, where numbers differ in length, somebody else's.
 */
const FIGURE = /^\+?\d+([.,]\d+)?e\+?\d+$|^\+?\d{6,}[.,]0{1,2}$/i;

/**
 * Reads one record. A number that nobody proved is left out: whoever owns it would be shown what somebody else wrote about
 * themselves. Nobody becomes an administrator by a file.
 */
export function readRecord(record: ImportRecord, options: ReadOptions): ReadRecord {
  if (Object.values(record).some((text) => text.includes('\uFFFD'))) {
    return { ok: false, reason: 'it has characters that are not UTF-8; save the file as UTF-8' };
  }
  if (!record.phone) {
    return { ok: false, reason: 'it has no phone' };
  }
  if (FIGURE.test(record.phone)) {
    return {
      ok: false,
      reason: 'the phone was saved as a figure, with digits lost or added: save that column as text',
    };
  }
  const phone = canonicalPhone(record.phone, options.country, options.allowedCountries);
  if (!phone.ok) {
    return { ok: false, reason: phoneReasons[phone.code] };
  }
  if (options.testPhones.includes(phone.phone.e164)) {
    return { ok: false, reason: 'TEST_NUMBERS names its phone, whose code several people know' };
  }
  const flags = { is_verified: flag(record.is_verified), is_active: flag(record.is_active) };
  for (const [field, value] of Object.entries(flags)) {
    if (value === undefined) return { ok: false, reason: `${field} is neither true nor false` };
  }
  if (!flags.is_verified) {
    return { ok: false, reason: 'its phone was never verified, so it may be somebody else’s' };
  }
  const dropped: Dropped[] = [];
  const lastSignIn = pastTime(record, 'last_sign_in_at', options.now, dropped);
  if (record.last_sign_in_at !== undefined && lastSignIn === null) {
    // Taken for “now”, it would open the account to whoever has the number today.
    return { ok: false, reason: 'last_sign_in_at is no time in the past, such as 2025-12-09T14:30:00Z' };
  }
  const profile = readProfile(record, dropped);
  const user: ImportedUser = {
    ...profile,
    phone: phone.phone.e164,
    role: readRole(record.role, dropped),
    suspended: !flags.is_active,
    created_at: pastTime(record, 'created_at', options.now, dropped),
    last_sign_in_at: lastSignIn,
  };
  return { ok: true, user, dropped };
}

const profileFields = ['email', 'bio', 'location', 'birth_date', 'avatar_url', 'locale', 'time_zone'] as const;
type Profile = Record<(typeof profileFields)[number] | 'first_name' | 'last_name', string | null>;

function readProfile(record: ImportRecord, dropped: Dropped[]): Profile {
  const read = (field: 'name' | 'first_name' | 'last_name' | (typeof profileFields)[number]): string | null => {
    const typed = record[field];
    if (typed === undefined) return null;
    const parsed = profileSchema.shape[field].safeParse(typed);
    if (parsed.success) return parsed.data ?? null;
    dropped.push({ field, reason: parsed.error.issues[0]?.message ?? 'can’t be used' });
    return null;
  };
  const name = read('name');
  const split = name === null ? null : splitName(name);
  return {
    first_name: read('first_name') ?? split?.firstName ?? null,
    last_name: read('last_name') ?? split?.lastName ?? null,
    ...(Object.fromEntries(profileFields.map((field) => [field, read(field)])) as Pick<
      Profile,
      (typeof profileFields)[number]
    >),
  };
}

function readRole(text: string | undefined, dropped: Dropped[]): ImportedUser['role'] {
  const role = text?.toLowerCase() ?? 'user';
  if (role === 'provider') return 'provider';
  if (role !== 'user') {
    dropped.push({
      field: 'role',
      reason: 'Only user and provider are taken over: npm run admin makes administrators',
    });
  }
  return 'user';
}

/** True where there is no such column; undefined where it can't be read. */
function flag(text: string | undefined): boolean | undefined {
  if (text === undefined || /^(true|t|yes|y|1)$/i.test(text)) return true;
  return /^(false|f|no|n|0)$/i.test(text) ? false : undefined;
}

/** `2025-12-09T14:30:00Z`, and what databases print; without an offset it is UTC. */
function pastTime(
  record: ImportRecord,
  field: 'created_at' | 'last_sign_in_at',
  now: Date,
  dropped: Dropped[],
): string | null {
  const text = record[field];
  if (text === undefined) return null;
  const match = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d+)?)?) ?(Z|UTC|[+-]\d\d(?::?\d\d)?)?)?$/i.exec(text);
  const [, day, clock = '00:00', offset = 'Z'] = match ?? [];
  const zone = /^[+-]\d\d$/.test(offset) ? `${offset}:00` : offset.toUpperCase().replace('UTC', 'Z');
  const time = new Date(`${day}T${clock}${zone}`);
  if (z.iso.date().safeParse(day).success && time <= now) {
    return time.toISOString();
  }
  dropped.push({ field, reason: 'Enter a time in the past, such as 2025-12-09T14:30:00Z' });
  return null;
}
