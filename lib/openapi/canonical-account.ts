import { z } from 'zod';
import { seenBody } from '../audit/request-schema';
import { changePhoneBody, proofBody, verifyPhoneBody } from '../otp/request-schema';
import { accountPolicy, bodyPolicy, sessionPolicy } from '../policy';
import { profileSchema } from '../users/profile-schema';
import type { ApiCall } from './api-call';
import {
  activitySchema,
  codeSentSchema,
  deviceSchema,
  doneSchema,
  exportSchema,
  identitySchema,
  instant,
  phoneChangedSchema,
  phoneSchema,
  userSchema,
} from './canonical-schemas';
import { limitsOf } from './limits';
import { checkRefusals, sendRefusals } from './refusals';
import { SAMPLE_ADDRESS, SAMPLE_ID, SAMPLE_PHONE, SAMPLE_TIME, sampleSent, sampleUser } from './samples';

const signedIn = { auth: 'signed-in' } as const;
const changing = { ...signedIn, limits: limitsOf.changing } as const;
const done = (message: string) => ({
  200: { description: message, body: { schema: doneSchema, example: { success: true, message } } },
});
const theUser = { 200: { description: 'The user', body: { schema: userSchema, example: sampleUser } } };

export const profileCalls: ApiCall[] = [
  { ...signedIn, method: 'GET', path: '/api/me', summary: 'Who is signed in', answers: theUser, refusals: [] },
  {
    ...changing,
    method: 'PATCH',
    path: '/api/me',
    summary: 'Change the profile',
    description:
      'Only the fields that are sent; null clears those that may be empty. `name` splits at the first space. First name, last name and e-mail make a profile complete.',
    request: { schema: profileSchema, example: { first_name: 'John', last_name: 'Doe', email: 'john@example.com' } },
    answers: theUser,
    refusals: [],
  },
  {
    ...changing,
    method: 'DELETE',
    path: '/api/me',
    summary: 'Delete the account',
    description: `Signs out everywhere at once and deletes after ${accountPolicy.deletionGraceSeconds / 86_400} days; signing in before takes it back. Asks for fresh proof.`,
    answers: {
      200: {
        description: 'Asked for',
        body: {
          schema: z.strictObject({ ...doneSchema.shape, deleted_at: instant }),
          example: { success: true, message: 'Your account will be deleted.', deleted_at: SAMPLE_TIME },
        },
      },
    },
    refusals: ['fresh_proof_required'],
  },
  {
    ...changing,
    method: 'PUT',
    path: '/api/me/avatar',
    summary: 'Upload a picture',
    description: `A raw \`image/…\` body or a multipart form with one file, at most ${bodyPolicy.imageBytes / 1024 / 1024} MB. It is re-encoded to a WebP of ${bodyPolicy.avatarPixels} pixels.`,
    request: { mediaType: 'image/*', schema: z.unknown(), example: undefined },
    answers: theUser,
    refusals: ['invalid_request', 'payload_too_large', 'unsupported_media_type', 'overloaded'],
  },
  {
    ...changing,
    method: 'DELETE',
    path: '/api/me/avatar',
    summary: 'Remove the picture',
    answers: done('Picture removed'),
    refusals: [],
  },
  {
    auth: 'none',
    method: 'GET',
    path: '/api/avatars/{id}',
    summary: 'An uploaded picture',
    description: 'At the address that `avatar_url` gives; whoever knows it may see it.',
    answers: {
      200: { description: 'The picture', body: { mediaType: 'image/webp', schema: z.unknown(), example: undefined } },
    },
    refusals: ['not_found'],
  },
  {
    ...signedIn,
    method: 'GET',
    path: '/api/me/export',
    summary: 'Everything held about oneself',
    description: 'All other sessions are told that it was downloaded.',
    answers: {
      200: {
        description: 'A file',
        body: {
          schema: exportSchema,
          example: {
            exported_at: SAMPLE_TIME,
            user: { id: SAMPLE_ID, phone: SAMPLE_PHONE },
            identities: [],
            phone_change: null,
            sessions: [],
            activity: [],
            codes_for_the_number: [],
          },
        },
      },
    },
    refusals: ['too_many_requests'],
    limits: limitsOf.exporting,
  },
];

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

export const numberCalls: ApiCall[] = [
  {
    ...signedIn,
    method: 'GET',
    path: '/api/me/phone',
    summary: 'The number, and a change of it that waits',
    answers: {
      200: {
        description: 'The number',
        body: { schema: phoneSchema, example: { phone: SAMPLE_PHONE, pending: null } },
      },
    },
    refusals: [],
  },
  {
    ...changing,
    method: 'POST',
    path: '/api/me/phone',
    summary: 'Change the number: send a code to the new one',
    description: 'Asks for fresh proof by the old number. With `old_number_lost` it does not, and the change waits.',
    request: { schema: changePhoneBody, example: { phone: '+8801812345678' } },
    answers: {
      200: {
        description: 'The code is on its way',
        body: { schema: codeSentSchema, example: { ...sampleSent, phone: '+8801812345678' } },
      },
    },
    refusals: [...sendRefusals, 'fresh_proof_required', 'forbidden'],
    limits: limitsOf.sending,
  },
  {
    ...changing,
    method: 'POST',
    path: '/api/me/phone/verify',
    summary: 'Change the number: finish',
    request: { schema: verifyPhoneBody, example: { phone: '+8801812345678', otp: '123456' } },
    answers: {
      200: {
        description: 'Changed at once, or at `effective_at`',
        body: {
          schema: phoneChangedSchema,
          example: {
            success: true,
            message: 'Phone number changed',
            user: { ...sampleUser, phone: '+8801812345678' },
          },
        },
      },
    },
    refusals: [...checkRefusals, 'fresh_proof_required', 'forbidden', 'conflict'],
    limits: limitsOf.verifying,
  },
  {
    ...changing,
    method: 'DELETE',
    path: '/api/me/phone',
    summary: 'Take back a change that waits',
    answers: done('The change of number is cancelled'),
    refusals: ['not_found'],
  },
];
