import { z } from 'zod';
import type { tokenPair } from '../http/token-pair';
import type { ApiCall } from '../openapi/api-call';
import { limitsOf } from '../openapi/limits';
import { typedCode, typedPhone } from '../otp/request-schema';
import type { CodeSent } from '../otp/send-code';
import { plainText } from '../text-schema';
import { profileFields } from '../users/profile-schema';
import type { UserView } from '../users/user-view';
import { answers, jwtField, orBlank, refreshField, told } from './fields';
import { refusalsIn, refusalsOf, type RefusalSentences } from './refusals';
import { SAMPLE_ACCESS, SAMPLE_ID, SAMPLE_INSTANT, SAMPLE_REFRESH } from './samples';

// Dialect C, “Hub”: a React front end on another origin, before a Django API. Paths end in a slash.

const phone = '+8801812345678';

const userSchema = z.strictObject({
  id: z.uuid(),
  phone: z.string(),
  first_name: z.string(),
  last_name: z.string(),
  email: z.string(),
  is_verified: z.boolean(),
  profile_picture: z.string().nullable(),
  date_joined: z.iso.datetime(),
});

const userSample = {
  id: SAMPLE_ID,
  phone,
  first_name: 'John',
  last_name: 'Doe',
  email: 'john@example.com',
  is_verified: true,
  profile_picture: null,
  date_joined: SAMPLE_INSTANT,
};

const tokensSchema = z.strictObject({ refresh: refreshField, access: jwtField });
const tokensSample = { refresh: SAMPLE_REFRESH, access: SAMPLE_ACCESS };

const sentSchema = z.strictObject({
  success: z.literal(true),
  message: z.literal('OTP sent successfully'),
  phone: z.string(),
  expires_in_seconds: z.int(),
});

const loggedInSchema = z.strictObject({
  success: z.literal(true),
  message: z.literal('Login successful'),
  created: z.boolean(),
  user: userSchema,
  tokens: tokensSchema,
});

export const sendOtp = {
  method: 'POST',
  path: '/api/users/send-otp/',
  summary: 'Send a code',
  auth: 'none',
  request: { schema: z.object({ phone: typedPhone }), example: { phone } },
  answers: answers('A code is on its way, and works for so long.', sentSchema, {
    success: true,
    message: 'OTP sent successfully',
    phone,
    expires_in_seconds: 300,
  }),
  refusals: refusalsOf.sending,
  limits: limitsOf.sending,
} satisfies ApiCall;

export const verifyOtp = {
  method: 'POST',
  path: '/api/users/verify-otp/',
  summary: 'Sign in with a code',
  description: 'Names and e-mail fill what the account does not know yet, and never overwrite.',
  auth: 'none',
  request: {
    schema: z.object({
      phone: typedPhone,
      otp: typedCode,
      first_name: orBlank(plainText(100)),
      last_name: orBlank(plainText(100)),
      email: orBlank(profileFields.email),
    }),
    example: { phone, otp: '123456', first_name: 'John', last_name: 'Doe', email: 'john@example.com' },
  },
  answers: answers('Signed in; `created` tells whether the account is new.', loggedInSchema, {
    success: true,
    message: 'Login successful',
    created: true,
    user: userSample,
    tokens: tokensSample,
  }),
  refusals: refusalsOf.verifying,
  limits: limitsOf.verifying,
} satisfies ApiCall;

export const profile = {
  method: 'GET',
  path: '/api/users/profile/',
  summary: 'The signed-in user',
  auth: 'signed-in',
  answers: answers('The user.', userSchema, userSample),
  refusals: refusalsOf.reading,
} satisfies ApiCall;

export const refresh = {
  method: 'POST',
  path: '/api/users/token/refresh/',
  aliases: ['/token/refresh/'],
  summary: 'Exchange a refresh token',
  description: 'The old refresh token is spent. One that is used again later ends the session.',
  auth: 'none',
  request: { schema: z.object({ refresh: refreshField }), example: { refresh: SAMPLE_REFRESH } },
  answers: answers('A new pair.', tokensSchema, tokensSample),
  refusals: refusalsOf.refreshing,
  limits: limitsOf.refreshing,
} satisfies ApiCall;

export const loggedOut = { success: true, message: 'Logged out successfully' } as const;

