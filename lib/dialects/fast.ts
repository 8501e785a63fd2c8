import { z } from 'zod';
import type { tokenPair } from '../http/token-pair';
import type { ApiCall } from '../openapi/api-call';
import { limitsOf } from '../openapi/limits';
import { typedCode, typedPhone } from '../otp/request-schema';
import type { CodeSent } from '../otp/send-code';
import type { UserView } from '../users/user-view';
import { answers, jwtField, refreshField } from './fields';
import { refusalsIn, refusalsOf, type RefusalSentences } from './refusals';
import { SAMPLE_ACCESS, SAMPLE_ID, SAMPLE_INSTANT, SAMPLE_REFRESH } from './samples';

// Dialect E, “Fast”: a React Native app before a FastAPI server. Numbers come in national digits; nothing was proved there
// after the code. Here `verify-otp` hands out tokens and sets the session cookie, and the other calls want one of the two.

const typed = '9876543210';
const phone_number = '+919876543210';

const userSchema = z.strictObject({
  id: z.uuid(),
  phone_number: z.string(),
  is_verified: z.boolean(),
  created_at: z.iso.datetime(),
});
const userSample = { id: SAMPLE_ID, phone_number, is_verified: true, created_at: SAMPLE_INSTANT };

const sentSchema = z.strictObject({ message: z.literal('OTP sent successfully'), expires_in_minutes: z.number() });

const verifiedSchema = z.strictObject({
  message: z.literal('OTP verified successfully'),
  user_id: z.uuid(),
  phone_number: z.string(),
  is_verified: z.boolean(),
  tokens: z.strictObject({
    access: jwtField,
    refresh: refreshField,
    token_type: z.literal('Bearer'),
    expires_in: z.int(),
    refresh_expires_in: z.int(),
  }),
});

const loggedInSchema = z.strictObject({ message: z.literal('Login successful'), user: userSchema });

export const sendOtp = {
  method: 'POST',
  path: '/api/send-otp',
  summary: 'Send a code',
  auth: 'none',
  request: { schema: z.object({ phone_number: typedPhone }), example: { phone_number: typed } },
  answers: answers('A code is on its way, and works for so long.', sentSchema, {
    message: 'OTP sent successfully',
    expires_in_minutes: 5,
  }),
  refusals: refusalsOf.sending,
  limits: limitsOf.sending,
} satisfies ApiCall;

export const verifyOtp = {
  method: 'POST',
  path: '/api/verify-otp',
  summary: 'Sign in with a code',
  description: '`tokens` and the session cookie are of one session: signed out by either, both are worth nothing.',
  auth: 'none',
  request: {
    schema: z.object({ phone_number: typedPhone, otp: typedCode }),
    example: { phone_number: typed, otp: '123456' },
  },
  answers: answers('Signed in. Also sets the session cookie.', verifiedSchema, {
    message: 'OTP verified successfully',
    user_id: SAMPLE_ID,
    phone_number,
    is_verified: true,
    tokens: {
      access: SAMPLE_ACCESS,
      refresh: SAMPLE_REFRESH,
      token_type: 'Bearer',
      expires_in: 900,
      refresh_expires_in: 1_209_600,
    },
  }),
  refusals: refusalsOf.verifying,
  limits: limitsOf.verifying,
} satisfies ApiCall;

export const login = {
  method: 'POST',
  path: '/api/login',
  summary: 'The signed-in user, by number',
  description: 'Proves nothing by itself: `unauthenticated` unless the number is that of the token or the cookie.',
  auth: 'signed-in',
  changesNothing: true,
  request: { schema: z.object({ phone_number: typedPhone }), example: { phone_number: typed } },
  answers: answers('The user.', loggedInSchema, { message: 'Login successful', user: userSample }),
  refusals: [...refusalsOf.reading, ...refusalsOf.bodies, 'origin_not_allowed'],
} satisfies ApiCall;

export const user = {
  method: 'GET',
  path: '/api/user/{phone_number}',
  summary: 'A user, by number',
  description: 'For the owner of the number, and for administrators. Everybody else learns nothing of it.',
  auth: 'signed-in',
  answers: answers('The user.', userSchema, userSample),
  refusals: [
    ...refusalsOf.reading,
    'forbidden',
    'not_found',
    'invalid_phone',
    'undeliverable_phone',
    'too_many_requests',
  ],
  limits: limitsOf.lookingUp,
} satisfies ApiCall;

export const fastCalls: readonly ApiCall[] = [sendOtp, verifyOtp, login, user];

/** Lives that are no whole number of minutes are rounded down to a tenth. */
export const otpSent = (sent: CodeSent): z.input<typeof sentSchema> => ({
  message: 'OTP sent successfully',
  expires_in_minutes: Math.floor(sent.expiresInSeconds / 6) / 10,
});

type Pair = Awaited<ReturnType<typeof tokenPair>>;

export const verified = (whose: UserView, tokens: Pair): z.input<typeof verifiedSchema> => ({
  message: 'OTP verified successfully',
  user_id: whose.id,
  phone_number: whose.phone ?? '',
  is_verified: whose.is_verified,
  tokens: { ...tokens, refresh: tokens.refresh ?? '', token_type: 'Bearer' },
});

export const fastUser = ({ id, phone, is_verified, created_at }: UserView): z.input<typeof userSchema> => ({
  id,
  phone_number: phone ?? '',
  is_verified,
  created_at,
});

export const loggedIn = (whose: UserView): z.input<typeof loggedInSchema> => ({
  message: 'Login successful',
  user: fastUser(whose),
});

const sentences: RefusalSentences = {
  invalid_request: 'Some fields are missing or invalid. Check them and try again.',
  invalid_phone: 'Invalid phone number. Check the digits.',
  unsupported_country: 'OTPs can’t be sent to numbers of this country yet.',
  undeliverable_phone: 'This number can’t receive SMS. Use a mobile number.',
  recipient_opted_out: 'This number opted out of our SMS, or they are blocked there. Use another number.',
  invalid_code: 'Invalid OTP. Check the message and try again.',
  code_expired: 'OTP expired or already used. Request a new one.',
  unauthenticated: 'Please verify your number first.',
  token_expired: 'Your access has expired. Refresh it or verify your number again.',
  token_revoked: 'You have been signed out. Please verify your number again.',
  refresh_reused: 'For your safety this device was signed out. Please verify your number again.',
  forbidden: 'You can only do this for your own number.',
  origin_not_allowed: 'Requests from this site are not allowed.',
  account_suspended: 'This account is suspended. Contact support.',
  fresh_proof_required: 'Verify your number again first.',
  profile_required: 'Complete your profile first.',
  not_found: 'User not found.',
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

/** `{message, detail, …}`: FastAPI's own errors have their sentence in `detail`, so its clients look there. */
export const fastRefusals = refusalsIn(sentences, {
  shape: { message: z.string(), detail: z.string() },
  of: (message) => ({ message, detail: message }),
});
