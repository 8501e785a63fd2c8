import { sql } from 'drizzle-orm';
import type { SendCodeDeps } from '../../otp/send-code';
import { freshAddress, freshPhone } from '../../otp/testing';
import type { SignedIn } from '../../sessions/authenticate';
import { signedInWith } from '../../sessions/testing';
import { addPasskey, passkeyCreationOptions } from '../add-passkey';
import { passkeySignInOptions, signInWithPasskey } from '../sign-in-with-passkey';
import { SoftAuthenticator, type Twist } from './soft-authenticator';

/** Adds a passkey of a new device to somebody's account. */
export async function withPasskey(deps: SendCodeDeps, who: SignedIn, synced = true): Promise<SoftAuthenticator> {
  const device = new SoftAuthenticator(deps.env.APP_URL, synced);
  const begun = await passkeyCreationOptions(deps, who);
  if (!begun.ok) throw new Error(begun.code);
  const registration = device.register(begun.options);
  const added = await addPasskey(deps, who, { registration, address: freshAddress(), userAgent: null });
  if (!added.ok) throw new Error(added.code);
  return device;
}

/** Somebody who signed in with a code and added a passkey. */
export async function personWithPasskey(deps: SendCodeDeps, synced = true) {
  const phone = freshPhone();
  const who = await signedInWith(deps, phone);
  return { phone, who, device: await withPasskey(deps, who, synced) };
}

/** What was asked of a device, from an address of its own. */
export async function asked(deps: SendCodeDeps) {
  const begun = await passkeySignInOptions(deps, { address: freshAddress() });
  if (!begun.ok) throw new Error(begun.code);
  return begun;
}

/** Signs in with a device's passkey. */
export async function enterWith(deps: SendCodeDeps, device: SoftAuthenticator, twist: Twist = {}) {
  const { flow, options } = await asked(deps);
  return signInWithPasskey(deps, { flow, assertion: device.assert(options, twist), ...fromSomewhere() });
}

export const fromSomewhere = () => ({ kind: 'api' as const, address: freshAddress(), userAgent: null });

export const eventsOf = async (deps: SendCodeDeps, userId: string) =>
  (await deps.db.execute<{ event: string }>(sql`select event from audit_events where user_id = ${userId}`)).map(
    ({ event }) => event,
  );
