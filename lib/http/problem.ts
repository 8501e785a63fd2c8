import { type ErrorCode, errorTable, type FieldError, type Refusal } from '../errors';

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
  };
}

/** The same as a response, with `Retry-After` where a wait is known and `WWW-Authenticate` on a 401. */
export function problemResponse(
  refusal: Omit<Refusal, 'ok'>,
  requestId: string,
  headers: Record<string, string> = {},
): Response {
  const problem = problemOf(refusal, requestId);
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json',
      'cache-control': 'no-store',
      'x-request-id': requestId,
      ...(problem.retry_after_seconds === undefined ? {} : { 'retry-after': String(problem.retry_after_seconds) }),
      ...(problem.status === 401 ? { 'www-authenticate': 'Bearer' } : {}),
      ...headers,
    },
  });
}

/** `resend_too_soon` → `Resend too soon` */
function titleOf(code: ErrorCode): string {
  const words = code.replaceAll('_', ' ');
  return words.charAt(0).toUpperCase() + words.slice(1);
}
