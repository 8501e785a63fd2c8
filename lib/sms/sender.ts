/** How a message travels. `call`: a voice reads the code out. */
export type Channel = 'sms' | 'call' | 'whatsapp';

/**
 * What is handed to a vendor. `phone` is E.164, `text` the whole message (of a call: what is said, where the vendor does not
 * make its own words of `code`), `code` the digits by themselves for channels that carry them as a variable, null for a notice
 * without one.
 */
export type OutboundMessage = {
  deliveryId: string;
  phone: string;
  channel: Channel;
  text: string;
  code: string | null;
  /** A language tag such as `hi`. */
  locale: string;
  /** After this the code is dead, and the vendor need not try any more. */
  ttlSeconds: number;
};

/**
 * Why a vendor did not take a message, or may not have (`unknown`: the request left and no answer came, so it may still
 * arrive).
 */
export type ErrorClass =
  'recipient' | 'blocked' | 'region' | 'configuration' | 'balance' | 'rate' | 'transient' | 'unknown';

/** `operatorHint` names cause and remedy in a sentence and never reaches the person; it holds no secret and no number. */
export type SendFailure = {
  accepted: false;
  errorClass: ErrorClass;
  /** The vendor's own code, or `http_503`, `timeout`, `unreachable`, `garbage` where there is none. */
  errorCode: string | null;
  operatorHint: string;
  /** Whether trying the next vendor makes sense; false where the number itself is the reason. */
  anotherMayTry: boolean;
};

export type Accepted = {
  accepted: true;
  providerMessageId: string;
  segments: number | null;
  /** As the vendor tells it, e.g. `{ amount: '0.0075', currency: 'USD' }`. */
  price: { amount: string; currency: string } | null;
};

export type SendOutcome = Accepted | SendFailure;

/** What sends. Never throws for what a vendor can answer, or fail to: that is a {@link SendFailure}. */
export type SmsSender = { name: string; send(message: OutboundMessage): Promise<SendOutcome> };

/** One vendor: `send` makes one request at most. */
export type SmsVendor = SmsSender & {
  channels: readonly Channel[];
  /** What its reports will call the message, where that is ours to say: known before it is asked. */
  messageIdOf?(deliveryId: string): string;
  /** Checks credentials, balance and sender against the vendor, for `npm run doctor` and the operator page. */
  diagnose(): Promise<Finding[]>;
};

/** A vendor that makes and keeps the code itself (Twilio Verify): there is nothing to compare with on our side. */
export type CodeKeeper = Omit<SmsVendor, 'send' | 'messageIdOf'> & {
  /** `replaces`: a code of the same number that is to be worth nothing from now on. */
  start(message: Omit<OutboundMessage, 'text' | 'code'> & { replaces?: string }): Promise<SendOutcome>;
  /** `gone`: the vendor no longer knows it (used, expired, too many tries there). */
  check(input: {
    verificationId: string;
    phone: string;
    code: string;
  }): Promise<'right' | 'wrong' | 'gone' | SendFailure>;
};

/** One line of the doctor's report; `remedy` where there is something to do. */
export type Finding = { level: 'ok' | 'warning' | 'failed'; text: string; remedy?: string };

/**
 * What a vendor's report says of a message. `pending`: it is on its way. `deliveryId` stands where the report names our own row
 * as well, which it can be found by before the vendor has answered with a name of its own.
 */
export type Receipt = {
  providerMessageId: string;
  deliveryId?: string | null;
  state: 'pending' | 'delivered' | 'failed';
  errorClass: ErrorClass | null;
  errorCode: string | null;
};
