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
  const fits = multipart ? await isPlainForm(body, type, called) : isPlainCall(body.toString());
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

/** A form, sent by script or without: readable, nothing but texts, and those that React reads itself as our pages write them. */
async function isPlainForm(body: Buffer, contentType: string, called: boolean): Promise<boolean> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    return (
      (!called || form.has('0')) &&
      [...form].every(
        ([name, value]) =>
          typeof value === 'string' && (!ofReact.test(name) || isPlainState(parseStrictJson(value), form, name)),
      )
    );
  } catch {
    return false;
  }
}

/** The arguments of a call, and what is bound to the action of a form sent without script. */
const ofReact = /^(\d+|(\$ACTION_\d+):\d+)$/;

/** JSON whose references lead to the form itself, to nothing, or to another field of it that is there. */
function isPlainState(value: unknown, form: FormData, name: string): boolean {
  if (typeof value === 'string') {
    const [, bound] = /^\$@(\d+)$/.exec(value) ?? [];
    return bound === undefined
      ? /^(?!\$)|^\$(\$|K\d+$|undefined$)/.test(value)
      : form.has(`${ofReact.exec(name)?.[2]}:${bound}`);
  }
  return (
    typeof value !== 'object' || value === null || Object.values(value).every((one) => isPlainState(one, form, name))
  );
}

/** A field of the form that an action was handed; empty where there is none, or no form: calls can be written by hand. */
export function textIn(form: unknown, name: string): string {
  const value = form instanceof FormData ? form.get(name) : null;
  return typeof value === 'string' ? value : '';
}
