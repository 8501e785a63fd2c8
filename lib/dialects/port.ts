import { z } from 'zod';
import type { ApiCall } from '../openapi/api-call';
import { limitsOf } from '../openapi/limits';
import { sendOtpBody } from '../otp/request-schema';
import { answers } from './fields';
import { refusalsOf } from './refusals';

// Dialects A, “Print”, and B, “Port”: what their clients send and read is part of the canonical API, which answers them. So
// there is nothing to translate; the samples are held against the canonical route.

const sentSchema = z.looseObject({ success: z.literal(true), message: z.literal('OTP sent successfully') });

/** B asks with the number alone and reads `message`. It sends no Authorization header, and never meets a vendor’s 401. */
export const sendOtp = {
  method: 'POST',
  path: '/api/auth/send-otp',
  summary: 'Send a code',
  auth: 'none',
  request: { schema: sendOtpBody, example: { phone: '+998912345678' } },
  answers: answers('A code is on its way.', sentSchema, { success: true, message: 'OTP sent successfully' }),
  refusals: refusalsOf.sending,
  limits: limitsOf.sending,
} satisfies ApiCall;

/** A asks for name and phone together and reads `success`. */
export const sendOtpWithName = {
  ...sendOtp,
  request: { schema: sendOtpBody, example: { phone: '+918123456789', name: 'Test User' } },
} satisfies ApiCall;
