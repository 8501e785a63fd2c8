import type { CodeSent } from '../otp/send-code';

/** What a client is told of a code that is on its way. `shownPhone`: the number as it may be shown; lives are in seconds. */
export const codeSent = (sent: CodeSent, shownPhone: string = sent.phone) => ({
  success: true,
  message: 'OTP sent successfully',
  phone: shownPhone,
  challenge_id: sent.challengeId,
  channel: sent.channel,
  code_length: sent.codeLength,
  expires_in_seconds: sent.expiresInSeconds,
  resend_in_seconds: sent.resendInSeconds,
});
