import type { ErrorCode } from '../errors';
import type { CheckCodeRefusal } from '../otp/check-code';
import type { SendCodeRefusal } from '../otp/send-code';
import type { VerifyCodeRefusal } from '../otp/verify-code';
import type { RefreshRefusal } from '../sessions/refresh';
import type { ApiCall } from './api-call';

/** All codes of a use case: one that is missing here, or too many, does not compile. */
const all = <Code extends ErrorCode>(codes: Record<Code, true>) => Object.keys(codes) as Code[];

export const sendRefusals = [
  ...all<SendCodeRefusal>({
    invalid_request: true,
    invalid_phone: true,
    unsupported_country: true,
    undeliverable_phone: true,
    recipient_opted_out: true,
    resend_too_soon: true,
    too_many_requests: true,
    sms_unavailable: true,
    sms_paused: true,
  }),
  'overloaded' as const,
];

const checking = {
  invalid_phone: true,
  unsupported_country: true,
  undeliverable_phone: true,
  invalid_code: true,
  code_expired: true,
  too_many_attempts: true,
  too_many_requests: true,
  sms_unavailable: true,
} as const;

export const checkRefusals = [...all<CheckCodeRefusal>(checking), 'overloaded' as const];
export const verifyRefusals = [
  ...all<VerifyCodeRefusal>({ ...checking, account_suspended: true, forbidden: true }),
  'overloaded' as const,
];
export const refreshRefusals = all<RefreshRefusal>({
  unauthenticated: true,
  token_expired: true,
  token_revoked: true,
  refresh_reused: true,
  too_many_requests: true,
});

/** What a call is refused with: its own list, and what the wrapper of every such route adds (`lib/http/endpoint.ts`). */
export function refusalsOf(call: ApiCall): ErrorCode[] {
  const signedIn = call.auth === 'signed-in' || call.auth === 'admin';
  const changes = call.method !== 'GET';
  const json = call.request && (call.request.mediaType ?? 'application/json') === 'application/json';
  const codes: ErrorCode[] = [
    ...call.refusals,
    'service_unavailable',
    ...(signedIn ? (['unauthenticated', 'token_expired', 'token_revoked', 'origin_not_allowed'] as const) : []),
    ...(signedIn && changes ? (['too_many_requests'] as const) : []),
    ...(call.auth === 'admin' ? (['forbidden'] as const) : []),
    ...(changes && call.auth !== 'vendor' ? (['origin_not_allowed'] as const) : []),
    ...(json ? (['invalid_request', 'payload_too_large', 'unsupported_media_type'] as const) : []),
  ];
  return [...new Set(codes)].sort();
}
