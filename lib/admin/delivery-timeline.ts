import { summaryOf } from './delivery-summary';
import { channelWords, limitWords, purposeWords, stateWords, unlockWords } from './delivery-words';
import { phoneThrottlePolicy } from '../policy';
import { capital, failureWords, TEST_NUMBER, vendorName } from '../sms/vendor-words';
import type { DeliveryRow, LookedUp, TrailRow } from './look-up-store';

export const timelineKinds = [
  'requested',
  'limited',
  'vendor',
  'receipt',
  'tried',
  'unlocked',
  'signed_in',
  'refused',
] as const;

/** One thing that happened. `at` is ISO 8601 UTC; `detail` says more, for the operator. */
export type TimelineEvent = {
  id: string;
  at: string;
  kind: (typeof timelineKinds)[number];
  outcome: 'good' | 'bad' | 'neutral';
  text: string;
  detail: string | null;
  /** The vendor's own code, to look up or to quote to its support. */
  vendor_code: string | null;
};

/** What became of the messages to a number, newest first; the number is masked. */
export type DeliveryTimeline = {
  phone: string;
  /** The answer in a sentence. */
  summary: string;
  wrong_codes_in_a_row: number;
  /** So many that tries have to wait, or codes are stopped. */
  tries_wait: boolean;
  events: TimelineEvent[];
};

/** Puts what is known of a number into words and order; `served`: codes are sent to its country at all. */
export function timelineOf(phone: string, found: LookedUp, served: boolean): DeliveryTimeline {
  const events = [...found.trail.map(trailEvent), ...found.deliveries.flatMap(deliveryEvents)];
  // A receipt and a hand-over of the same instant keep the order they happened in.
  events.sort((one, other) => other.at.localeCompare(one.at) || other.id.localeCompare(one.id));
  const tries_wait = found.wrongInARow >= phoneThrottlePolicy.backOffFrom;
  return { phone, summary: summaryOf(found, served), wrong_codes_in_a_row: found.wrongInARow, tries_wait, events };
}

const iso = (moment: string) => new Date(moment).toISOString();

function trailEvent(row: TrailRow): TimelineEvent {
  const { detail, state } = row;
  const base = { id: row.id, at: iso(row.created_at), detail: null, vendor_code: null };
  switch (row.event) {
    case 'code.requested':
      return {
        ...base,
        kind: 'requested',
        outcome: 'neutral',
        text: `Code asked for ${channelWords(detail.channel)}, ${purposeWords(detail.purpose)}`,
        detail: state && stateWords[state],
      };
    case 'code.limited':
      return {
        ...base,
        kind: 'limited',
        outcome: 'bad',
        text: 'Request refused by a limit',
        detail: capital(limitWords(detail.window)),
      };
    case 'code.limit_exceeded':
      return {
        ...base,
        kind: 'limited',
        outcome: 'neutral',
        text: 'Sent, although a limit that only records was exceeded',
        detail: capital(limitWords(detail.window)),
      };
    case 'code.unlocked':
      return {
        ...base,
        kind: 'unlocked',
        outcome: 'good',
        text: 'Wrong codes cleared',
        detail: unlockWords(detail.by),
      };
    case 'code.attempted':
      return isRight(row)
        ? { ...base, kind: 'tried', outcome: 'good', text: 'The right code was entered' }
        : {
            ...base,
            kind: 'tried',
            outcome: 'bad',
            text: 'A code was entered and not accepted',
            detail: triesLeft(row),
          };
    case 'session.created':
      return {
        ...base,
        kind: 'signed_in',
        outcome: 'good',
        text: 'Signed in',
        detail: detail.test_number ? 'By the fixed code of a test number.' : null,
      };
    case 'session.refused':
      return {
        ...base,
        kind: 'refused',
        outcome: 'bad',
        text: 'Right, but not signed in',
        detail: 'The account is suspended, or unused for so long that the number may be somebody else’s by now.',
      };
  }
}

/** The last try of a code that was used is the right one. */
const isRight = ({ consumed_at, attempts, max_attempts, detail }: TrailRow) =>
  consumed_at !== null &&
  attempts !== null &&
  max_attempts !== null &&
  max_attempts - (detail.attempts_left ?? 0) === attempts;

const triesLeft = ({ detail: { attempts_left: left } }: TrailRow) =>
  left === undefined ? null : left === 1 ? '1 try was left.' : `${left} tries were left.`;

function deliveryEvents(row: DeliveryRow): TimelineEvent[] {
  const what = row.challenge_id === null ? 'a notice without a code' : 'the message';
  const base = { at: iso(row.created_at), vendor_code: null, detail: null };
  if (row.provider === TEST_NUMBER) {
    const text = 'A test number: nothing is sent, its fixed code counts';
    return [{ ...base, id: row.id, kind: 'vendor', outcome: 'neutral', text }];
  }
  const vendor = vendorName(row.provider);
  const why = { detail: failureWords(row.provider, row.error_class, row.error_code), vendor_code: row.error_code };
  const tried = { ...base, id: row.id, kind: 'vendor' as const };
  if (row.handed_over_at === null && row.unanswered_at === null) {
    return row.failed_at === null
      ? [{ ...tried, outcome: 'neutral', text: `Being handed to ${vendor}`, detail: 'No answer is noted yet.' }]
      : [{ ...tried, outcome: 'bad', text: `${capital(vendor)} did not take ${what}`, ...why }];
  }
  const receipt = { id: `${row.id}:receipt`, kind: 'receipt' as const };
  const parts = row.segments === null ? null : row.segments === 1 ? '1 part.' : `${row.segments} parts.`;
  return [
    row.unanswered_at !== null
      ? { ...tried, outcome: 'bad', text: `${capital(vendor)} was asked and did not answer`, ...why }
      : { ...tried, outcome: 'neutral', text: `${capital(vendor)} took ${what}`, detail: parts },
    ...(row.delivered_at
      ? [
          {
            ...base,
            ...receipt,
            at: iso(row.delivered_at),
            outcome: 'good' as const,
            text: `${capital(vendor)} reports it delivered`,
          },
        ]
      : []),
    ...(row.failed_at
      ? [
          {
            ...receipt,
            ...why,
            at: iso(row.failed_at),
            outcome: 'bad' as const,
            text: `${capital(vendor)} reports it not delivered`,
          },
        ]
      : []),
  ];
}