export const logout = {
  method: 'POST',
  path: '/api/users/logout/',
  summary: 'Sign out',
  description:
    'By the access token, the refresh token (alone, too), or both: the session ends, and neither works again.',
  auth: 'signed-in',
  request: {
    schema: z.object({ refresh: refreshField.optional() }),
    example: { refresh: SAMPLE_REFRESH },
    optional: true,
  },
  answers: answers(
    'Signed out.',
    z.strictObject({ success: z.literal(true), message: z.literal(loggedOut.message) }),
    loggedOut,
  ),
  refusals: [...refusalsOf.changing, ...refusalsOf.bodies],
  limits: limitsOf.changing,
} satisfies ApiCall;

export const hubCalls: readonly ApiCall[] = [sendOtp, verifyOtp, profile, refresh, logout];

/** What is known of a code on its way. The life is the code's own. */
export const otpSent = (sent: CodeSent): z.input<typeof sentSchema> => ({
  success: true,
  message: 'OTP sent successfully',
  phone: sent.phone,
  expires_in_seconds: sent.expiresInSeconds,
});

/** A user as Django would have told it: texts that are not known are empty. */
export const hubUser = (user: UserView): z.input<typeof userSchema> => ({
  id: user.id,
  phone: user.phone ?? '',
  first_name: user.first_name ?? '',
  last_name: user.last_name ?? '',
  email: user.email ?? '',
  is_verified: user.is_verified,
  profile_picture: user.avatar_url,
  date_joined: user.created_at,
});

type Pair = Awaited<ReturnType<typeof tokenPair>>;

export const hubTokens = ({ access, refresh }: Pair): z.input<typeof tokensSchema> => ({
  refresh: refresh ?? '',
  access,
});

type Verified = { created: boolean; user: UserView };

export const loggedIn = ({ created, user }: Verified, tokens: Pair): z.input<typeof loggedInSchema> => ({
  success: true,
  message: 'Login successful',
  created,
  user: hubUser(user),
  tokens: hubTokens(tokens),
});

/** What was told of the person beside the code. */
export const profileOf = (body: z.output<typeof verifyOtp.request.schema>) => ({
  firstName: told(body.first_name),
  lastName: told(body.last_name),
  email: told(body.email),
});

const sentences: RefusalSentences = {
  invalid_request: 'Some fields are missing or invalid. Check them and try again.',
  invalid_phone: 'Invalid phone number. Check the country code and the digits.',
  unsupported_country: 'OTPs can’t be sent to numbers of this country yet.',
  undeliverable_phone: 'This number can’t receive SMS. Use a mobile number.',
  recipient_opted_out: 'This number opted out of our SMS, or they are blocked there. Use another number.',
  invalid_code: 'Invalid OTP. Check the message and try again.',
  code_expired: 'This OTP has expired or was used. Request a new one.',
  unauthenticated: 'Please sign in.',
  token_expired: 'The token has expired. Refresh it or sign in again.',
  token_revoked: 'You have been logged out. Please sign in again.',
  refresh_reused: 'For your safety this device was logged out. Please sign in again.',
  forbidden: 'You may not do this.',
  origin_not_allowed: 'Requests from this site are not allowed.',
  account_suspended: 'This account is suspended. Contact support.',
  fresh_proof_required: 'Sign in again with a new OTP first.',
  profile_required: 'Complete your profile first.',
  not_found: 'Not found.',
  method_not_allowed: 'This address does not answer that method.',
  conflict: 'This was changed meanwhile. Load it again and retry.',
  payload_too_large: 'The request is too large.',
  unsupported_media_type: 'Send the request as JSON.',
  resend_too_soon: 'An OTP was sent a moment ago. Wait a little before you request another.',
  too_many_requests: 'Too many requests. Wait a while and try again.',
  too_many_attempts: 'Too many wrong OTPs. Wait a while, then request a new one.',
  sms_unavailable: 'The OTP could not be sent just now. Try again in a moment.',
  sms_paused: 'Sending OTPs is paused for the moment. Try again later.',
  overloaded: 'We are very busy. Try again in a few seconds.',
  service_unavailable: 'Something on our side isn’t available. Try again in a moment.',
};

/** `{success: false, message, …}` */
export const hubRefusals = refusalsIn(sentences, {
  shape: { success: z.literal(false), message: z.string() },
  of: (message) => ({ success: false, message }) as const,
});
