/**
 * Every code the API can answer with: its HTTP status and what it tells the person. The codes are a contract with
 * clients; a message may be reworded, a code may not. `retryAfterSeconds`: when to come back, where nobody knows better.
 */
export const errorTable = {
  invalid_request: {
    status: 400,
    message: 'Some of what was sent can’t be used. Check the marked fields and try again.',
  },
  invalid_phone: { status: 400, message: 'That doesn’t look like a phone number. Check the country and the digits.' },
  unsupported_country: { status: 400, message: 'We can’t send codes to numbers of this country yet.' },
  undeliverable_phone: { status: 400, message: 'This number can’t receive text messages. Use a mobile number.' },
  recipient_opted_out: {
    status: 400,
    message:
      'Our messages don’t get through to this number: it opted out of them, or they are blocked there. Reply START if you once replied STOP, or use another number.',
  },
  invalid_code: { status: 400, message: 'That code isn’t right. Check the message and try again.' },
  code_expired: { status: 400, message: 'That code no longer works. Ask for a new one.' },
  unauthenticated: { status: 401, message: 'Please sign in.' },
  token_expired: { status: 401, message: 'Your access has expired. Refresh it or sign in again.' },
  token_revoked: { status: 401, message: 'You have been signed out. Please sign in again.' },
  refresh_reused: { status: 401, message: 'For your safety this device was signed out. Please sign in again.' },
  forbidden: { status: 403, message: 'You may not do this.' },
  origin_not_allowed: { status: 403, message: 'This request did not come from our own pages, so it was refused.' },
  account_suspended: { status: 403, message: 'This account is suspended. Contact support.' },
  fresh_proof_required: { status: 403, message: 'Confirm it’s you with a new code first.' },
  // Reserved: no call needs a complete profile (docs/decisions/0020-openapi-and-its-reference.md).
  profile_required: { status: 403, message: 'Complete your profile first.' },
  not_found: { status: 404, message: 'There is nothing here.' },
  method_not_allowed: { status: 405, message: 'This address does not answer that method.' },
  conflict: { status: 409, message: 'This was changed meanwhile. Load it again and retry.' },
  payload_too_large: { status: 413, message: 'That is too large to accept.' },
  unsupported_media_type: { status: 415, message: 'This type of content isn’t accepted here.' },
  resend_too_soon: { status: 429, message: 'A code was sent a moment ago. Wait a little before asking for another.' },
  too_many_requests: { status: 429, message: 'Too many requests. Wait a while and try again.' },
  too_many_attempts: { status: 429, message: 'Too many wrong codes. Wait a while, then ask for a new one.' },
  sms_unavailable: {
    status: 503,
    message: 'We couldn’t send the message just now. Try again in a moment.',
    retryAfterSeconds: 10,
  },
  sms_paused: { status: 503, message: 'Sending codes is paused for the moment. Try again later.' },
  overloaded: { status: 503, message: 'We are very busy. Try again in a few seconds.' },
  service_unavailable: {
    status: 503,
    message: 'Something on our side isn’t available. Try again in a moment.',
    retryAfterSeconds: 5,
  },
} as const satisfies Record<string, { status: number; message: string; retryAfterSeconds?: number }>;

export type ErrorCode = keyof typeof errorTable;

export type FieldError = { path: string; message: string };

/** An expected "no" of a use case: a value, not an exception. `message` replaces the table's where more can be said. */
export type Refusal<Code extends ErrorCode = ErrorCode> = {
  ok: false;
  code: Code;
  message?: string;
  retryAfterSeconds?: number;
  attemptsLeft?: number;
  errors?: FieldError[];
  /** Repeated with a `captcha_token` of this widget, the request is let through. */
  captcha?: CaptchaDemand;
};

/** What a client needs to show the widget. `script_url`: only where the settings name another than the provider's own. */
export type CaptchaDemand = { provider: 'turnstile' | 'hcaptcha'; site_key: string; script_url?: string };

export type Result<Value, Code extends ErrorCode> = ({ ok: true } & Value) | Refusal<Code>;

/** Builds a refusal. */
export const refuse = <Code extends ErrorCode>(
  code: Code,
  more: Omit<Refusal<Code>, 'ok' | 'code'> = {},
): Refusal<Code> => {
  const row: { status: number; retryAfterSeconds?: number } = errorTable[code];
  return { ok: false, code, ...(row.retryAfterSeconds && { retryAfterSeconds: row.retryAfterSeconds }), ...more };
};

/** A refusal thrown through code that can't return one (a full queue). */
export class RefusalError extends Error {
  constructor(readonly refusal: Refusal) {
    super(refusal.code);
    this.name = 'RefusalError';
  }
}

/** Next may bundle the class more than once, so it is known by its name and not by its identity. */
export const isRefusalError = (error: unknown): error is RefusalError =>
  error instanceof Error && error.name === 'RefusalError' && 'refusal' in error;
