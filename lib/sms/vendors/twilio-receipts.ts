import twilio from 'twilio';
import type { Receipt } from '../sender';
import { twilioDropped, twilioRefusal } from './twilio-errors';

const delivered = new Set(['delivered', 'read', 'completed']);
const failed = new Set(['failed', 'undelivered', 'canceled', 'busy', 'no-answer']);

/**
 * What Twilio's status callback says of a message or a call, or null where it speaks of neither. New statuses and fields come
 * without notice: what is not known to be an end is `pending`.
 */
export function readTwilioReceipt(form: URLSearchParams): Receipt | null {
  const sid = form.get('MessageSid') ?? form.get('SmsSid') ?? form.get('CallSid');
  const status = form.get('MessageStatus') ?? form.get('SmsStatus') ?? form.get('CallStatus');
  if (!sid || !status || !/^[A-Z]{2}[0-9a-zA-Z]{32}$/.test(sid)) {
    return null;
  }
  if (!failed.has(status)) {
    const state = delivered.has(status) ? 'delivered' : 'pending';
    return { providerMessageId: sid, state, errorClass: null, errorCode: null };
  }
  const { errorClass, errorCode } = failureOf(status, form.get('ErrorCode'));
  return { providerMessageId: sid, state: 'failed', errorClass, errorCode };
}

function failureOf(status: string, code: string | null) {
  // A call that nobody took has no error code: nothing went wrong but the person.
  return status === 'busy' || status === 'no-answer' ? twilioRefusal('recipient', status, '') : twilioDropped(code);
}

/**
 * Whether Twilio signed a callback with the account's token. `url` is the address Twilio was given, made from the settings: the
 * one a proxy passes on may differ. A JSON body is signed by its hash in the query (`bodySHA256`), a form field by field.
 */
export function isTwilioSigned(
  request: { signature: string | null; url: string; authToken: string | undefined } & (
    { form: URLSearchParams } | { rawBody: string }
  ),
): boolean {
  const { signature, url, authToken } = request;
  // Without a token, everybody could sign.
  if (!signature || !authToken || !URL.canParse(url)) {
    return false;
  }
  if ('rawBody' in request) {
    return twilio.validateRequestWithBody(authToken, signature, url, request.rawBody);
  }
  const fields: Record<string, string[]> = Object.create(null);
  for (const name of request.form.keys()) {
    fields[name] = request.form.getAll(name);
  }
  return twilio.validateRequest(authToken, signature, url, fields);
}

/** What Twilio would sign a form with, for the doctor's trial of the callback. */
export function twilioSignature(request: { url: string; authToken: string; form: URLSearchParams }): string {
  return twilio.getExpectedTwilioSignature(request.authToken, request.url, Object.fromEntries(request.form));
}
