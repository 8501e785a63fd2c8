import { z } from 'zod';
import type { ApiCall } from './api-call';
import { instant } from './canonical-schemas';
import { limitsOf } from './limits';
import { SAMPLE_ID, SAMPLE_PHONE, SAMPLE_TIME } from './samples';

const form = 'application/x-www-form-urlencoded';
const urlSchema = z.strictObject({ url: z.string() });

/** NextAuth as far as other clients may rely on it. Its pages and redirects are not described. */
export const nextAuthCalls: ApiCall[] = [
  {
    method: 'GET',
    path: '/api/auth/csrf',
    summary: 'The token that NextAuth’s forms need',
    description: 'Sets the cookie it belongs to.',
    auth: 'none',
    answers: {
      200: {
        description: 'The token',
        body: { schema: z.strictObject({ csrfToken: z.string() }), example: { csrfToken: 'c0ffee' } },
      },
    },
    refusals: ['origin_not_allowed', 'invalid_request'],
  },
  {
    method: 'GET',
    path: '/api/auth/providers',
    summary: 'The ways in',
    auth: 'none',
    answers: {
      200: {
        description: 'By their id',
        body: {
          schema: z.record(
            z.string(),
            z.strictObject({
              id: z.string(),
              name: z.string(),
              type: z.string(),
              signinUrl: z.string(),
              callbackUrl: z.string(),
            }),
          ),
          example: {
            otp: {
              id: 'otp',
              name: 'Phone',
              type: 'credentials',
              signinUrl: 'http://localhost:3000/api/auth/signin/otp',
              callbackUrl: 'http://localhost:3000/api/auth/callback/otp',
            },
          },
        },
      },
    },
    refusals: ['origin_not_allowed', 'invalid_request'],
  },
  {
    method: 'GET',
    path: '/api/auth/session',
    summary: 'Who the session cookie signs in',
    description: '`{}` when nobody is signed in.',
    auth: 'optional',
    answers: {
      200: {
        description: 'The session',
        body: {
          schema: z.strictObject({
            user: z
              .strictObject({
                id: z.uuid(),
                name: z.string().nullable(),
                email: z.string().nullable(),
                image: z.string().nullable(),
                phone: z.string().nullable(),
                role: z.enum(['user', 'provider', 'admin']),
              })
              .optional(),
            expires: instant.optional(),
          }),
          example: {
            user: {
              id: SAMPLE_ID,
              name: 'John Doe',
              email: 'john@example.com',
              image: null,
              phone: SAMPLE_PHONE,
              role: 'user',
            },
            expires: SAMPLE_TIME,
          },
        },
      },
    },
    refusals: ['origin_not_allowed', 'invalid_request'],
  },
  {
    method: 'POST',
    path: '/api/auth/callback/otp',
    summary: 'Sign a browser in with a code',
    description:
      'NextAuth’s credentials provider `otp`. Sets the session cookie; a code’s counters are those of `verify-otp`.',
    auth: 'none',
    request: {
      mediaType: form,
      schema: z.object({
        csrfToken: z.string(),
        phone: z.string(),
        otp: z.string(),
        challenge_id: z.uuid().optional(),
        callbackUrl: z.string().optional(),
        json: z.enum(['true', 'false']).optional(),
      }),
      example: { csrfToken: 'c0ffee', phone: SAMPLE_PHONE, otp: '123456', json: 'true' },
    },
    answers: {
      200: {
        description: 'Where to go; signed in if the session cookie was set',
        body: { schema: urlSchema, example: { url: 'http://localhost:3000/dashboard' } },
      },
      302: { description: 'There, without `json=true`' },
      401: {
        description: 'Refused; `url` carries the code as `error`',
        body: { schema: urlSchema, example: { url: 'http://localhost:3000/auth?error=invalid_code' } },
      },
    },
    refusals: ['invalid_request', 'payload_too_large', 'unsupported_media_type', 'too_many_requests'],
    limits: limitsOf.verifying,
  },
  {
    method: 'POST',
    path: '/api/auth/signout',
    summary: 'Sign a browser out',
    description: 'Ends the session’s row, too.',
    auth: 'optional',
    request: {
      mediaType: form,
      schema: z.object({ csrfToken: z.string(), callbackUrl: z.string().optional(), json: z.string().optional() }),
      example: { csrfToken: 'c0ffee', json: 'true' },
    },
    answers: {
      200: { description: 'Where to go', body: { schema: urlSchema, example: { url: 'http://localhost:3000/auth' } } },
      302: { description: 'There, without `json=true`' },
    },
    refusals: ['invalid_request', 'payload_too_large', 'unsupported_media_type'],
  },
];
