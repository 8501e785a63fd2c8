import { z } from 'zod';
import { type DeliveryTimeline, timelineKinds } from '../admin/delivery-timeline';
import { type Activity, ownEvents } from '../audit/activity';
import { type ErrorCode, errorTable } from '../errors';
import type { Health } from '../http/health';
import type { Problem } from '../http/problem';
import type { IdentityView } from '../identities/google';
import type { PhoneView } from '../phone-changes/waiting-change';
import type { Device } from '../sessions/devices';
import type { InboxMessage } from '../sms/inbox';
import type { UserView } from '../users/user-view';

// What the canonical API answers. The compiler holds these against the types of the use cases, the API tests against real answers.

/** A schema of all that `T` may be, and of nothing else: `z.ZodType<T>` by itself lets a schema leave some of it out. */
export type SchemaOf<T> = z.ZodType<T> & { encode: (value: T) => unknown };

export const instant = z.iso.datetime({ precision: 3 }).describe('ISO 8601, UTC');
const seconds = z.int().min(0);
const keysOf = <Key extends string>(table: Record<Key, unknown>) => z.enum(Object.keys(table) as [Key, ...Key[]]);

export const userSchema = z
  .strictObject({
    id: z.uuid(),
    phone: z.string().nullable().describe('E.164; null where somebody came by Google and has no number yet'),
    first_name: z.string().nullable(),
    last_name: z.string().nullable(),
    name: z.string().nullable().describe('First and last name'),
    email: z.string().nullable(),
    email_verified: z.boolean(),
    bio: z.string().nullable(),
    location: z.string().nullable(),
    birth_date: z.iso.date().nullable(),
    avatar_url: z.string().nullable(),
    is_verified: z.boolean().describe('The number is proved'),
    is_active: z.boolean().describe('Not suspended'),
    role: z.enum(['user', 'provider', 'admin']),
    locale: z.string().describe('Language tag'),
    time_zone: z.string().describe('IANA name'),
    needs_profile_completion: z.boolean(),
    created_at: instant,
    updated_at: instant,
  })
  .meta({ id: 'User' }) satisfies SchemaOf<UserView>;

export const problemSchema = z
  .strictObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('A sentence for the person'),
    code: keysOf<ErrorCode>(errorTable).describe(
      'Stable: decide by it. `profile_required` is reserved: no call answers it',
    ),
    request_id: z.uuid().describe('Also in X-Request-Id; the log has it too'),
    success: z.literal(false),
    message: z.string().describe('The same as `detail`'),
    retry_after_seconds: seconds.optional().describe('Also in Retry-After'),
    attempts_left: seconds.optional(),
    errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
    captcha: z
      .strictObject({
        provider: z.enum(['turnstile', 'hcaptcha']),
        site_key: z.string(),
        script_url: z.url().optional(),
      })
      .optional()
      .describe('Show this widget and repeat the request with the `captcha_token` it gave, or wait'),
  })
  .meta({ id: 'Problem', description: 'RFC 9457 problem details' }) satisfies SchemaOf<Problem>;

export const tokensSchema = z
  .strictObject({
    access: z.string().describe('JWT for `Authorization: Bearer`'),
    refresh: z.string().describe('Spent at its first use'),
    token_type: z.literal('Bearer'),
    expires_in: seconds,
    refresh_expires_in: seconds,
  })
  .meta({ id: 'Tokens' });

export const codeSentSchema = z
  .strictObject({
    success: z.literal(true),
    message: z.literal('OTP sent successfully'),
    phone: z.string(),
    challenge_id: z.uuid(),
    channel: z.enum(['sms', 'call', 'whatsapp']),
    code_length: z.int(),
    expires_in_seconds: seconds,
    resend_in_seconds: seconds,
  })
  .meta({ id: 'CodeSent' });

export const verifiedSchema = z
  .strictObject({
    success: z.literal(true),
    message: z.enum(['Account created', 'Login successful']),
    created: z.boolean(),
    needs_profile_completion: z.boolean(),
    user: userSchema,
    tokens: tokensSchema,
  })
  .meta({ id: 'SignedIn' });

export const doneSchema = z.strictObject({ success: z.literal(true), message: z.string() }).meta({ id: 'Done' });

export const deviceSchema = z
  .strictObject({
    id: z.uuid(),
    kind: z.enum(['web', 'api']),
    device: z.string(),
    address: z.string().nullable(),
    created_at: instant,
    last_seen_at: instant,
    current: z.boolean(),
  })
  .meta({ id: 'Session' }) satisfies SchemaOf<Device>;

export const activitySchema = z
  .strictObject({
    id: z.uuid(),
    event: z.enum(ownEvents),
    text: z.string(),
    device: z.string().nullable(),
    address: z.string().nullable(),
    created_at: instant,
    current: z.boolean(),
    session_id: z.uuid().nullable(),
  })
  .meta({ id: 'Activity' }) satisfies SchemaOf<Activity>;

export const identitySchema = z
  .strictObject({
    id: z.uuid(),
    provider: z.literal('google'),
    email: z.string().nullable(),
    created_at: instant,
  })
  .meta({ id: 'Identity' }) satisfies SchemaOf<IdentityView>;

export const phoneSchema = z.strictObject({
  phone: z.string().nullable(),
  pending: z
    .strictObject({ phone: z.string().describe('Masked'), requested_at: instant, effective_at: instant })
    .nullable(),
}) satisfies SchemaOf<PhoneView>;

export const phoneChangedSchema = z.union([
  z.strictObject({ success: z.literal(true), message: z.literal('Phone number changed'), user: userSchema }),
  z.strictObject({ success: z.literal(true), message: z.string(), effective_at: instant }),
]);

const row = z.record(z.string(), z.unknown());
export const exportSchema = z.strictObject({
  exported_at: instant,
  user: row,
  identities: z.array(row),
  passkeys: z.array(row),
  recovery_codes: z.array(row),
  phone_change: row.nullable(),
  sessions: z.array(row),
  activity: z.array(row),
  codes_for_the_number: z.array(row),
  messages_to_the_number: z.array(row),
});

export const timelineSchema = z.strictObject({
  phone: z.string().describe('Masked'),
  summary: z.string(),
  wrong_codes_in_a_row: z.int(),
  tries_wait: z.boolean().describe('Whether wrong codes make the next try wait'),
  events: z.array(
    z.strictObject({
      id: z.string(),
      at: instant,
      kind: z.enum(timelineKinds),
      outcome: z.enum(['good', 'bad', 'neutral']),
      text: z.string(),
      detail: z.string().nullable(),
      vendor_code: z.string().nullable(),
    }),
  ),
}) satisfies SchemaOf<DeliveryTimeline>;

export const healthSchema = z
  .strictObject({
    status: z.enum(['ok', 'degraded']),
    database: z.enum(['ok', 'unavailable']),
    version: z.string(),
  })
  .meta({ id: 'Health' }) satisfies SchemaOf<Health>;

export const readinessSchema = z.strictObject({
  ...healthSchema.shape,
  sms: z.strictObject({ provider: z.string(), ready: z.boolean() }),
  sessions: z.strictObject({ ready: z.boolean() }),
});

export const inboxSchema = z.strictObject({
  messages: z.array(z.strictObject({ id: z.string(), to: z.string(), text: z.string(), sent_at: instant })),
}) satisfies SchemaOf<{ messages: InboxMessage[] }>;

export const keySetSchema = z.strictObject({
  keys: z.array(z.looseObject({ kty: z.string(), kid: z.string(), alg: z.string(), use: z.string().optional() })),
});
