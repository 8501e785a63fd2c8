import { changePhoneBody, verifyPhoneBody } from '../otp/request-schema';
import type { ApiCall } from './api-call';
import { codeSentSchema, phoneChangedSchema, phoneSchema } from './canonical-schemas';
import { changing, done, signedIn } from './done';
import { limitsOf } from './limits';
import { checkRefusals, sendRefusals } from './refusals';
import { SAMPLE_PHONE, sampleSent, sampleUser } from './samples';

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
    limits: [...limitsOf.sending, ...limitsOf.sendingToNew],
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
