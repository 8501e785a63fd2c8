import type { NextRequest } from 'next/server';
import { type Refusal, refuse } from '../errors';
import { bodyPolicy } from '../policy';
import { readBytes } from './json-body';
import { isOwnOrigin } from './origin-guard';

/**
 * Why a POST to a page must not reach Next's decoder of server actions, or null. Next answers what it can't decode with a
 * 500 and quotes the body in its log; our actions take a few plain strings, so what they may look like is easily said. A foreign
 * page's form is a 500 to Next as well.
 */
export async function actionRefusal(request: NextRequest, appUrl: string): Promise<Refusal | null> {
  const type = request.headers.get('content-type') ?? '';
  const multipart = /^multipart\/form-data\s*;/i.test(type);
  const called = request.headers.has('next-action');
  if (called && !/^text\/plain\s*(;|$)/i.test(type) && !multipart) {
    return refuse('unsupported_media_type');
  }
  if (!called && !multipart) {
    return null;
  }
  if (!isOwnOrigin(request.headers, appUrl, false)) {
    return refuse('origin_not_allowed');
  }
  const body = await readBytes(request.clone(), bodyPolicy.jsonBytes);
  if (!body) {
    return refuse('payload_too_large');
  }
  const fits = multipart ? await isPlainForm(body, type) : isPlainCall(body.toString());
  return fits ? null : refuse('invalid_request', { message: 'This is not what our own pages send.' });
}

/** A script's call: one plain object of strings, as React writes it. */
function isPlainCall(text: string): boolean {
  try {
    const call: unknown = JSON.parse(text);
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
