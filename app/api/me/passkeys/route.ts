import { forSignedIn, methods } from '@/lib/http/endpoint';
import { addPasskeyBody } from '@/lib/passkeys/passkey-schema';

export const { GET, OPTIONS, POST, PUT, PATCH, DELETE } = methods({
  GET: forSignedIn({
    async handle({ app, signedIn }) {
      return { passkeys: await app.passkeys(signedIn) };
    },
  }),
  // What the device answered to the options. Without a name it is called after its make, or the device it was made on.
  POST: forSignedIn({
    body: addPasskeyBody,
    async handle({ app, signedIn, body, address, userAgent }) {
      const { credential: registration, name } = body;
      const done = await app.addPasskey(signedIn, { registration, name, address, userAgent });
      return done.ok ? { success: true, message: 'Passkey added', passkey: done.passkey } : done;
    },
  }),
});
