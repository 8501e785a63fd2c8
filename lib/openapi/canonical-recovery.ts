import { z } from 'zod';
import { recoveryCodePolicy } from '../policy';
import { recoverBody } from '../recovery-codes/recovery-schema';
import type { RecoveryCodesView } from '../recovery-codes/recovery-codes';
import type { ApiCall } from './api-call';
import { doneSchema, instant, type SchemaOf, verifiedSchema } from './canonical-schemas';
import { changing, signedIn, signedInAs } from './done';
import { limitsOf } from './limits';
import { recoveryRefusals } from './refusals';
import { SAMPLE_PHONE, SAMPLE_TIME, sampleSignedIn } from './samples';

const left = z.int().min(0).describe('Codes that still work');
const sheetSchema = z.strictObject({ made_at: instant, left }).nullable() satisfies SchemaOf<RecoveryCodesView>;

/** Letters and digits that are not taken for one another (Crockford's base 32); these open nothing. */
const sampleCodes = [...'0123456789'].map((digit) => `D0CS-0N1Y-N0TA-C0D${digit}`);

export const recoveryCalls: ApiCall[] = [
  {
    auth: 'none',
    method: 'POST',
    path: '/api/auth/recover',
    summary: 'Sign in with a recovery code',
    description:
      'The way back when phone and passkey are lost. Each code works once; the session has a fresh proof, so the number can be changed at once. The number on record is told. An unknown number and a wrong code are one answer.',
    request: { schema: recoverBody, example: { phone: SAMPLE_PHONE, recovery_code: 'D0CS-0N1Y-N0TA-C0D0' } },
    answers: signedInAs(z.strictObject({ ...verifiedSchema.shape, recovery_codes_left: left }), {
      ...sampleSignedIn,
      recovery_codes_left: recoveryCodePolicy.codes - 1,
    }),
    refusals: recoveryRefusals.recover,
    limits: limitsOf.recovering,
  },
  {
    ...signedIn,
    method: 'GET',
    path: '/api/me/recovery-codes',
    summary: 'Whether there are recovery codes',
    description: 'Never the codes themselves.',
    answers: {
      200: {
        description: 'The sheet; null: there is none',
        body: {
          schema: z.strictObject({ recovery_codes: sheetSchema }),
          example: { recovery_codes: { made_at: SAMPLE_TIME, left: recoveryCodePolicy.codes } },
        },
      },
    },
    refusals: [],
  },
  {
    ...changing,
    method: 'POST',
    path: '/api/me/recovery-codes',
    summary: 'Make recovery codes',
    description:
      'A new sheet, told this once; the one before is worth nothing from now on. Asks for fresh proof. `conflict`: there is no number yet. `forbidden`: administrators have none. The number is told.',
    answers: {
      200: {
        description: 'Made',
        body: {
          schema: z.strictObject({ ...doneSchema.shape, codes: z.array(z.string()).length(recoveryCodePolicy.codes) }),
          example: { success: true, message: 'Recovery codes made', codes: sampleCodes },
        },
      },
    },
    refusals: recoveryRefusals.make,
  },
];
