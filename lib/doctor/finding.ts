import type { Finding } from '../sms/sender';

/** A line of the report and what it is about. */
export type CheckLine = Finding & { area: string };

export const ok = (text: string): Finding => ({ level: 'ok', text });
export const warning = (text: string, remedy: string): Finding => ({ level: 'warning', text, remedy });
export const failed = (text: string, remedy: string): Finding => ({ level: 'failed', text, remedy });

/** The worst there is. */
export function worst(lines: readonly Finding[]): Finding['level'] {
  return (['failed', 'warning'] as const).find((level) => lines.some((line) => line.level === level)) ?? 'ok';
}
