import { forSignedIn, methods } from '@/lib/http/endpoint';
import { maskedPhone } from '@/lib/phone/phone';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  // A fresh code to one's own number, for what asks for `fresh_proof_required`.
  POST: forSignedIn({
    async handle({ app, signedIn, address }) {
      const sent = await app.sendConfirmation(signedIn, { address });
      if (!sent.ok) {
        return sent;
      }
      return {
        success: true,
        message: 'OTP sent successfully',
        phone: maskedPhone(sent.phone),
        channel: 'sms',
        code_length: sent.codeLength,
        expires_in_seconds: sent.expiresInSeconds,
        resend_in_seconds: sent.resendInSeconds,
      };
    },
  }),
});
