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

/** A form, sent by script or without: nothing but texts, and those that React reads itself as our pages write them. */
async function isPlainForm(body: Buffer, contentType: string, called: boolean): Promise<boolean> {
  try {
    if (called) {
      const fields = plainFields(body, contentType);
      const [call, ...more] = fields.filter(([name]) => name === '0');
      return more.length === 0 && isArguments(call?.[1]) && fields.every(([name]) => inCall.test(name));
    }
    const form = await new Response(new Uint8Array(body), { headers: { 'content-type': contentType } }).formData();
    return [...form].every(([, value]) => typeof value === 'string') && [...form].every(isPosted, form);
  } catch {
    return false;
  }
}

/**
 * The fields of a form as browsers write texts: each with its name and no other header. Next reads a call by a reader of its own
 * (busboy), which of two names takes the other one than `formData()` does, and some parts for files or in another charset.
 * @throws {TypeError} for anything else.
 */
function plainFields(body: Buffer, contentType: string): [string, string][] {
  const boundary = /^multipart\/form-data; ?boundary=([\w-]{1,70})$/.exec(contentType)?.[1];
  const [before, ...parts] = `\r\n${body.toString()}`.split(`\r\n--${boundary}`);
  const end = parts.pop();
  if (!boundary || before !== '' || !/^--(\r\n)?$/.test(end ?? '')) {
    throw new TypeError('no form');
  }
  return parts.map((part) => {
    const [, name, value] = /^\r\ncontent-disposition: form-data; name="([^"\\\r\n]*)"\r\n\r\n(.*)$/is.exec(part) ?? [];
    if (name === undefined || value === undefined) {
      throw new TypeError('no plain field');
    }
    return [name, value];
  });
}

/** The fields of a call: its arguments, and those of the forms among them. Of others React takes some for its arguments as well. */
const inCall = /^(0|_[0-9a-f]+_.*)$/s;

/** The fields of React's own in a form that is sent without script: which action, and what is bound to it. */
const inPost = /^\$ACTION_(ID_[0-9a-f]+|REF_\d+|KEY|(\d+):([01]))$/;

function isPosted(this: FormData, [name, value]: [string, FormDataEntryValue]): boolean {
  if (!name.startsWith('$ACTION_')) {
    return true;
  }
  const [known, , reference, part] = inPost.exec(name) ?? [];
  return part === '1' ? isArguments(value) : part === '0' ? isBinding(value, this, reference) : known !== undefined;
}

/** An action by its id, with nothing bound to it or with what the form's own next field says. */
function isBinding(text: unknown, form: FormData, reference = ''): boolean {
  const { id, bound, ...more } = parseStrictJson(String(text)) as Record<string, unknown>;
  const isBound = bound === '$@1' && form.has(`$ACTION_${reference}:1`);
  return (
    typeof id === 'string' && /^[0-9a-f]+$/.test(id) && (isBound || bound === null) && Object.keys(more).length === 0
  );
}

/** Ours take two. Next fails at more than a thousand. */
const MOST_ARGUMENTS = 10;

/** A list as JSON, whose references lead to a form among the fields or to nothing. A `$` that a person typed is doubled. */
function isArguments(text: unknown): boolean {
  const isPlain = (value: unknown): boolean =>
    typeof value === 'string'
      ? /^(?!\$)|^\$(\$|K[0-9a-f]+$|undefined$)/.test(value)
      : typeof value !== 'object' || value === null || Object.values(value).every(isPlain);
  const list = parseStrictJson(String(text));
  return Array.isArray(list) && list.length <= MOST_ARGUMENTS && isPlain(list);
}

/** A field of the form that an action was handed; empty where there is none, or no form: calls can be written by hand. */
export function textIn(form: unknown, name: string): string {
  const value = form instanceof FormData ? form.get(name) : null;
  return typeof value === 'string' ? value : '';
}
