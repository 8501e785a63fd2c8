import type { NextRequest } from 'next/server';
import { isRefusalError, type Refusal, refuse } from '../errors';
import { bodyPolicy } from '../policy';
import { readBytes } from './body-bytes';
import { parseStrictJson } from './strict-json';

/**
 * Why a POST to a page must not reach Next's decoder of server actions, or null. Next answers what it can't decode with a
 * 500 and quotes the body in its log; our actions take a few plain strings, so what they may look like is easily said.
 */
export async function actionRefusal(request: NextRequest): Promise<Refusal | null> {
  const type = request.headers.get('content-type') ?? '';
  // Next takes for a form whatever begins like one, so all of the kind must be readable as one.
  const multipart = /^multipart\//i.test(type);
  const called = request.headers.has('next-action');
  if (called && !/^text\/plain\s*(;|$)/i.test(type) && !multipart) {
    return refuse('unsupported_media_type');
  }
  if (!called && !multipart) {
    return null;
  }
  const body = await readBytes(request.clone(), bodyPolicy.jsonBytes).catch(refusalOf);
  if (!Buffer.isBuffer(body)) {
    return body ?? refuse('payload_too_large');
  }
  const fits = multipart ? await isPlainForm(body, type) : isPlainCall(body.toString());
  return fits ? null : refuse('invalid_request', { message: 'This is not what our own pages send.' });
}

function refusalOf(error: unknown): Refusal {
  if (isRefusalError(error)) return error.refusal;
  throw error;
}

/** A script's call: one plain object of strings, as React writes it. */
function isPlainCall(text: string): boolean {
  try {
    const call = parseStrictJson(text);
    const [input] = Array.isArray(call) && call.length === 1 ? call : [];
    return (
      typeof input === 'object' &&
      input !== null &&
      !Array.isArray(input) &&
      // A single $ starts a reference to something else in the body; React doubles one that a person typed.
      Object.entries(input).every(([, value]) => typeof value === 'string' && !/^\$(?!\$)/.test(value))
    );
  } catch {
    return false;
  }
}

/** A form sent without script: readable, and nothing but texts. */
async function isPlainForm(body: Buffer, contentType: string): Promise<boolean> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    return [...form].every(([, value]) => typeof value === 'string');
  } catch {
    return false;
  }
}
