import { generateAuthenticationOptions } from '@simplewebauthn/server';
import { passkeyPolicy } from '../policy';
import type { RelyingParty } from './relying-party';

/** What a browser or app hands to its device to use a passkey, as it is (`PublicKeyCredentialRequestOptionsJSON`). */
export type RequestOptions = Awaited<ReturnType<typeof generateAuthenticationOptions>>;

/** Asks for a passkey and for its owner to be checked; `own`: for one of these. */
export const requestOptions = (
  party: RelyingParty,
  challenge: string,
  own?: { id: string; transports: string[] }[],
): Promise<RequestOptions> =>
  generateAuthenticationOptions({
    rpID: party.id,
    challenge: Buffer.from(challenge, 'base64url'),
    timeout: passkeyPolicy.challengeSeconds * 1000,
    userVerification: 'required',
    allowCredentials: own,
  });
