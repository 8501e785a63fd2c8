import type { ErrorClass, Finding, SendFailure } from '../sender';
import type { VendorAnswer } from '../vendor-http';

/**
 * What stands between us and a vendor, for the operator. `cause` and `remedy` are sentences of our own: what a vendor writes
 * may quote the number or the key, so its words are never passed on.
 */
export type Trouble = { errorClass: ErrorClass; errorCode: string | null; cause: string; remedy: string };

/** A vendor as its troubles are told: its name, and which settings hold what can be wrong. */
export type VendorIdentity = { label: string; urlSetting: string };

/** A line in a vendor's table of codes; the code itself stands beside it. */
export type Known = Omit<Trouble, 'errorCode'>;

/** Another vendor may try unless the number itself is the reason. */
export function failureOf({ errorClass, errorCode, cause, remedy }: Trouble): SendFailure {
  const anotherMayTry = errorClass !== 'recipient' && errorClass !== 'blocked';
  const doubt = errorClass === 'unknown' ? ' The message may have been taken.' : '';
  return { accepted: false, errorClass, errorCode, operatorHint: `${cause}${doubt} ${remedy}`, anotherMayTry };
}

export const findingOf = ({ cause, remedy }: Trouble): Finding => ({ level: 'failed', text: cause, remedy });

/** No whole answer came. */
export function silenceOf(
  { label, urlSetting }: VendorIdentity,
  answer: Exclude<VendorAnswer, { kind: 'answered' }>,
): Trouble {
  if (answer.kind === 'unreachable') {
    return {
      errorClass: 'transient',
      errorCode: 'unreachable',
      cause: `${label} can’t be reached (${answer.reason}).`,
      remedy: `Check ${urlSetting}, its certificate, DNS and what the firewall lets out.`,
    };
  }
  return {
    errorClass: 'unknown',
    errorCode: answer.reason === 'too_large' ? 'garbage' : answer.reason,
    cause: `${label} was called and ${silences[answer.reason]}.`,
    remedy: `If it lasts, ask ${label} whether the API is in trouble, and check ${urlSetting}.`,
  };
}

const silences = {
  timeout: 'gave no whole answer in time',
  reset: 'broke off before it answered',
  too_large: 'answered far more than the API ever does',
};

/** An HTTP status that says what is wrong by itself, or null: then the body has to tell. */
export function statusTrouble({ label, urlSetting }: VendorIdentity, status: number): Trouble | null {
  const errorCode = `http_${status}`;
  const wrongAddress = `Check ${urlSetting}: it must be the address of the API itself.`;
  if (status >= 300 && status < 400) {
    const cause = `${label} answered HTTP ${status}, a redirect, which is not followed with credentials.`;
    return { errorClass: 'configuration', errorCode, cause, remedy: wrongAddress };
  }
  if (status === 404 || status === 405) {
    const cause = `${label} knows no such address (HTTP ${status}).`;
    return { errorClass: 'configuration', errorCode, cause, remedy: wrongAddress };
  }
  if (status === 402) {
    const cause = `${label} asks for payment (HTTP 402).`;
    return { errorClass: 'balance', errorCode, cause, remedy: 'Top up the account.' };
  }
  if (status === 429) {
    const cause = `${label} says there are too many requests (HTTP 429).`;
    return {
      errorClass: 'rate',
      errorCode,
      cause,
      remedy: `Ask ${label} for a higher rate, or lower SMS_BUDGET_PER_HOUR.`,
    };
  }
  if (status === 502 || status === 504) {
    const cause = `${label}’s gateway got no answer from the service behind it (HTTP ${status}).`;
    return { errorClass: 'unknown', errorCode, cause, remedy: `Nothing to do here; if it lasts, ask ${label}.` };
  }
  if (status >= 500) {
    const cause = `${label} is in trouble (HTTP ${status}).`;
    return { errorClass: 'transient', errorCode, cause, remedy: `Nothing to do here; if it lasts, ask ${label}.` };
  }
  return null;
}

/** An answer that is a JSON object, or null. */
export function jsonObject(text: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

/**
 * A vendor's code as a number, whether it writes it as one or as text; null for anything else. Six digits at most: what is
 * longer may be a phone number, and codes are logged.
 */
export function codeOf(value: unknown): number | null {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  return /^\d{1,6}$/.test(text) ? Number(text) : null;
}
