/** Why a secret is not worth its name, as the rest of a sentence; null: it is. */
export function secretProblem(secret: string): string | null {
  if (secret.length < 32) return 'has fewer than 32 characters';
  return isGuessable(secret) ? 'is a well-known or guessable value' : null;
}

/** Too few different characters, or words that stand in every example file. */
export function isGuessable(secret: string): boolean {
  return (
    new Set(secret).size < 10 ||
    /^\d+$/.test(secret) ||
    /change.?me|your.?secret|nextauth|example|placeholder|password|super.?secret|0123456789abcdef/i.test(secret)
  );
}
