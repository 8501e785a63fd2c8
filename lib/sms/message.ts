/**
 * The text that carries a code: brand first (operators in Bangladesh drop codes without one), life, warning, and the
 * last line browsers read to fill the code in, bound to our host (WICG "origin-bound one-time codes").
 */
export function codeMessage(options: { appName: string; appUrl: string; code: string; ttlSeconds: number }): string {
  const { appName, appUrl, code, ttlSeconds } = options;
  return [
    `Your ${appName} verification code is: ${code}`,
    `Valid for ${life(ttlSeconds)}.`,
    'Do not share this code with anyone.',
    '',
    `@${new URL(appUrl).hostname} #${code}`,
  ].join('\n');
}

function life(seconds: number): string {
  const minutes = Math.floor(seconds / 60);
  if (minutes === 0 || seconds % 60 !== 0) {
    return `${seconds} seconds`;
  }
  return minutes === 1 ? '1 minute' : `${minutes} minutes`;
}
