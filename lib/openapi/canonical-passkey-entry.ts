import { z } from 'zod';
import { emptyBody, passkeySignInBody } from '../passkeys/passkey-schema';
import type { ApiCall } from './api-call';
import {
  optionsLife,
  optionsLifeSample,
  requestOptionsSchema,
  sampleAssertion,
  sampleFlow,
  sampleRequestOptions,
} from './canonical-passkey-schemas';
import { verifiedSchema } from './canonical-schemas';
import { signedInAs } from './done';
import { limitsOf } from './limits';
import { passkeyRefusals } from './refusals';
import { sampleSignedIn } from './samples';

const success = z.literal(true);

const signingIn = {
  auth: 'none',
  method: 'POST',
  request: { schema: passkeySignInBody, example: { flow: sampleFlow, credential: sampleAssertion } },
  refusals: passkeyRefusals.verify,
  limits: limitsOf.passkeyVerifying,
} as const;

/** Signing in with a passkey, which takes no message. */
export const passkeyEntryCalls: ApiCall[] = [
  {
    auth: 'none',
    method: 'POST',
    path: '/api/auth/passkey/options',
    summary: 'Begin to sign in with a passkey',
    description:
      'What to hand to the device, and the `flow` that has to come back with its answer. The same for everybody: nobody says who they are. For browsers, and iOS apps with an associated domain; the answers of native Android apps name an origin of their own (`android:apk-key-hash:…`), which is refused: such an app opens the browser.',
    request: { schema: emptyBody, example: {}, optional: true },
    answers: {
      200: {
        description: 'Ask the device',
        body: {
          schema: z.strictObject({
            success,
            flow: z.string().describe('A secret of whoever asked'),
            options: requestOptionsSchema,
            expires_in_seconds: optionsLife,
          }),
          example: {
            success: true,
            flow: sampleFlow,
            options: sampleRequestOptions,
            expires_in_seconds: optionsLifeSample,
          },
        },
      },
    },
    refusals: passkeyRefusals.options,
    limits: limitsOf.passkeyOptions,
  },
  {
    ...signingIn,
    path: '/api/auth/passkey/verify',
    summary: 'Sign in with a passkey',
    description:
      'What the device answered. It counts as fresh proof. `invalid_code` says no more than that something of it is wrong.',
    answers: signedInAs(verifiedSchema, sampleSignedIn),
  },
  {
    ...signingIn,
    path: '/auth/passkey',
    summary: 'Sign a browser in with a passkey',
    description: 'The same for our own pages: sets the session cookie, and ends the session that it replaces.',
    answers: {
      200: {
        description: 'Signed in; where to go on to',
        body: {
          schema: z.strictObject({
            success,
            redirect_to: z.enum(['/auth/add-phone', '/auth/about-you', '/dashboard']),
          }),
          example: { success: true, redirect_to: '/dashboard' },
        },
      },
    },
  },
];
