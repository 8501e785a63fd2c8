import type { Clock } from '../clock';
import type { Database } from '../db/client';
import type { Env } from '../env';
import { refuse, type Result } from '../errors';
import { isUuid } from '../random';
import type { SignedIn } from '../sessions/authenticate';
import { missingProof } from '../sessions/fresh-proof';
import { isOfferDue, passkeysOf, putOfferOff, removePasskey as remove, renamePasskey as rename } from './passkey-store';
import { relyingParty } from './relying-party';

type ManageDeps = { db: Database; clock: Clock; env: Env };

/** A passkey as its owner sees it; times are ISO 8601 UTC. `synced`: it is in a keychain that all of one's devices have. */
export type PasskeyView = {
  id: string;
  name: string;
  synced: boolean;
  created_at: string;
  last_used_at: string | null;
};

export const passkeyView = (passkey: {
  id: string;
  name: string;
  backedUp: boolean;
  createdAt: Date;
  lastUsedAt: Date | null;
}): PasskeyView => ({
  id: passkey.id,
  name: passkey.name,
  synced: passkey.backedUp,
  created_at: passkey.createdAt.toISOString(),
  last_used_at: passkey.lastUsedAt?.toISOString() ?? null,
});

/** One's own passkeys, the oldest first. */
export async function listPasskeys({ db }: Pick<ManageDeps, 'db'>, who: SignedIn): Promise<PasskeyView[]> {
  return (await passkeysOf(db, who.user.id)).map(passkeyView);
}

/** Gives a passkey of one's own another name. It opens nothing more for that, so it takes no fresh proof. */
export async function renamePasskey(
  { db }: Pick<ManageDeps, 'db'>,
  { user, sessionId }: SignedIn,
  input: { id: string; name: string; address: string },
): Promise<Result<object, 'not_found'>> {
  const by = { userId: user.id, sessionId, phone: user.phone, address: input.address };
  return isUuid(input.id) && (await rename(db, input, by)) ? { ok: true } : refuse('not_found');
}

/** Removes a passkey of one's own, which takes a fresh proof. `conflict`: nothing else would open the account. */
export async function removePasskey(
  { db, clock, env }: ManageDeps,
  who: SignedIn,
  input: { id: string; address: string },
): Promise<Result<object, 'fresh_proof_required' | 'not_found' | 'conflict'>> {
  const unproved = missingProof(clock, who);
  if (unproved) {
    return unproved;
  }
  if (!isUuid(input.id)) {
    return refuse('not_found');
  }
  const by = { userId: who.user.id, sessionId: who.sessionId, phone: who.user.phone, address: input.address };
  const passkey = {
    id: input.id,
    identityIssuer: env.google && env.GOOGLE_ISSUER,
    dormantAfterDays: env.DORMANT_AFTER_DAYS,
  };
  const outcome = await remove(db, passkey, by);
  if (outcome === 'last_way_in') {
    return refuse('conflict', {
      message:
        'This passkey is the only sure way into your account. Add or confirm a phone number, or add another passkey, first.',
    });
  }
  return outcome === 'removed' ? { ok: true } : refuse('not_found');
}

/** Whether to offer a passkey to somebody who has none: not where there can be none, and not for a month after "not now". */
export async function isPasskeyOffered({ db, env }: Pick<ManageDeps, 'db' | 'env'>, who: SignedIn): Promise<boolean> {
  return relyingParty(env) !== null && (await isOfferDue(db, who.user.id));
}

/** "Not now", on all of the person's devices. */
export async function putPasskeyOfferOff({ db }: Pick<ManageDeps, 'db'>, who: SignedIn): Promise<void> {
  await putOfferOff(db, who.user.id);
}
