import type { ErrorClass } from '../sender';
import { twilioCodes } from './twilio-codes';

const ofCode = (code: number): readonly [ErrorClass, string] => {
  const [errorClass, words] = twilioCodes[code]!;
  return [errorClass, words];
};

/** What an HTTP status of Twilio means where no code of its own stands beside it, and what the operator can do. */
export function twilioStatus(status: number): readonly [ErrorClass, string] {
  if (status >= 300 && status < 400) {
    return [
      'configuration',
      'The address answers with a redirect, which Twilio never does: check TWILIO_API_BASE_URL and TWILIO_VERIFY_BASE_URL.',
    ];
  }
  if (status === 401 || status === 403) return ofCode(20003);
  if (status === 404) return ofCode(20404);
  if (status === 429) return ofCode(20429);
  if (status === 502 || status === 504) {
    return ['unknown', 'A gateway gave up waiting for Twilio: see status.twilio.com if it lasts.'];
  }
  return status >= 500 || status === 408
    ? ofCode(20500)
    : ['configuration', 'Twilio refused the request without a reason: check the base URLs.'];
}
