import type { ErrorCode } from '@/lib/errors';
import type { GoogleTrouble } from '@/lib/http/google-return';

// What the pages say when a round to Google, or a sign-in through NextAuth, brought nobody in. Used on the server only.

const words: Partial<Record<GoogleTrouble | ErrorCode, string>> = {
  google_cancelled: 'You left Google before you were done. Try again, or use your phone number.',
  google_unreachable: 'Google can’t be reached just now. Try again in a moment, or use your phone number.',
  google_failed: 'Signing in with Google didn’t work. Try again, or use your phone number.',
  google_taken: 'That Google account already opens another account here, so nothing was changed.',
  google_has_another: 'Your account has another Google account linked. Unlink that one first.',
  google_link_expired: 'That took too long, or you were signed out meanwhile. Nothing was changed: try again.',
  account_suspended: 'This account is suspended. Contact support.',
  fresh_proof_required: 'Confirm it’s you first: press “Link Google” again.',
  too_many_requests: 'Too many tries. Wait a few minutes and try again.',
  service_unavailable: 'Something on our side isn’t available. Try again in a moment.',
};

/** NextAuth's own names for what failed before anybody was led to Google. */
const names: Record<string, keyof typeof words> = { OAuthSignin: 'google_unreachable' };

/** A sentence of ours for the `error` of a page's address; undefined without one. Never what the address says. */
export function troubleSentence(error: string | string[] | undefined): string | undefined {
  if (error === undefined) {
    return undefined;
  }
  const name = String(error);
  const known = Object.entries(words).find(([key]) => key === (names[name] ?? name));
  return known?.[1] ?? 'That didn’t work. Try again.';
}
