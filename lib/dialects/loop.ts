import { z } from 'zod';
import type { ApiCall } from '../openapi/api-call';
import { limitsOf } from '../openapi/limits';
import { typedCode } from '../otp/request-schema';
import { plainText, typedText } from '../text-schema';
import { type ProfileChanges, profileFields } from '../users/profile-schema';
import type { UserView } from '../users/user-view';
import { answers, jwtField, orBlank, told } from './fields';
import { refusalsIn, refusalsOf, type RefusalSentences } from './refusals';
import { SAMPLE_ACCESS, SAMPLE_ID, SAMPLE_INSTANT } from './samples';

// Dialect D, “Loop”: every answer is `{success, message, data, token}` as far as it has them, and one JWT is all there is.

const phone_number = '+918123456789';
const typedNumber = typedText(15);
const success = z.literal(true);
const text = z.string();
const maybe = text.nullable();
const id = z.uuid();

const SENT = 'OTP sent successfully to your phone number';
const sendSchema = z.object({ phone_number: typedNumber });
const verifySchema = z.object({ phone_number: typedNumber, otp_code: typedCode });

const sentSchema = z.strictObject({ success, message: z.literal(SENT), data: z.strictObject({ phone_number: text }) });
const signedUpSchema = sentSchema.extend({ token: z.null() });
const sentSample = { success: true, message: SENT, data: { phone_number } } as const;

const verifiedSchema = z.strictObject({
  success,
  message: z.enum(['OTP verified successfully. Please complete your profile.', 'OTP verified successfully.']),
  token: jwtField,
  data: z.strictObject({ user_id: id, phone_number: text, needs_profile_completion: z.boolean() }),
});

const loggedInSchema = z.strictObject({
  success,
  message: z.literal('Login successful'),
  token: jwtField,
  data: z.strictObject({ user_id: id, phone_number: text, name: maybe, email: maybe, is_verified: z.boolean() }),
});

const completedSchema = z.strictObject({
  success,
  message: z.literal('Profile completed successfully'),
  data: z.strictObject({ user_id: id, profile_id: id, name: maybe, email: maybe, phone_number: text }),
});

const profileSchema = z.strictObject({
  id,
  name: maybe,
  email: maybe,
  phone_number: text,
  bio: maybe,
  location: maybe,
  birth_date: z.iso.date().nullable(),
  avatar: maybe,
  is_verified: z.boolean(),
  is_active: z.boolean(),
  created_at: z.iso.datetime(),
  updated_at: z.iso.datetime(),
});

const about = {
  name: 'John Doe',
  email: 'john@example.com',
  bio: 'I build things.',
  location: 'Mumbai, India',
  birth_date: '1995-01-01',
  avatar: 'https://example.com/john.png',
};

export const signup = {
  method: 'POST',
  path: '/auth/signup',
  summary: 'Send a code to sign up',
  description: 'Answers alike whether or not the number has an account.',
  auth: 'none',
  request: { schema: sendSchema, example: { phone_number } },
  answers: answers('A code is on its way.', signedUpSchema, { ...sentSample, token: null }),
  refusals: refusalsOf.sending,
  limits: limitsOf.sending,
} satisfies ApiCall;

export const login = {
  ...signup,
  path: '/auth/login',
  summary: 'Send a code to log in',
  answers: answers('A code is on its way.', sentSchema, sentSample),
} satisfies ApiCall;

const toPage = (path: string) =>
  ({
    method: 'GET',
    path,
    summary: 'Leads a browser to the sign-in page',
    auth: 'none',
    answers: { 303: { description: 'To `/auth`.' } },
    refusals: [],
  }) satisfies ApiCall;

export const verifyOtp = {
  method: 'POST',
  path: '/auth/verify-otp',
  summary: 'Sign up with a code',
  description:
    'A number that has an account is signed in to it. Loop has no refresh token: this one runs out and is not renewed.',
  auth: 'none',
  request: { schema: verifySchema, example: { phone_number, otp_code: '123456' } },
  answers: answers('Signed in.', verifiedSchema, {
    success: true,
    message: 'OTP verified successfully. Please complete your profile.',
    token: SAMPLE_ACCESS,
    data: { user_id: SAMPLE_ID, phone_number, needs_profile_completion: true },
  }),
  refusals: refusalsOf.verifying,
  limits: limitsOf.verifying,
} satisfies ApiCall;

export const verifyLogin = {
  ...verifyOtp,
  path: '/auth/verify-login',
  summary: 'Log in with a code',
  description: 'A number without an account gets one: whoever proves it may have it, and nobody else learns of it.',
  answers: answers('Signed in.', loggedInSchema, {
    success: true,
    message: 'Login successful',
    token: SAMPLE_ACCESS,
    data: { user_id: SAMPLE_ID, phone_number, name: about.name, email: about.email, is_verified: true },
  }),
} satisfies ApiCall;

export const completeProfile = {
  method: 'POST',
  path: '/auth/complete-profile',
  summary: 'Complete one’s profile',
  description: 'The number, where it is sent, must be one’s own: `forbidden` otherwise.',
  auth: 'signed-in',
  request: {
    schema: z.object({
      phone_number: orBlank(typedNumber),
      name: plainText(100),
      email: orBlank(profileFields.email),
      bio: orBlank(profileFields.bio),
      location: orBlank(profileFields.location),
      birth_date: orBlank(profileFields.birthDate),
      avatar: orBlank(profileFields.webAddress),
    }),
    example: { phone_number, ...about },
  },
  answers: answers('Kept.', completedSchema, {
    success: true,
    message: 'Profile completed successfully',
    data: { user_id: SAMPLE_ID, profile_id: SAMPLE_ID, name: about.name, email: about.email, phone_number },
  }),
  refusals: [...refusalsOf.changing, ...refusalsOf.bodies, 'forbidden'],
  limits: limitsOf.changing,
} satisfies ApiCall;

