import type { Clock } from '../clock';
import type { Database } from '../db/client';
import { type ErrorCode, refuse, type Result } from '../errors';
import { sessionPolicy } from '../policy';
import type { SignedIn } from './authenticate';
import { endSessions } from './session-store';

/**
 * Ends this session, or with `everywhere` all of the user's, which takes a fresh proof: a code within the last ten
 * minutes.
 */
export async function signOut(
  deps: { db: Database; clock: Clock },
  who: SignedIn,
  options: { everywhere: boolean; address: string },
): Promise<Result<object, Extract<ErrorCode, 'fresh_proof_required'>>> {
  const proofAgeSeconds = (deps.clock.now().getTime() - who.provedAt.getTime()) / 1000;
  if (options.everywhere && proofAgeSeconds > sessionPolicy.freshProofSeconds) {
    return refuse('fresh_proof_required');
  }
  const { user, sessionId } = who;
  await endSessions(deps.db, { sessionId, userId: user.id, phone: user.phone, ...options });
  return { ok: true };
}
