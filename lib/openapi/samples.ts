import { SAMPLE_ACCESS, SAMPLE_REFRESH } from '../dialects/samples';
import type { UserView } from '../users/user-view';

/** Made-up values of the examples: numbers of nobody, tokens that open nothing. */
export const SAMPLE_PHONE = '+918123456789';
export const SAMPLE_ID = '01990a3c-7f6e-7d1c-9d5b-0c2f6a1b7e10';
export const SAMPLE_TIME = '2026-03-01T09:30:00.000Z';
export const SAMPLE_ADDRESS = '192.0.2.10';

export const sampleUser: UserView = {
  id: SAMPLE_ID,
  phone: SAMPLE_PHONE,
  first_name: 'John',
  last_name: 'Doe',
  name: 'John Doe',
  email: 'john@example.com',
  email_verified: false,
  bio: null,
  location: 'Pune',
  birth_date: '1995-01-01',
  avatar_url: null,
  is_verified: true,
  is_active: true,
  role: 'user',
  locale: 'en',
  time_zone: 'Asia/Kolkata',
  needs_profile_completion: false,
  created_at: SAMPLE_TIME,
  updated_at: SAMPLE_TIME,
};

export const sampleTokens = {
  access: SAMPLE_ACCESS,
  refresh: SAMPLE_REFRESH,
  token_type: 'Bearer',
  expires_in: 900,
  refresh_expires_in: 1_209_600,
} as const;

export const sampleSignedIn = {
  success: true,
  message: 'Login successful',
  created: false,
  needs_profile_completion: false,
  user: sampleUser,
  tokens: sampleTokens,
} as const;

export const sampleSent = {
  success: true,
  message: 'OTP sent successfully',
  phone: SAMPLE_PHONE,
  challenge_id: SAMPLE_ID,
  channel: 'sms',
  code_length: 6,
  expires_in_seconds: 300,
  resend_in_seconds: 60,
} as const;
