import { z } from 'zod';
import { addPasskeyBody, passkeyProofBody, renamePasskeyBody } from '../passkeys/passkey-schema';
import { sessionPolicy } from '../policy';
import type { ApiCall, BodyDescription } from './api-call';
import {
  creationOptionsSchema,
  optionsLife,
  optionsLifeSample,
  passkeySchema,
  requestOptionsSchema,
  sampleAssertion,
  sampleCreationOptions,
  sampleOwnRequestOptions,
  samplePasskey,
  sampleRegistration,
} from './canonical-passkey-schemas';
import { doneSchema } from './canonical-schemas';
import { changing, done, signedIn } from './done';
import { passkeyRefusals } from './refusals';

const success = z.literal(true);
const options = (description: string, body: BodyDescription) => ({ 200: { description, body } });

/** One's own passkeys. */
const managing: ApiCall[] = [
  {
    ...signedIn,
    method: 'GET',
    path: '/api/me/passkeys',
    summary: 'One’s passkeys',
    answers: {
      200: {
        description: 'The oldest first',
        body: {
          schema: z.strictObject({ passkeys: z.array(passkeySchema) }),
          example: { passkeys: [samplePasskey] },
        },
      },
    },
    refusals: [],
  },
  {
    ...changing,
    method: 'POST',
    path: '/api/me/passkeys/options',
    summary: 'Begin to add a passkey',
    description: 'What to hand to the device. Asks for fresh proof.',
    answers: options('Ask the device', {
      schema: z.strictObject({ success, options: creationOptionsSchema, expires_in_seconds: optionsLife }),
      example: { success: true, options: sampleCreationOptions, expires_in_seconds: optionsLifeSample },
    }),
    refusals: passkeyRefusals.creationOptions,
  },
  {
    ...changing,
    method: 'POST',
    path: '/api/me/passkeys',
    summary: 'Add a passkey',
    description:
      'What the device answered. Without `name` it is called after its make. `conflict`: it is registered already, or there are too many. The number is told.',
    request: { schema: addPasskeyBody, example: { credential: sampleRegistration, name: 'My phone' } },
    answers: {
      200: {
        description: 'Added',
        body: {
          schema: z.strictObject({ ...doneSchema.shape, passkey: passkeySchema }),
          example: { success: true, message: 'Passkey added', passkey: samplePasskey },
        },
      },
    },
    refusals: passkeyRefusals.add,
  },
  {
    ...changing,
    method: 'PATCH',
    path: '/api/me/passkeys/{id}',
    summary: 'Rename a passkey',
    request: { schema: renamePasskeyBody, example: { name: 'Old phone' } },
    answers: done('Passkey renamed'),
    refusals: passkeyRefusals.rename,
  },
  {
    ...changing,
    method: 'DELETE',
    path: '/api/me/passkeys/{id}',
    summary: 'Remove a passkey',
    description: 'Asks for fresh proof. The last way in can’t be removed: `conflict`.',
    answers: done('Passkey removed'),
    refusals: passkeyRefusals.remove,
  },
  {
    ...changing,
    method: 'DELETE',
    path: '/api/me/passkeys/offer',
    summary: 'Not now',
    description: 'The dashboard offers no passkey for a month, on none of the person’s devices.',
    answers: done('Not offered for a month'),
    refusals: [],
  },
];

/** A fresh proof by one. */
const proving: ApiCall[] = [
  {
    ...changing,
    method: 'POST',
    path: '/api/me/proof/passkey/options',
    summary: 'Ask for fresh proof by a passkey',
    description: 'What to hand to the device. `conflict`: there is no passkey.',
    answers: options('Ask the device', {
      schema: z.strictObject({ success, options: requestOptionsSchema, expires_in_seconds: optionsLife }),
      example: { success: true, options: sampleOwnRequestOptions, expires_in_seconds: optionsLifeSample },
    }),
    refusals: passkeyRefusals.proofOptions,
  },
  {
    ...changing,
    method: 'POST',
    path: '/api/me/proof/passkey',
    summary: 'Give fresh proof by a passkey',
    request: { schema: passkeyProofBody, example: { credential: sampleAssertion } },
    answers: {
      200: {
        description: 'The session is fresh for so long',
        body: {
          schema: z.strictObject({ ...doneSchema.shape, expires_in_seconds: z.int() }),
          example: { success: true, message: 'Confirmed', expires_in_seconds: sessionPolicy.freshProofSeconds },
        },
      },
    },
    refusals: passkeyRefusals.proof,
  },
];

export const passkeyCalls: ApiCall[] = [...managing, ...proving];
