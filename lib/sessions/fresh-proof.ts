import type { Clock } from '../clock';
import { refuse, type Refusal } from '../errors';
import { sessionPolicy } from '../policy';
import type { SignedIn } from './authenticate';

/**
 * What guards an action that a stolen session must not be enough for: null when the person proved who they are (a code,
 * or another way in) within the last ten minutes, else the refusal that asks for it.
 */
export function missingProof(clock: Clock, who: SignedIn): Refusal<'fresh_proof_required'> | null {
  const proofAgeSeconds = (clock.now().getTime() - who.provedAt.getTime()) / 1000;
  return proofAgeSeconds > sessionPolicy.freshProofSeconds ? refuse('fresh_proof_required') : null;
}
