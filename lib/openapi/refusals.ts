import type { lookedUpDeliveries, lookUpNumber, unlockNumber } from '../admin/look-up';
import type { ErrorCode } from '../errors';
import type { CheckCodeRefusal } from '../otp/check-code';
import type { SendCodeRefusal } from '../otp/send-code';
import type { VerifyCodeRefusal } from '../otp/verify-code';
import type { addPasskey, passkeyCreationOptions } from '../passkeys/add-passkey';
import type { confirmWithPasskey, passkeyProofOptions } from '../passkeys/confirm-with-passkey';
import type { removePasskey, renamePasskey } from '../passkeys/manage-passkeys';
import type { passkeySignInOptions, signInWithPasskey } from '../passkeys/sign-in-with-passkey';
import type { makeRecoveryCodes, recover } from '../recovery-codes/recovery-codes';
import type { RefreshRefusal } from '../sessions/refresh';
import type { ApiCall } from './api-call';

/** All codes of a use case: one that is missing here, or too many, does not compile. */
const all = <Code extends ErrorCode>(codes: Record<Code, true>) => Object.keys(codes) as Code[];

/** What a use case refuses with, by its own type. */
type RefusalOf<UseCase extends (...input: never[]) => Promise<unknown>> = Extract<
  Awaited<ReturnType<UseCase>>,
  { ok: false; code: ErrorCode }
>['code'];

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

const numbers = { invalid_phone: true, unsupported_country: true, undeliverable_phone: true } as const;
const signatures = { invalid_code: true, code_expired: true, not_found: true } as const;
const signingIn = { too_many_requests: true, account_suspended: true, forbidden: true } as const;

export const passkeyRefusals = {
  options: all<RefusalOf<typeof passkeySignInOptions>>({ too_many_requests: true, not_found: true }),
  verify: all<RefusalOf<typeof signInWithPasskey>>({ ...signatures, ...signingIn }),
  creationOptions: all<RefusalOf<typeof passkeyCreationOptions>>({ fresh_proof_required: true, not_found: true }),
  add: all<RefusalOf<typeof addPasskey>>({ ...signatures, conflict: true }),
  rename: all<RefusalOf<typeof renamePasskey>>({ not_found: true }),
  remove: all<RefusalOf<typeof removePasskey>>({ fresh_proof_required: true, not_found: true, conflict: true }),
  proofOptions: all<RefusalOf<typeof passkeyProofOptions>>({ conflict: true, not_found: true }),
  proof: all<RefusalOf<typeof confirmWithPasskey>>(signatures),
};

export const recoveryRefusals = {
  recover: all<RefusalOf<typeof recover>>({ ...numbers, ...signingIn, invalid_code: true }),
  make: all<RefusalOf<typeof makeRecoveryCodes>>({
    fresh_proof_required: true,
    conflict: true,
    forbidden: true,
    token_revoked: true,
  }),
};

export const adminRefusals = {
  deliveries: all<RefusalOf<typeof lookUpNumber | typeof lookedUpDeliveries>>({
    ...numbers,
    too_many_requests: true,
    not_found: true,
  }),
  unlock: all<RefusalOf<typeof unlockNumber>>(numbers),
};

/** What a call is refused with: its own list, and what the wrapper of every such route adds (`lib/http/endpoint.ts`). */
export function refusalsOf(call: ApiCall): ErrorCode[] {
  const signedIn = call.auth === 'signed-in' || call.auth === 'admin';
  const unsafe = call.method !== 'GET';
  const json = call.request && (call.request.mediaType ?? 'application/json') === 'application/json';
  const codes: ErrorCode[] = [
    ...call.refusals,
    'service_unavailable',
    ...(signedIn ? (['unauthenticated', 'token_expired', 'token_revoked', 'origin_not_allowed'] as const) : []),
    ...(signedIn && unsafe && !call.changesNothing ? (['too_many_requests'] as const) : []),
    ...(call.auth === 'admin' ? (['forbidden'] as const) : []),
    ...(unsafe && call.auth !== 'vendor' ? (['origin_not_allowed'] as const) : []),
    ...(json ? (['invalid_request', 'payload_too_large', 'unsupported_media_type'] as const) : []),
  ];
  return [...new Set(codes)].sort();
}
