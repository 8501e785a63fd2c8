import { codeSent } from '@/lib/http/code-sent';
import { forAnyone, methods } from '@/lib/http/endpoint';
import { sendOtpBody } from '@/lib/otp/request-schema';
import { sendAddressBuckets } from '@/lib/otp/send-code';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  POST: forAnyone({
    body: sendOtpBody,
    malformedTakes: sendAddressBuckets,
    async handle({ app, body, address }) {
      const { phone, name, channel, locale, captcha_token: captchaToken } = body;
      const sent = await app.sendCode({ phone, name, channel, locale, captchaToken, address });
      return sent.ok ? codeSent(sent) : sent;
    },
  }),
});
