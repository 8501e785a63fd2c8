import { phoneThrottlePolicy } from '../policy';
import { capital, failureWords, sendsNoReceipts, TEST_NUMBER, vendorName } from '../sms/vendor-words';
import { limitWords } from './delivery-words';
import type { DeliveryRow, LookedUp, TrailRow } from './look-up-store';

/** What support says first: what became of the newest request. `served`: codes are sent to the number's country at all. */
export function summaryOf({ trail, deliveries, wrongInARow }: LookedUp, served: boolean): string {
  return [
    served ? '' : 'No codes are sent to this country: ALLOWED_COUNTRIES leaves it out.',
    requestSummary(trail, deliveries),
    wrongSummary(wrongInARow),
  ]
    .filter(Boolean)
    .join(' ');
}

function wrongSummary(wrongInARow: number): string {
  if (wrongInARow >= phoneThrottlePolicy.lockedFrom) {
    return `There were ${wrongInARow} wrong codes in a row, so no code signs this number in any more until it is freed.`;
  }
  return wrongInARow >= phoneThrottlePolicy.backOffFrom
    ? `There were ${wrongInARow} wrong codes in a row, so tries have to wait.`
    : '';
}

function requestSummary(trail: readonly TrailRow[], deliveries: readonly DeliveryRow[]): string {
  const newestAt = trail.findIndex(({ event }) => event === 'code.requested' || event === 'code.limited');
  const newest = trail[newestAt];
  if (!newest) {
    return 'Nobody asked for a code for this number, as far back as we keep it.';
  }
  if (newest.event === 'code.requested') {
    return codeSummary(newest, deliveries);
  }
  const code = trail.find(({ event }) => event === 'code.requested');
  const refused = `The last request was refused: ${limitWords(newest.detail.window)}`;
  // What came of the code that such a request was too soon after is the answer; so it is where that code was used since.
  const usedSince = trail.slice(0, newestAt).some(({ event }) => event === 'session.created');
  return code && (newest.detail.window === 'resend' || usedSince)
    ? `${codeSummary(code, deliveries)} A further request was refused: ${limitWords(newest.detail.window)}`
    : refused;
}

/** What became of one code. */
function codeSummary(request: TrailRow, deliveries: readonly DeliveryRow[]): string {
  if (request.state === null) {
    return 'The last code is so old that what became of it is not kept any more.';
  }
  if (request.state === 'used') {
    return 'The last code arrived and was used.';
  }
  const sent = deliveries.filter(({ challenge_id }) => challenge_id === request.challenge_id);
  // Of several vendors' tries the latest that may still arrive, else the latest.
  const last = sent.find(({ failed_at }) => failed_at === null) ?? sent[0];
  if (!last) {
    return 'The last code was never handed to a vendor: nobody on the route serves this country and channel.';
  }
  if (last.provider === TEST_NUMBER) {
    return 'It is a test number: nothing is ever sent, its fixed code counts.';
  }
  const vendor = capital(vendorName(last.provider));
  const tries = request.attempts
    ? ` ${request.attempts} wrong ${request.attempts === 1 ? 'code was' : 'codes were'} entered.`
    : ' It was not used.';
  if (sent.some(({ delivered_at }) => delivered_at !== null)) {
    return `The last code was delivered, says the vendor.${tries}`;
  }
  const why = failureWords(last.provider, last.error_class, last.error_code);
  if (last.failed_at) {
    return `The last code did not arrive. ${vendor}: ${why}`;
  }
  if (last.unanswered_at) {
    return `It is not known whether the last code went out. ${vendor}: ${why}${tries}`;
  }
  if (!last.handed_over_at) {
    return `The last message is being handed to ${vendorName(last.provider)}.`;
  }
  return sendsNoReceipts(last.provider)
    ? `${vendor} took the last message and never reports what becomes of one.${tries}`
    : `${vendor} took the last message and has reported nothing more so far.${tries}`;
}
