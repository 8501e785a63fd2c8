import { z } from 'zod';
import { seenBody } from '../audit/request-schema';
import { proofBody } from '../otp/request-schema';
import { sessionPolicy } from '../policy';
import type { ApiCall } from './api-call';
import { activitySchema, codeSentSchema, deviceSchema, doneSchema, identitySchema } from './canonical-schemas';
import { changing, done, signedIn } from './done';
import { limitsOf } from './limits';
import { checkRefusals, sendRefusals } from './refusals';
import { SAMPLE_ADDRESS, SAMPLE_ID, SAMPLE_TIME, sampleSent } from './samples';

export const securityCalls: ApiCall[] = [
  {
    ...signedIn,
    method: 'GET',
    path: '/api/me/sessions',
    summary: 'Where one is signed in',
    answers: {
      200: {
        description: 'This session first, then by last use',
        body: {
          schema: z.strictObject({ sessions: z.array(deviceSchema) }),
          example: {
            sessions: [
              {
                id: SAMPLE_ID,
                kind: 'api',
                device: 'Chrome on Windows',
                address: SAMPLE_ADDRESS,
                created_at: SAMPLE_TIME,
                last_seen_at: SAMPLE_TIME,
                current: true,
              },
            ],
          },
        },
      },
    },
    refusals: [],
  },
  {
    ...changing,
    method: 'DELETE',
    path: '/api/me/sessions',
    summary: 'End all other sessions',
    description: 'Asks for fresh proof.',
    answers: {
      200: {
        description: 'Ended',
        body: {
          schema: z.strictObject({ ...doneSchema.shape, ended: z.int() }),
          example: { success: true, message: 'All other sessions are ended', ended: 2 },
        },
      },
    },
    refusals: ['fresh_proof_required'],
  },
  {
    ...changing,
    method: 'DELETE',
    path: '/api/me/sessions/{id}',
    summary: 'End a session',
    description: 'While a change of number waits, ending another session asks for fresh proof.',
    answers: done('Session ended'),
    refusals: ['not_found', 'fresh_proof_required'],
  },
  {
    ...changing,
    method: 'POST',
    path: '/api/me/proof',
    summary: 'Ask for fresh proof',
    description: 'Sends a code to one’s own number, for calls that answer `fresh_proof_required`.',
    answers: {
      200: {
        description: 'The code is on its way; the number is masked',
        body: { schema: codeSentSchema, example: { ...sampleSent, phone: '+91 •••••• 6789' } },
      },
    },
    refusals: [...sendRefusals, 'conflict'],
    limits: limitsOf.sending,
  },
  {
    ...changing,
    method: 'POST',
    path: '/api/me/proof/verify',
    summary: 'Give fresh proof',
    request: { schema: proofBody, example: { otp: '123456' } },
    answers: {
      200: {
        description: 'The session is fresh for so long',
        body: {
          schema: z.strictObject({ ...doneSchema.shape, expires_in_seconds: z.int() }),
          example: { success: true, message: 'Confirmed', expires_in_seconds: sessionPolicy.freshProofSeconds },
        },
      },
    },
    refusals: checkRefusals,
    limits: limitsOf.verifying,
  },
  {
    ...signedIn,
    method: 'GET',
    path: '/api/me/activity',
    summary: 'What happened to the account',
    description: '`notices` is what happened elsewhere and was not acknowledged in this session.',
    answers: {
      200: {
        description: 'Newest first',
        body: {
          schema: z.strictObject({ notices: z.array(activitySchema), activity: z.array(activitySchema) }),
          example: {
            notices: [],
            activity: [
              {
                id: SAMPLE_ID,
                event: 'session.created',
                text: 'Signed in',
                device: 'Chrome on Windows',
                address: SAMPLE_ADDRESS,
                created_at: SAMPLE_TIME,
                current: true,
                session_id: SAMPLE_ID,
              },
            ],
          },
        },
      },
    },
    refusals: [],
  },
  {
    ...changing,
    method: 'POST',
    path: '/api/me/activity/seen',
    summary: 'Acknowledge notices',
    description: 'Up to and including the one named.',
    request: { schema: seenBody, example: { up_to: SAMPLE_ID } },
    answers: done('Noted'),
    refusals: ['not_found'],
  },
  {
    ...signedIn,
    method: 'GET',
    path: '/api/me/identities',
    summary: 'Linked Google accounts',
    answers: {
      200: {
        description: 'The accounts',
        body: {
          schema: z.strictObject({ identities: z.array(identitySchema) }),
          example: {
            identities: [{ id: SAMPLE_ID, provider: 'google', email: 'john@example.com', created_at: SAMPLE_TIME }],
          },
        },
      },
    },
    refusals: [],
  },
  {
    ...changing,
    method: 'DELETE',
    path: '/api/me/identities/{id}',
    summary: 'Unlink a Google account',
    description: 'Asks for fresh proof. The last way in can’t be removed: `conflict`.',
    answers: done('Google account unlinked'),
    refusals: ['fresh_proof_required', 'not_found', 'conflict'],
  },
];
