import { z } from 'zod';
import { passkeyPolicy } from '../policy';
import { plainText } from '../text-schema';

/** WebAuthn's JSON forms (Level 3, 5.1 and 5.4), as strict as clients allow: what browsers add in time is let pass only where it may. */

const base64url = (longest: number) =>
  z
    .string()
    .min(1, 'This can’t be empty')
    .max(longest, 'That is too long')
    .regex(/^[A-Za-z0-9_-]+$/, 'Must be base64url without padding');

/** At most 1023 bytes (WebAuthn, 5.8.3). */
const credentialId = base64url(1364);
const extensionResults = z.record(z.string().max(64), z.unknown());
const attachment = z.enum(['platform', 'cross-platform']).optional();

/** What a device answers that made a passkey (`RegistrationResponseJSON`). */
const registrationSchema = z.strictObject({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.strictObject({
    clientDataJSON: base64url(4096),
    attestationObject: base64url(12_288),
    // What follows says again what stands in the two above; it is let in and not read.
    authenticatorData: base64url(8192).optional(),
    transports: z
      .array(z.string().regex(/^[a-z-]{1,32}$/, 'Must be a transport such as internal'))
      .max(10)
      .optional(),
    publicKeyAlgorithm: z.int().optional(),
    publicKey: base64url(8192).nullish(),
  }),
  authenticatorAttachment: attachment,
  clientExtensionResults: extensionResults,
});

/** What a device answers that used one (`AuthenticationResponseJSON`). */
const assertionSchema = z.strictObject({
  id: credentialId,
  rawId: credentialId,
  type: z.literal('public-key'),
  response: z.strictObject({
    clientDataJSON: base64url(4096),
    authenticatorData: base64url(4096),
    signature: base64url(8192),
    userHandle: base64url(128).nullish(),
  }),
  authenticatorAttachment: attachment,
  clientExtensionResults: extensionResults,
});

export type Registration = z.output<typeof registrationSchema>;
export type Assertion = z.output<typeof assertionSchema>;

/** Calls that say nothing. */
export const emptyBody = z.strictObject({});

/** `POST /api/auth/passkey/verify`, and the same for our own pages: `flow` is what came with the options. */
export const passkeySignInBody = z.strictObject({ flow: base64url(64), credential: assertionSchema });

const name = plainText(passkeyPolicy.nameCharacters);

/** `POST /api/me/passkeys` */
export const addPasskeyBody = z.strictObject({ credential: registrationSchema, name: name.optional() });

/** `PATCH /api/me/passkeys/{id}` */
export const renamePasskeyBody = z.strictObject({ name });

/** `POST /api/me/proof/passkey` */
export const passkeyProofBody = z.strictObject({ credential: assertionSchema });
