import { z } from 'zod';
import type { CreationOptions } from '../passkeys/add-passkey';
import type { PasskeyView } from '../passkeys/manage-passkeys';
import type { Assertion, Registration } from '../passkeys/passkey-schema';
import type { RequestOptions } from '../passkeys/request-options';
import { passkeyPolicy } from '../policy';
import { instant, type SchemaOf } from './canonical-schemas';
import { SAMPLE_ID, SAMPLE_TIME } from './samples';

// WebAuthn's own JSON forms: what a client hands to its device as it is. More of them may come with a release of the library.

const base64url = z.string().describe('base64url');
const named = z.object({ id: base64url, type: z.literal('public-key'), transports: z.array(z.string()).optional() });

/** `expires_in_seconds` of every set of options. */
export const optionsLife = z.int().describe('How long an answer to them is taken');
export const optionsLifeSample = passkeyPolicy.challengeSeconds;

export const requestOptionsSchema = z
  .looseObject({
    challenge: base64url,
    rpId: z.string().describe('The name that the passkey must be for'),
    timeout: z.int().describe('Milliseconds'),
    userVerification: z.literal('required'),
    allowCredentials: z.array(named).optional().describe('Only where it is known whose passkey it must be'),
  })
  .meta({ id: 'PasskeyRequestOptions', description: 'PublicKeyCredentialRequestOptionsJSON' });

export const creationOptionsSchema = z
  .looseObject({
    rp: z.object({ id: z.string(), name: z.string() }),
    user: z.object({ id: base64url, name: z.string(), displayName: z.string() }),
    challenge: base64url,
    pubKeyCredParams: z.array(z.object({ alg: z.int(), type: z.literal('public-key') })),
    timeout: z.int().describe('Milliseconds'),
    attestation: z.literal('none'),
    excludeCredentials: z.array(named),
    authenticatorSelection: z.looseObject({
      residentKey: z.literal('required'),
      userVerification: z.literal('required'),
    }),
  })
  .meta({ id: 'PasskeyCreationOptions', description: 'PublicKeyCredentialCreationOptionsJSON' });

export const passkeySchema = z
  .strictObject({
    id: z.uuid(),
    name: z.string(),
    synced: z.boolean().describe('In a keychain that all of the person’s devices have'),
    created_at: instant,
    last_used_at: instant.nullable(),
  })
  .meta({ id: 'Passkey' }) satisfies SchemaOf<PasskeyView>;

const challenge = 'dGhpcyBpcyBhIG1hZGUtdXAgY2hhbGxlbmdlLCAzMmI';
const credentialId = 'bWFkZS11cC1jcmVkZW50aWFs';

export const sampleFlow = 'bWFkZS11cC1mbG93LW9mLXdob2V2ZXItYXNrZWQtMzI';

export const sampleRequestOptions = {
  challenge,
  rpId: 'localhost',
  timeout: passkeyPolicy.challengeSeconds * 1000,
  userVerification: 'required',
} satisfies RequestOptions;

export const sampleOwnRequestOptions = {
  ...sampleRequestOptions,
  allowCredentials: [{ id: credentialId, type: 'public-key', transports: ['internal'] }],
} satisfies RequestOptions;

export const sampleCreationOptions = {
  rp: { id: 'localhost', name: 'Latchkey' },
  user: { id: 'AZkKPH9ufRydWwwvahd-EA', name: '+91 •••••• 6789', displayName: 'John Doe' },
  challenge,
  pubKeyCredParams: [{ alg: -7, type: 'public-key' }],
  timeout: passkeyPolicy.challengeSeconds * 1000,
  attestation: 'none',
  excludeCredentials: [],
  authenticatorSelection: { residentKey: 'required', userVerification: 'required' },
} satisfies CreationOptions;

const clientData = (type: string) =>
  Buffer.from(JSON.stringify({ type, challenge, origin: 'http://localhost:3000' })).toString('base64url');

const credential = { id: credentialId, rawId: credentialId, type: 'public-key', clientExtensionResults: {} } as const;

/** What a device answers that made a passkey, and that used one. */
export const sampleRegistration: Registration = {
  ...credential,
  response: {
    clientDataJSON: clientData('webauthn.create'),
    attestationObject: 'o2NmbXRkbm9uZQ',
    transports: ['internal'],
  },
};
export const sampleAssertion: Assertion = {
  ...credential,
  response: {
    clientDataJSON: clientData('webauthn.get'),
    authenticatorData: 'SZYN5YgOjGh0NBcP',
    signature: 'MEUCIQDsaWdu',
    userHandle: 'AZkKPH9ufRydWwwvahd-EA',
  },
};

export const samplePasskey: PasskeyView = {
  id: SAMPLE_ID,
  name: 'iCloud Keychain',
  synced: true,
  created_at: SAMPLE_TIME,
  last_used_at: null,
};
