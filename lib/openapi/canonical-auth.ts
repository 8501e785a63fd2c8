import { sendOtpBody, verifyOtpBody } from '../otp/request-schema';
import { logoutBody, refreshBody } from '../sessions/request-schema';
import type { ApiCall } from './api-call';
import { codeSentSchema, doneSchema, tokensSchema, verifiedSchema } from './canonical-schemas';
import { signedInAs } from './done';
import { limitsOf } from './limits';
import { refreshRefusals, sendRefusals, verifyRefusals } from './refusals';
import { SAMPLE_ID, SAMPLE_PHONE, sampleSent, sampleSignedIn, sampleTokens } from './samples';

export const authCalls: ApiCall[] = [
  {
    method: 'POST',
    path: '/api/auth/send-otp',
    summary: 'Send a code',
    description:
      'Sends a code to a number in any human format; national digits belong to `DEFAULT_COUNTRY`. The answer is the same for known and unknown numbers. Where a CAPTCHA is configured and many codes are being asked for, `too_many_requests` has `captcha`: repeated with a `captcha_token` of that widget, the request is let through.',
    auth: 'none',
    request: { schema: sendOtpBody, example: { phone: SAMPLE_PHONE, name: 'John Doe' } },
    answers: { 200: { description: 'The code is on its way', body: { schema: codeSentSchema, example: sampleSent } } },
    refusals: sendRefusals,
    limits: limitsOf.sending,
  },
  {
    method: 'POST',
    path: '/api/auth/verify-otp',
    summary: 'Sign in with a code',
    description: 'Checks the newest code of the number, makes the account if there is none, and answers with tokens.',
    auth: 'none',
    request: { schema: verifyOtpBody, example: { phone: SAMPLE_PHONE, otp: '123456', challenge_id: SAMPLE_ID } },
    answers: signedInAs(verifiedSchema, sampleSignedIn),
    refusals: verifyRefusals,
    limits: limitsOf.verifying,
  },
  {
    method: 'POST',
    path: '/api/auth/refresh',
    summary: 'Get new tokens',
    description:
      'The refresh token is spent. Presented again within 30 seconds, while its successor is unused, it gets the same answer; later it ends the session.',
    auth: 'none',
    request: { schema: refreshBody, example: { refresh: sampleTokens.refresh } },
    answers: { 200: { description: 'A new pair', body: { schema: tokensSchema, example: sampleTokens } } },
    refusals: refreshRefusals,
    limits: limitsOf.refreshing,
  },
  {
    method: 'POST',
    path: '/api/auth/logout',
    summary: 'Sign out',
    description:
      'Ends the session of the token or the cookie. A refresh token alone signs its session out as well. `everywhere` ends all sessions and asks for fresh proof.',
    auth: 'signed-in',
    request: { schema: logoutBody, example: { everywhere: false }, optional: true },
    answers: {
      200: {
        description: 'Signed out',
        body: { schema: doneSchema, example: { success: true, message: 'Logged out successfully' } },
      },
    },
    refusals: ['fresh_proof_required'],
    limits: limitsOf.changing,
  },
];
