import { codeSent } from '@/lib/http/code-sent';
import { forSignedIn, methods } from '@/lib/http/endpoint';
import { maskedPhone } from '@/lib/phone/phone';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  // A fresh code to one's own number, for what asks for `fresh_proof_required`.
  POST: forSignedIn({
    async handle({ app, signedIn, address }) {
      const sent = await app.sendConfirmation(signedIn, { address });
      return sent.ok ? codeSent(sent, maskedPhone(sent.phone)) : sent;
    },
  }),
});
