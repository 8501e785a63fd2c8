import { z } from 'zod';
import type { ErrorCode } from '../errors';
import { problemOf, refusalResponse, type RefusalRenderer } from '../http/problem';
import { refreshRefusals, sendRefusals, verifyRefusals } from '../openapi/refusals';
import { SAMPLE_ID } from './samples';

/**
 * What each of our refusals is called in a dialect: a sentence for the person. A refusal that a dialect has no sentence for
 * does not compile. The statuses are those of `lib/errors.ts` everywhere.
 */
export type RefusalSentences = Record<ErrorCode, string>;

/** What every refusal carries beside a dialect's own envelope; clients of before do not look at it. */
const stableFields = {
  code: z.string(),
  request_id: z.uuid(),
  retry_after_seconds: z.int().optional(),
  attempts_left: z.int().optional(),
  errors: z.array(z.strictObject({ path: z.string(), message: z.string() })).optional(),
};

/** How a dialect answers refusals (for `methods`), and what such an answer looks like and says (for its description). */
export function refusalsIn<Shape extends z.ZodRawShape>(
  sentences: RefusalSentences,
  envelope: { shape: Shape; of: (message: string) => { [Field in keyof Shape]: z.output<Shape[Field]> } },
) {
  const render: RefusalRenderer = (refusal, requestId, headers) => {
    const { code, request_id, retry_after_seconds, attempts_left, errors } = problemOf(refusal, requestId);
    const stable = { code, request_id, retry_after_seconds, attempts_left, errors };
    const body = { ...envelope.of(refusal.message ?? sentences[code]), ...stable };
    return refusalResponse(refusal, body, 'application/json', headers);
  };
  const exampleOf = (code: ErrorCode) => ({
    ...envelope.of(sentences[code]),
    code,
    request_id: SAMPLE_ID,
    ...(code === 'invalid_code' ? { attempts_left: 4 } : {}),
  });
  const schema = z.strictObject({ ...envelope.shape, ...stableFields });
  return { render, sentences, body: { schema, example: exampleOf('invalid_code'), exampleOf } };
}

const always = ['service_unavailable', 'origin_not_allowed'] as const satisfies ErrorCode[];
const ofBodies = ['invalid_request', 'payload_too_large', 'unsupported_media_type'] as const satisfies ErrorCode[];
const ofSessions = ['unauthenticated', 'token_expired', 'token_revoked'] as const satisfies ErrorCode[];

/** What the calls of any dialect can be refused with, by what they do: what the use cases say, and what their routes add. */
export const refusalsOf = {
  sending: [...always, ...ofBodies, ...sendRefusals],
  verifying: [...always, ...ofBodies, ...verifyRefusals],
  refreshing: [...always, ...ofBodies, ...refreshRefusals],
  reading: ['service_unavailable', ...ofSessions],
  changing: [...always, ...ofSessions, 'too_many_requests'],
  /** In addition, where a body is read. */
  bodies: ofBodies,
} as const satisfies Record<string, readonly ErrorCode[]>;
