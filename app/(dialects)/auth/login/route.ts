import { login, loginSent, loopRefusals, toSignInPage } from '@/lib/dialects/loop';
import { forAnyone, methods } from '@/lib/http/endpoint';
import { sendAddressBuckets } from '@/lib/otp/send-code';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods(
  {
    GET: forAnyone({ handle: async () => toSignInPage() }),
    POST: forAnyone({
      body: login.request.schema,
      malformedTakes: sendAddressBuckets,
      async handle({ app, body, address }) {
        const sent = await app.sendCode({ phone: body.phone_number, address });
        return sent.ok ? loginSent(sent.phone) : sent;
      },
    }),
  },
  loopRefusals.render,
);
