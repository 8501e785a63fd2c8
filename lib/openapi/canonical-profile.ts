import { z } from 'zod';
import { accountPolicy, bodyPolicy } from '../policy';
import { profileSchema } from '../users/profile-schema';
import type { ApiCall } from './api-call';
import { doneSchema, exportSchema, instant, userSchema } from './canonical-schemas';
import { changing, done, signedIn } from './done';
import { limitsOf } from './limits';
import { SAMPLE_ID, SAMPLE_PHONE, SAMPLE_TIME, sampleUser } from './samples';

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
            passkeys: [],
            recovery_codes: [],
            phone_change: null,
            sessions: [],
            activity: [],
            codes_for_the_number: [],
            messages_to_the_number: [],
          },
        },
      },
    },
    refusals: ['too_many_requests'],
    limits: limitsOf.exporting,
  },
];
