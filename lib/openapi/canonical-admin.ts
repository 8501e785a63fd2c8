import { z } from 'zod';
import { lookUpBody } from '../admin/request-schema';
import { unlockBody } from '../otp/request-schema';
import type { ApiCall } from './api-call';
import { doneSchema, timelineSchema } from './canonical-schemas';
import { changing } from './done';
import { limitsOf } from './limits';
import { adminRefusals } from './refusals';
import { SAMPLE_ID, SAMPLE_PHONE, SAMPLE_TIME } from './samples';

export const adminCalls: ApiCall[] = [
  {
    method: 'POST',
    path: '/api/admin/deliveries',
    summary: 'What became of the messages to a number',
    description: 'Each look-up is written down with who made it. The number stands in the body, and in no address.',
    auth: 'admin',
    request: { schema: lookUpBody, example: { phone: SAMPLE_PHONE } },
    answers: {
      200: {
        description: 'Newest first; the number is masked',
        body: {
          schema: timelineSchema,
          example: {
            phone: '+91 •••••• 6789',
            summary: 'The last code arrived and was used.',
            wrong_codes_in_a_row: 0,
            tries_wait: false,
            events: [
              {
                id: SAMPLE_ID,
                at: SAMPLE_TIME,
                kind: 'tried',
                outcome: 'good',
                text: 'The right code was entered',
                detail: null,
                vendor_code: null,
              },
            ],
          },
        },
      },
    },
    refusals: adminRefusals.deliveries,
    limits: limitsOf.lookingUp,
  },
  {
    ...changing,
    method: 'POST',
    path: '/api/admin/unlock',
    summary: 'Clear the wrong codes for a number',
    description: 'Lets somebody try again who was locked out by wrong codes. It is written down with who did it.',
    auth: 'admin',
    request: { schema: unlockBody, example: { phone: SAMPLE_PHONE } },
    answers: {
      200: {
        description: 'Cleared',
        body: {
          schema: z.strictObject({
            ...doneSchema.shape,
            wrong_codes_in_a_row: z.int().describe('How many there were'),
          }),
          example: { success: true, message: 'Wrong codes cleared', wrong_codes_in_a_row: 12 },
        },
      },
    },
    refusals: adminRefusals.unlock,
  },
];
