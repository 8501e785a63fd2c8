import { fastRefusals, otpSent, sendOtp } from '@/lib/dialects/fast';
import { forAnyone, methods } from '@/lib/http/endpoint';
import { sendAddressBuckets } from '@/lib/otp/send-code';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods(
  {
    POST: forAnyone({
      body: sendOtp.request.schema,
      malformedTakes: sendAddressBuckets,
      async handle({ app, body, address }) {
        const sent = await app.sendCode({ phone: body.phone_number, address });
        return sent.ok ? otpSent(sent) : sent;
      },
    }),
  },
  fastRefusals.render,
);
