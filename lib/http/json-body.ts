import type { z } from 'zod';
import { refuse, type Result } from '../errors';
import { bodyPolicy } from '../policy';

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
  if (!bytes) {
    return refuse('payload_too_large', { message: `The body may have at most ${bodyPolicy.jsonBytes / 1024} KiB.` });
  }
  if (bytes.length === 0 && optional) {
    return check(schema, {});
  }
  if (!/^application\/json\s*(;|$)/i.test(request.headers.get('content-type') ?? '')) {
    return refuse('unsupported_media_type', { message: 'Send JSON, with Content-Type: application/json.' });
  }
  try {
    return check(schema, JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)));
  } catch {
    return refuse('invalid_request', { message: 'The body is not valid JSON.' });
  }
}

/** The whole body, or null when it has more than `most` bytes. */
export async function readBytes(request: Request, most: number): Promise<Buffer | null> {
  if (Number(request.headers.get('content-length') ?? 0) > most) {
    return null;
  }
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body ?? []) {
    length += chunk.length;
    if (length > most) {
      return null;
    }
    chunks.push(chunk);
  }
  return Buffer.concat(chunks, length);
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
