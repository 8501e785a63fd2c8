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

/** What a voice call says: `text` is all of it, the parts are there for who wants pauses between them. */
export type SpokenCode = {
  /** The language of the words, e.g. `hi-IN`, for choosing a voice. There may be none for it (Uzbek): ask for English then. */
  tag: string;
  intro: string;
  /** `1, 2, 3, 4, 5, 6`: read digit by digit, with a pause after each. */
  digits: string;
  again: string;
  warning: string;
  text: string;
};

/** The code in spoken sentences: introduced, read twice digit by digit, and the warning last. */
export function spokenCode(input: { appName: string; code: string; locale: string }): SpokenCode {
  const { tag, intro: introduce, again, warning } = templates[messageLocale(input.locale)].spoken;
  const intro = introduce(input.appName);
  const digits = [...input.code].join(', ');
  return { tag, intro, digits, again, warning, text: `${intro} ${digits}. ${again} ${digits}. ${warning}` };
}

function life(template: Template, seconds: number): string {
  return seconds >= 60 && seconds % 60 === 0 ? template.minutes(seconds / 60) : template.seconds(seconds);
}
