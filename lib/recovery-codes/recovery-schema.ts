import { z } from 'zod';
import { typedText } from '../text-schema';

const code = typedText(64);

/** `POST /api/auth/recover` */
export const recoverBody = z.strictObject({ phone: typedText(64), recovery_code: code });

/** The page: the number as typed, and the country picked for national digits. */
export const recoverFormSchema = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/, 'Pick a country'),
  phone: z.string().trim().min(1, 'Enter your phone number').max(64, 'That is too long for a phone number'),
  code: z.string().trim().min(1, 'Enter one of your recovery codes').max(64, 'That is too long for a recovery code'),
});
