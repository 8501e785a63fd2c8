import type { CodePurpose } from '../otp/challenge-store';
import { messageLocale, type Template, templates } from './templates';

export type CodeMessage = {
  purpose: CodePurpose;
  appName: string;
  appUrl: string;
  code: string;
  ttlSeconds: number;
  /** A BCP 47 tag. */
  locale: string;
};

/**
 * The text that carries a code: brand, code, life, warning, and the last line browsers read to fill the code in, bound to our
 * host (WICG "origin-bound one-time codes": a host, never a port).
 */
export function codeMessage({ purpose, appName, appUrl, code, ttlSeconds, locale }: CodeMessage): string {
  const template = templates[messageLocale(locale)];
  const filled = { app: appName, code, life: life(template, ttlSeconds) };
  const words = purpose === 'sign_in' ? template.verification(filled) : template.confirmation(filled);
  return `${words}\n@${new URL(appUrl).hostname} #${code}`;
}

/** The words of a call, and the language they are in: whoever reads them out pauses between the digits. */
export const spokenWords = (locale: string): Template['spoken'] => templates[messageLocale(locale)].spoken;

/** All that a call says, as text: the code introduced, read twice digit by digit, and the warning last. */
export function spokenCode({ appName, code, locale }: { appName: string; code: string; locale: string }): string {
  const { intro, again, warning } = spokenWords(locale);
  const digits = [...code].join(', ');
  return `${intro(appName)} ${digits}. ${again} ${digits}. ${warning}`;
}

function life(template: Template, seconds: number): string {
  return seconds >= 60 && seconds % 60 === 0 ? template.minutes(seconds / 60) : template.seconds(seconds);
}
