import { z } from 'zod';
import { captchaPolicy } from '../policy';
import { languageTag, plainText, typedText } from '../text-schema';

/** A number as somebody types it. */
export const typedPhone = typedText(64);
/** How a code travels (`Channel`). */
const channel = z.enum(['sms', 'call', 'whatsapp']).optional();
/** What the CAPTCHA's widget gave; needed only where an answer asked for it. */
const captchaToken = z
  .string()
  .regex(/^[!-~]+$/)
  .max(captchaPolicy.tokenCharacters)
  .optional();
/** A code as it was read. */
export const typedCode = z.string().regex(/^[0-9]{6,10}$/, 'Enter the digits of the code');

/** `POST /api/auth/send-otp` */
export const sendOtpBody = z.strictObject({
  phone: typedPhone,
  name: plainText(200).optional(),
  channel,
  locale: languageTag.optional().describe('Language of the message, and of a new account'),
  captcha_token: captchaToken,
});

/** `POST /api/auth/verify-otp` */
export const verifyOtpBody = z.strictObject({
  phone: typedPhone,
  otp: typedCode,
  challenge_id: z.uuid().optional(),
  first_name: plainText(100).optional(),
  last_name: plainText(100).optional(),
  email: z.email('Enter an e-mail address').max(254).optional(),
});

/** `POST /api/admin/unlock` */
export const unlockBody = z.strictObject({ phone: typedPhone });

/** `POST /api/me/proof/verify` */
export const proofBody = z.strictObject({ otp: typedCode });

/** `POST /api/me/phone` */
export const changePhoneBody = z.strictObject({ phone: typedPhone, old_number_lost: z.boolean().optional() });

/** `POST /api/me/phone/verify` */
export const verifyPhoneBody = changePhoneBody.extend({ otp: typedCode });

/** Step one of the wizard: the number as typed, and the country picked for national digits. */
export const phoneFormSchema = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/, 'Pick a country'),
  phone: z.string().trim().min(1, 'Enter your phone number').max(64, 'That is too long for a phone number'),
  captchaToken,
});

/** Which sign-in a page of step two is about (`FlowView.challengeId`). */
export const flowSchema = z.strictObject({ challengeId: z.uuid() });

/** Step two, when a new code is asked for. */
export const resendSchema = flowSchema.extend({ channel, captchaToken });

/** Step two of the wizard: the form, and what the page sends with it. */
export const codeFormSchema = z.strictObject({ otp: typedCode });
export const codeStepSchema = flowSchema.extend(codeFormSchema.shape);