export const profile = {
  method: 'GET',
  path: '/auth/profile',
  summary: 'The signed-in user',
  auth: 'signed-in',
  answers: answers('The user.', profileSchema, {
    id: SAMPLE_ID,
    phone_number,
    ...about,
    is_verified: true,
    is_active: true,
    created_at: SAMPLE_INSTANT,
    updated_at: SAMPLE_INSTANT,
  }),
  refusals: refusalsOf.reading,
} satisfies ApiCall;

export const loggedOut = { success: true, message: 'Logged out successfully' } as const;

export const logout = {
  method: 'POST',
  path: '/auth/logout',
  summary: 'Log out',
  description: 'The session of the token ends: it never works again.',
  auth: 'signed-in',
  answers: answers('Logged out.', z.strictObject({ success, message: z.literal(loggedOut.message) }), loggedOut),
  refusals: refusalsOf.changing,
  limits: limitsOf.changing,
} satisfies ApiCall;

export const loopCalls: readonly ApiCall[] = [
  signup,
  toPage(signup.path),
  verifyOtp,
  completeProfile,
  login,
  toPage(login.path),
  verifyLogin,
  profile,
  logout,
];

/** Where a browser belongs that opens one of these addresses. */
export const toSignInPage = (): Response => new Response(null, { status: 303, headers: { location: '/auth' } });

export const signedUp = (phone: string): z.input<typeof signedUpSchema> => ({ ...loginSent(phone), token: null });

export const loginSent = (phone: string): z.input<typeof sentSchema> => ({
  success: true,
  message: SENT,
  data: { phone_number: phone },
});

const whose = ({ id, phone }: UserView) => ({ user_id: id, phone_number: phone ?? '' });

export const verified = (user: UserView, token: string): z.input<typeof verifiedSchema> => ({
  success: true,
  message: user.needs_profile_completion
    ? 'OTP verified successfully. Please complete your profile.'
    : 'OTP verified successfully.',
  token,
  data: { ...whose(user), needs_profile_completion: user.needs_profile_completion },
});

export const loggedIn = (user: UserView, token: string): z.input<typeof loggedInSchema> => ({
  success: true,
  message: 'Login successful',
  token,
  data: { ...whose(user), name: user.name, email: user.email, is_verified: user.is_verified },
});

/** What is told, in our words; what is left blank stays as it is. */
export const profileChanges = (body: z.output<typeof completeProfile.request.schema>): ProfileChanges => ({
  name: body.name,
  email: told(body.email),
  bio: told(body.bio),
  location: told(body.location),
  birth_date: told(body.birth_date),
  avatar_url: told(body.avatar),
});

/** A profile has no id of its own: it is its user's. */
export const profileCompleted = (user: UserView): z.input<typeof completedSchema> => ({
  success: true,
  message: 'Profile completed successfully',
  data: { ...whose(user), profile_id: user.id, name: user.name, email: user.email },
});

export const loopProfile = (user: UserView): z.input<typeof profileSchema> => ({
  id: user.id,
  name: user.name,
  email: user.email,
  phone_number: user.phone ?? '',
  bio: user.bio,
  location: user.location,
  birth_date: user.birth_date,
  avatar: user.avatar_url,
  is_verified: user.is_verified,
  is_active: user.is_active,
  created_at: user.created_at,
  updated_at: user.updated_at,
});

const sentences: RefusalSentences = {
  invalid_request: 'Some fields are missing or invalid. Check them and try again.',
  invalid_phone: 'Invalid phone number. Check the country code and the digits.',
  unsupported_country: 'OTPs can’t be sent to phone numbers of this country yet.',
  undeliverable_phone: 'This phone number can’t receive SMS. Use a mobile number.',
  recipient_opted_out: 'This phone number opted out of our SMS, or they are blocked there. Use another one.',
  invalid_code: 'Invalid OTP code. Check the message and try again.',
  code_expired: 'This OTP code has expired or was used. Request a new one.',
  unauthenticated: 'Please log in.',
  // There is nothing to refresh here.
  token_expired: 'Your token has expired. Please log in again.',
  token_revoked: 'You have been logged out. Please log in again.',
  refresh_reused: 'For your safety this device was logged out. Please log in again.',
  forbidden: 'You can only do this for your own account.',
  origin_not_allowed: 'Requests from this site are not allowed.',
  account_suspended: 'This account is suspended. Contact support.',
  fresh_proof_required: 'Log in again with a new OTP code first.',
  profile_required: 'Please complete your profile first.',
  not_found: 'Not found.',
  method_not_allowed: 'This address does not answer that method.',
  conflict: 'This was changed meanwhile. Load it again and retry.',
  payload_too_large: 'The request is too large.',
  unsupported_media_type: 'Send the request as JSON.',
  resend_too_soon: 'An OTP was sent a moment ago. Wait a little before you request another.',
  too_many_requests: 'Too many requests. Wait a while and try again.',
  too_many_attempts: 'Too many wrong OTP codes. Wait a while, then request a new one.',
  sms_unavailable: 'The OTP could not be sent just now. Try again in a moment.',
  sms_paused: 'Sending OTPs is paused for the moment. Try again later.',
  overloaded: 'We are very busy. Try again in a few seconds.',
  service_unavailable: 'Something on our side isn’t available. Try again in a moment.',
};

/** `{success: false, message, data: null, token: null, …}` */
export const loopRefusals = refusalsIn(sentences, {
  shape: { success: z.literal(false), message: text, data: z.null(), token: z.null() },
  of: (message) => ({ success: false, message, data: null, token: null }) as const,
});
