import { type CaptchaDemand, type ErrorCode, errorTable, type FieldError, type Refusal } from '../errors';

/** RFC 9457 problem details, with what simple clients look for (`success`, `message`) beside it. */
export type Problem = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ErrorCode;
  request_id: string;
  success: false;
  message: string;
  retry_after_seconds?: number;
  attempts_left?: number;
  errors?: FieldError[];
  captcha?: CaptchaDemand;
};

/** The body of an error answer. `detail` and `message` are the sentence for the person. */
export function problemOf(refusal: Omit<Refusal, 'ok'>, requestId: string): Problem {
  const { status, message } = errorTable[refusal.code];
  const detail = refusal.message ?? message;
  return {
    type: `urn:latchkey:error:${refusal.code}`,
    title: titleOf(refusal.code),
    status,
    detail,
    code: refusal.code,
    request_id: requestId,
    success: false,
    message: detail,
    ...(refusal.retryAfterSeconds === undefined ? {} : { retry_after_seconds: refusal.retryAfterSeconds }),
    ...(refusal.attemptsLeft === undefined ? {} : { attempts_left: refusal.attemptsLeft }),
    ...(refusal.errors ? { errors: refusal.errors } : {}),
    ...(refusal.captcha ? { captcha: refusal.captcha } : {}),
  };
}

/** How a refusal becomes a response: as a problem, or in the envelope that the clients of a dialect expect. */
export type RefusalRenderer = (
  refusal: Omit<Refusal, 'ok'>,
  requestId: string,
  headers?: Record<string, string>,
) => Response;

/** The same as a response. */
export const problemResponse: RefusalRenderer = (refusal, requestId, headers) =>
  refusalResponse(refusal, problemOf(refusal, requestId), 'application/problem+json', {
    'x-request-id': requestId,
    ...headers,
  });

/** An error answer with any body, with `Retry-After` where a wait is known and `WWW-Authenticate` on a 401. */
export function refusalResponse(
  refusal: Omit<Refusal, 'ok'>,
  body: object,
  mediaType: string,
  headers: Record<string, string> = {},
): Response {
  const { status } = errorTable[refusal.code];
  return new Response(JSON.stringify(body), {
    status,
    headers: {
      'content-type': mediaType,
      'cache-control': 'no-store',
      ...(refusal.retryAfterSeconds === undefined ? {} : { 'retry-after': String(refusal.retryAfterSeconds) }),
      ...(status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...headers,
    },
  });
}

/** `resend_too_soon` → `Resend too soon` */
function titleOf(code: ErrorCode): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
