import type { z } from 'zod';
import { refuse, type Result } from '../errors';
import { bodyPolicy } from '../policy';
import { isPacked, readBytes } from './body-bytes';
import { parseStrictJson } from './strict-json';

type BodyRefusal = 'invalid_request' | 'payload_too_large' | 'unsupported_media_type';

/**
 * Reads and checks a JSON body. 415 for another media type, 413 past the size limit (nothing beyond it is read), 400 with
 * the offending fields for the rest. `optional`: no body at all counts as `{}`.
 */
export async function readJson<Body>(
  request: Request,
  schema: z.ZodType<Body>,
  optional = false,
): Promise<Result<{ body: Body }, BodyRefusal>> {
  const bytes = await readBytes(request, bodyPolicy.jsonBytes);
  if (bytes === null) {
    return refuse('payload_too_large', { message: `The body may have at most ${bodyPolicy.jsonBytes / 1024} KiB.` });
  }
  if (bytes.length === 0 && optional) {
    return check(schema, {});
  }
  if (!isJson(request.headers)) {
    return refuse('unsupported_media_type', {
      message: 'Send JSON in UTF-8, not compressed, with Content-Type: application/json.',
    });
  }
  try {
    return check(schema, parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return refuse('invalid_request', { message: 'The body is not valid JSON, or names a field twice.' });
  }
}

/** JSON has one encoding (RFC 8259, 8.1), and a packed body could be of any size: nothing here unpacks one. */
function isJson(headers: Headers): boolean {
  const [type = '', ...parameters] = (headers.get('content-type') ?? '').split(';').map((part) => part.trim());
  const charset = parameters.find((parameter) => /^charset\s*=/i.test(parameter));
  return (
    /^application\/json$/i.test(type) &&
    (charset === undefined || /^charset\s*=\s*"?utf-?8"?$/i.test(charset)) &&
    !isPacked(headers)
  );
}

/** Checks a value against a schema; the refusal names each offending field by its path. */
export function check<Body>(schema: z.ZodType<Body>, value: unknown): Result<{ body: Body }, 'invalid_request'> {
  const parsed = schema.safeParse(value);
  if (parsed.success) {
    return { ok: true, body: parsed.data };
  }
  const errors = parsed.error.issues.flatMap((issue) =>
    issue.code === 'unrecognized_keys'
      ? issue.keys.map((key) => ({ path: [...issue.path, key].join('.'), message: 'This field is not known here' }))
      : [{ path: issue.path.join('.'), message: issue.message }],
  );
  return refuse('invalid_request', { errors });
}
