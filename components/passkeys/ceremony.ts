import {
  browserSupportsWebAuthnAutofill,
  startAuthentication,
  startRegistration,
  WebAuthnAbortService,
} from '@simplewebauthn/browser';
import type { CreationOptions } from '@/lib/passkeys/add-passkey';
import type { RequestOptions } from '@/lib/passkeys/request-options';

// What a browser asks its device, and what it says when that came to nothing. Always loaded when it is needed.

/** `message`: what to do next. Null: nobody needs to be told, because something else was begun instead. */
export type Ceremony<Credential> = { ok: true; credential: Credential } | { ok: false; message: string | null };

/** Makes a passkey on a device of the person's choice. */
export const createPasskey = (options: CreationOptions) =>
  told(options.timeout, 'make', () => startRegistration({ optionsJSON: options }));

/** Uses one that a device has. */
export const askForPasskey = (options: RequestOptions) =>
  told(options.timeout, 'use', () => startAuthentication({ optionsJSON: options }));

/** Offers passkeys in the suggestions of a field whose `autocomplete` ends in `webauthn`; waits until one is picked. */
export const suggestPasskeys = (options: RequestOptions) =>
  told(options.timeout, 'use', () => startAuthentication({ optionsJSON: options, useBrowserAutofill: true }));

export const canSuggestPasskeys = browserSupportsWebAuthnAutofill;

/** Ends whatever is waited for. */
export const stopWaiting = () => WebAuthnAbortService.cancelCeremony();

async function told<Credential>(
  timeout: number | undefined,
  doing: 'make' | 'use',
  work: () => Promise<Credential>,
): Promise<Ceremony<Credential>> {
  const began = performance.now();
  try {
    return { ok: true, credential: await work() };
  } catch (error) {
    const tookTooLong = performance.now() - began > (timeout ?? Infinity) * 0.95;
    return { ok: false, message: sentence(error, doing, tookTooLong) };
  }
}

function sentence(error: unknown, doing: 'make' | 'use', tookTooLong: boolean): string | null {
  const { code = '', name = '' } = error instanceof Error ? (error as Error & { code?: string }) : {};
  switch (code) {
    case 'ERROR_CEREMONY_ABORTED':
      return null;
    case 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED':
      return 'That device or password manager has a passkey for this account already. Choose another one, or use that.';
    case 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT':
      return 'That security key can’t keep passkeys. Use your phone, your computer or a password manager.';
    case 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT':
      return 'That device doesn’t check who uses it. Set up its screen lock or PIN, then try again.';
    case 'ERROR_INVALID_DOMAIN':
    case 'ERROR_INVALID_RP_ID':
      return 'Passkeys don’t work at this address. Open the app at its usual address.';
  }
  if (name === 'NotAllowedError') {
    if (tookTooLong) return 'That took too long. Try again.';
    return doing === 'make'
      ? 'No passkey was made. Try again, and confirm when your device asks.'
      : 'No passkey was used. Try again, or use another way in.';
  }
  return 'This browser can’t use passkeys just now. Try again, or use another browser or device.';
}
