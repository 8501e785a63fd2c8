import { forSignedIn, methods } from '@/lib/http/endpoint';
import { renamePasskeyBody } from '@/lib/passkeys/passkey-schema';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  PATCH: forSignedIn({
    body: renamePasskeyBody,
    async handle({ app, params, signedIn, body, address }) {
      const done = await app.renamePasskey(signedIn, { id: String(params.id), name: body.name, address });
      return done.ok ? { success: true, message: 'Passkey renamed' } : done;
    },
  }),
  DELETE: forSignedIn({
    async handle({ app, params, signedIn, address }) {
      const done = await app.removePasskey(signedIn, { id: String(params.id), address });
      return done.ok ? { success: true, message: 'Passkey removed' } : done;
    },
  }),
});
