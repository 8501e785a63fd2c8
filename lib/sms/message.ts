import type { CodePurpose } from '../otp/challenge-store';

/**
 * The text that carries a code: brand first (operators in Bangladesh drop codes without one), life, warning, and the
 * last line browsers read to fill the code in, bound to our host (WICG "origin-bound one-time codes").
 */
export function codeMessage(options: {
  purpose: CodePurpose;
  appName: string;
  appUrl: string;
  code: string;
  ttlSeconds: number;
}): string {
  const { purpose, appName, appUrl, code, ttlSeconds } = options;
  // Who talks a person out of a code must not be able to say what it is for.
  const confirms = purpose === 'confirm';
  return [
    `Your ${appName} ${confirms ? 'confirmation' : 'verification'} code is: ${code}`,
    `Valid for ${life(ttlSeconds)}.`,
    confirms ? 'It can change your account: never share it.' : 'Do not share this code with anyone.',
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
