import type { z } from 'zod';
import type { ErrorCode } from '../errors';

/** Who may make a call. `optional`: anyone, and the session cookie alone says who they are. `vendor`: an SMS vendor's server, known by what it sends. */
export type CallAuth = 'none' | 'optional' | 'signed-in' | 'admin' | 'vendor';

/** What a body or an answer looks like, with a sample that the tests hold against it. */
export type BodyDescription = { schema: z.ZodType; example: unknown; mediaType?: string };

/** What refusals look like, with what each of them says; `example` is the one of `invalid_code`. */
export type RefusalDescription = BodyDescription & { exampleOf: (code: ErrorCode) => object };

/**
 * One call of the API as its description tells it, for the canonical API and for every dialect. The route parses with the
 * very schema that stands here, so the two can't drift apart.
 */
export type ApiCall = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** As OpenAPI writes it: `/api/me/sessions/{id}`. */
  path: string;
  /** Further paths that answer the same. */
  aliases?: readonly string[];
  summary: string;
  description?: string;
  auth: CallAuth;
  /** It only reads, whatever its method. */
  changesNothing?: true;
  query?: z.ZodObject;
  request?: BodyDescription & { optional?: boolean };
  /** The answers that are no refusal, by status. Without a body: an empty answer, or a redirect. */
  answers: Readonly<Record<number, { description: string; body?: BodyDescription }>>;
  /** The refusals of `lib/errors.ts` it can answer with. */
  refusals: readonly ErrorCode[];
  /** The limits that hold for it, in words with figures from `lib/policy.ts`. */
  limits?: readonly string[];
};
