/**
 * Runs a server action and sorts what may come back: the action's own answer, `moved` when the server sent the visitor to
 * another page (the router follows by itself), `unreachable` when no answer arrived at all.
 */
export async function runAction<Answer>(action: () => Promise<Answer>): Promise<Answer | 'moved' | 'unreachable'> {
  try {
    return await action();
  } catch (error) {
    // Next tells of a redirect by an error whose digest starts with this word.
    const digest = error instanceof Error && 'digest' in error ? String(error.digest) : '';
    return digest.startsWith('NEXT_REDIRECT') ? 'moved' : 'unreachable';
  }
}

export const UNREACHABLE = 'We couldn’t reach the server. Check your connection and try again.';
