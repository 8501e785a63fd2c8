import type { ErrorClass, SendFailure } from '../sender';
import { TwilioCallFault } from './twilio-client';
import { twilioCodes } from './twilio-codes';
import { twilioStatus } from './twilio-status';

/** A failure of ours in Twilio's name; what is wrong with the number itself no other vendor can mend. */
export function twilioRefusal(errorClass: ErrorClass, errorCode: string | null, operatorHint: string): SendFailure {
  const anotherMayTry = errorClass !== 'recipient' && errorClass !== 'blocked';
  return { accepted: false, errorClass, errorCode, operatorHint, anotherMayTry };
}

/** The failure of a message that an exception of the SDK stands for: where Twilio did not say, it may have sent it. */
export function twilioFailure(error: unknown): SendFailure {
  const trouble = twilioTrouble(error);
  return trouble.errorClass === 'unknown'
    ? { ...trouble, operatorHint: `${trouble.operatorHint} The message may have gone out.` }
    : trouble;
}

/** The same where nothing was to be sent. Twilio's own words stay out: they quote the number. */
export function twilioTrouble(error: unknown): SendFailure {
  if (error instanceof TwilioCallFault) {
    return callFault(error);
  }
  const { status, code, message } = error as { status?: unknown; code?: unknown; message?: unknown };
  if (typeof status !== 'number') {
    return twilioRefusal(
      'unknown',
      'garbage',
      'What answered said yes in a form that is not Twilio’s: check TWILIO_API_BASE_URL and TWILIO_VERIFY_BASE_URL if they are set.',
    );
  }
  const known = knownCode(code);
  // "Invalid parameter": all but the number is ours.
  if (known === 60200 && !/\bTo\b/.test(String(message))) {
    return twilioRefusal('configuration', '60200', 'Twilio Verify refuses a parameter of ours: see its debugger.');
  }
  return known === null ? byStatus(status) : byCode(known, status);
}

/** Twilio's code as {@link twilioRefusal} has it. `status` tells a refusal at the door from a failure on the way. */
function byCode(code: number, status: number | null): SendFailure {
  const entry = twilioCodes[code];
  if (entry) {
    return twilioRefusal(entry[0], String(code), entry[1]);
  }
  // Codes are added all the time: what is refused at the door is ours to mend, what fails later may not be.
  const errorClass = status === null ? 'transient' : byStatus(status).errorClass;
  return twilioRefusal(errorClass, String(code), `Twilio’s error ${code}: see twilio.com/docs/api/errors/${code}.`);
}

function byStatus(status: number): SendFailure {
  const [errorClass, words] = twilioStatus(status);
  return twilioRefusal(errorClass, `http_${status}`, words);
}

function callFault({ kind, reason, status }: TwilioCallFault): SendFailure {
  switch (kind) {
    case 'redirected':
      return byStatus(status);
    case 'unreachable':
      return twilioRefusal(
        'transient',
        'unreachable',
        'Twilio can’t be reached from this server: check its name resolution, firewall, clock and the base URLs.',
      );
    case 'unanswered':
      return twilioRefusal(
        'unknown',
        reason,
        'Twilio gave no whole answer within the time allowed: see status.twilio.com if it lasts, and check the base URLs if they are set.',
      );
  }
}

/** What became of a message that Twilio had taken, from its `error_code` or a receipt's `ErrorCode`. */
export function twilioDropped(code: unknown): SendFailure {
  const known = knownCode(code);
  return known === null
    ? twilioRefusal('transient', null, 'Twilio took the message and dropped it without a reason: see its log.')
    : byCode(known, null);
}

function knownCode(code: unknown): number | null {
  const digits = String(code ?? '');
  // The error pages begin at 10000; smaller ones repeat the HTTP status.
  return /^\d{5,6}$/.test(digits) ? Number(digits) : null;
}
