import type { Problem } from '@/lib/http/problem';

/** What a page may need of a problem. */
export type Fault = Pick<Problem, 'code' | 'message' | 'errors' | 'attempts_left' | 'retry_after_seconds' | 'captcha'>;

/**
 * Runs a server action and sorts what may come back: the action's own answer, `moved` when the server sent the visitor to
 * another page (the router follows by itself), `unreachable` when no answer arrived at all, and a fault where a newer build
 * no longer knows this page's action.
 */
export async function runAction<Answer>(
  action: () => Promise<Answer>,
): Promise<Answer | Fault | 'moved' | 'unreachable'> {
  try {
    return await action();
  } catch (error) {
    // Next tells of a redirect by an error whose digest starts with this word.
    const { name, digest } = error as { name?: string; digest?: string };
    return digest?.startsWith('NEXT_REDIRECT')
      ? 'moved'
      : name === 'UnrecognizedActionError'
        ? outdated
        : 'unreachable';
  }
}

const outdated: Fault = { code: 'service_unavailable', message: 'This page is out of date. Load it again.' };

export const UNREACHABLE = 'We couldn’t reach the server. Check your connection and try again.';
