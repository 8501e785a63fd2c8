import { codeSent } from '@/lib/http/code-sent';
import { forSignedIn, methods } from '@/lib/http/endpoint';
import { changePhoneBody } from '@/lib/otp/request-schema';
import { sendAddressBuckets } from '@/lib/otp/send-code';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forSignedIn({ handle: ({ app, signedIn }) => app.phoneOf(signedIn) }),
  // A code to the number that is to be one's own from now on.
  POST: forSignedIn({
    body: changePhoneBody,
    malformedTakes: sendAddressBuckets,
    async handle({ app, body, signedIn, address }) {
      const { phone, old_number_lost: oldNumberLost = false } = body;
      const sent = await app.requestPhoneChange(signedIn, { phone, oldNumberLost, address });
      return sent.ok ? codeSent(sent) : sent;
    },
  }),
  // Takes back a change that waits.
  DELETE: forSignedIn({
    async handle({ app, signedIn, address }) {
      const cancelled = await app.cancelPhoneChange(signedIn, { address });
      return cancelled.ok ? { success: true, message: 'The change of number is cancelled' } : cancelled;
    },
  }),
});
