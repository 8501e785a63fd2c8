import { forAnyone, methods } from '@/lib/http/endpoint';
import { sendOtpBody } from '@/lib/otp/request-schema';
import { sendAddressBuckets } from '@/lib/otp/send-code';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forAnyone({
    body: sendOtpBody,
    malformedTakes: sendAddressBuckets,
    async handle({ app, body, address }) {
      const { phone, name, channel, locale } = body;
      const sent = await app.sendCode({ phone, name, channel, locale, address });
      if (!sent.ok) {
        return sent;
      }
      return {
        success: true,
        message: 'OTP sent successfully',
        phone: sent.phone,
        challenge_id: sent.challengeId,
        channel: sent.channel,
        code_length: sent.codeLength,
        expires_in_seconds: sent.expiresInSeconds,
        resend_in_seconds: sent.resendInSeconds,
      };
    },
  }),
});
