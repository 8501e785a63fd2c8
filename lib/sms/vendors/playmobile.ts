import { createHash } from 'node:crypto';
import { segmentsOf } from '../segments';
import type { Finding, OutboundMessage, Receipt, SendOutcome, SmsVendor } from '../sender';
import { callVendor, type VendorAnswer } from '../vendor-http';
import { playmobileCodes, unknownPlaymobileCode } from './playmobile-codes';
import {
  codeOf,
  failureOf,
  findingOf,
  jsonObject,
  type Known,
  silenceOf,
  statusTrouble,
  type Trouble,
} from './trouble';

export type PlaymobileSettings = {
  PLAYMOBILE_API_URL: string;
  PLAYMOBILE_USERNAME: string;
  PLAYMOBILE_PASSWORD: string;
  PLAYMOBILE_ORIGINATOR: string;
};

const identity = { label: 'PlayMobile', urlSetting: 'PLAYMOBILE_API_URL' };

/**
 * PlayMobile (smsxabar), Uzbekistan: `POST /broker-api/send`. The broker takes messages in HTTP 200 with the plain text
 * `Request is received`, refuses them in HTTP 400 with a code in JSON, and reports what became of them to an address agreed
 * with its manager ({@link readPlaymobileReceipts}).
 *
 * It delivers in Uzbekistan; other numbers are handed on without a call, so that nobody hears that their number is wrong.
 */
export function playmobileVendor(settings: PlaymobileSettings, timeoutMilliseconds?: number): SmsVendor {
  const post = (messages: object[]) =>
    callVendor(
      {
        method: 'POST',
        url: `${settings.PLAYMOBILE_API_URL.replace(/\/+$|\/broker-api(\/send)?\/*$/, '')}/broker-api/send`,
        headers: {
          authorization: `Basic ${Buffer.from(`${settings.PLAYMOBILE_USERNAME}:${settings.PLAYMOBILE_PASSWORD}`).toString('base64')}`,
          'content-type': 'application/json; charset=UTF-8',
        },
        body: JSON.stringify({ messages }),
      },
      timeoutMilliseconds,
    );
  return {
    name: 'playmobile',
    channels: ['sms'],
    messageIdOf: playmobileMessageId,
    async send(message) {
      if (!/^\+998\d{9}$/.test(message.phone)) {
        return failureOf(notUzbek);
      }
      const entry = brokerMessage(message, settings.PLAYMOBILE_ORIGINATOR);
      return outcomeOf(await post([entry]), message);
    },
    // No call of the API is there for looking. An empty list sends nothing, and wrong credentials should be refused before it.
    diagnose: async () => findingsOf(await post([])),
  };
}

/**
 * The `message-id` of a delivery: 20 characters of 0-9 and a-z, the longest that all editions of the API take. It is made of
 * 100 bits of the SHA-256 of our id, so the same delivery always has the same one and two never meet: among 10¹² messages
 * the chance is below one in a million. Its reports name it, so it is the `providerMessageId`.
 */
export function playmobileMessageId(deliveryId: string): string {
  const bits = createHash('sha256').update(deliveryId).digest('hex').slice(0, 25);
  return BigInt(`0x${bits}`).toString(36).padStart(20, '0');
}

function brokerMessage({ deliveryId, phone, text, ttlSeconds }: OutboundMessage, originator: string): object {
  return {
    recipient: phone.slice(1),
    'message-id': playmobileMessageId(deliveryId),
    sms: { originator, ttl: ttlSeconds, content: { text } },
  };
}

function outcomeOf(answer: VendorAnswer, { deliveryId, text }: OutboundMessage): SendOutcome {
  if (answer.kind !== 'answered') {
    return failureOf(silenceOf(identity, answer));
  }
  if (answer.status === 200 && isReceived(answer.text)) {
    // The broker tells neither parts nor price; the parts are counted as networks bill them.
    const { segments } = segmentsOf(text);
    return { accepted: true, providerMessageId: playmobileMessageId(deliveryId), segments, price: null };
  }
  return failureOf(playmobileTrouble(answer));
}

/**
 * The one sentence that is success, whatever its case, with or without quotes and full stop. Anything else in a 200 (an empty
 * body, a page of HTML, other JSON) is not: a person who waits for a code that nobody took is worse off than one who is told.
 */
function isReceived(text: string): boolean {
  return /^"?\s*request is received\.?\s*"?$/i.test(text.trim());
}

/** Why the broker did not take a message, by what it answered; `text` may be empty where only the status is known. */
export function playmobileTrouble({ status, text }: { status: number; text: string }): Trouble {
  if (status === 401 || status === 403) {
    return { ...refusedAccess, errorCode: `http_${status}` };
  }
  const told = statusTrouble(identity, status);
  if (told) {
    return told;
  }
  const code = errorCodeIn(text);
  if (code !== null) {
    return { errorCode: String(code), ...(playmobileCodes[code] ?? unknownPlaymobileCode) };
  }
  if (status === 200) {
    return garbage;
  }
  return {
    errorClass: 'configuration',
    errorCode: `http_${status}`,
    cause: `PlayMobile refuses the request (HTTP ${status}) without a code that says why.`,
    remedy: 'Check PLAYMOBILE_API_URL, and ask PlayMobile which edition of the API it is.',
  };
}

/** The code in a body like `{"error_code": 202, …}`; the editions of the API spell the key in two ways, clients in a third. */
function errorCodeIn(text: string): number | null {
  const body = jsonObject(text);
  return body && codeOf(body['error_code'] ?? body['error-code'] ?? body['errorCode']);
}

const refusedAccess: Known = {
  errorClass: 'configuration',
  cause:
    'PlayMobile doesn’t let this account in: wrong credentials, an empty balance, a server it doesn’t know, or another API.',
  remedy:
    'Check PLAYMOBILE_USERNAME, PLAYMOBILE_PASSWORD and PLAYMOBILE_API_URL, top up the balance, and have the manager allow this server’s address.',
};

/** Not counted as sent, yet it may have been: where the wording changed, people get codes and are told that none was sent. */
const garbage: Trouble = {
  errorClass: 'unknown',
  errorCode: 'garbage',
  cause: 'PlayMobile answered HTTP 200 without “Request is received”.',
  remedy: 'Check that PLAYMOBILE_API_URL is the broker and no other page; if it is, the API has changed.',
};

const notUzbek: Trouble = {
  errorClass: 'region',
  errorCode: 'not_uzbekistan',
  cause: 'PlayMobile delivers to numbers of Uzbekistan only.',
  remedy: 'Name another provider for other countries in SMS_ROUTES, or set ALLOWED_COUNTRIES=UZ.',
};

function findingsOf(answer: VendorAnswer): Finding[] {
  if (answer.kind !== 'answered') {
    return [findingOf(silenceOf(identity, answer))];
  }
  const trouble = isReceived(answer.text) && answer.status === 200 ? null : playmobileTrouble(answer);
  // Refusing the empty list is what a broker does that has let us in; an internal error or a locked account is not that.
  const refusesTheList =
    trouble !== null && /^(http_400|\d+)$/.test(trouble.errorCode ?? '') && !/^10[02]$/.test(trouble.errorCode ?? '');
  if (trouble && !refusesTheList) {
    return [findingOf(trouble)];
  }
  return [
    { level: 'ok', text: 'PlayMobile answers and doesn’t refuse the credentials.' },
    {
      level: 'ok',
      text: 'Its API tells neither the balance nor the senders: look those up in the PlayMobile cabinet.',
    },
  ];
}

/** What a report's words mean, in lower case without spaces and dashes. Any other word is one on the way: pending. */
const reportWords: Record<string, Omit<Receipt, 'providerMessageId'>> = {
  delivered: { state: 'delivered', errorClass: null, errorCode: null },
  // The phone was off or out of reach for as long as the code lived.
  notdelivered: { state: 'failed', errorClass: 'recipient', errorCode: 'notdelivered' },
  expired: { state: 'failed', errorClass: 'recipient', errorCode: 'expired' },
  rejected: { state: 'failed', errorClass: 'blocked', errorCode: 'rejected' },
  failed: { state: 'failed', errorClass: 'transient', errorCode: 'failed' },
};

/**
 * Delivery reports as PlayMobile posts them. Its description leaves the form open, so one report, a list of them and a list
 * under `messages` are read, and the id under each of its spellings. What names no message of ours is left out; a word that
 * isn't known changes nothing.
 */
export function readPlaymobileReceipts(json: unknown): Receipt[] {
  const listed = isRecord(json) && Array.isArray(json['messages']) ? json['messages'] : json;
  return (Array.isArray(listed) ? listed : [listed]).flatMap((report: unknown) => {
    if (!isRecord(report)) {
      return [];
    }
    const id = report['message-id'] ?? report['message_id'] ?? report['messageId'];
    if (typeof id !== 'string' || !/^[0-9a-z]{20}$/.test(id)) {
      return [];
    }
    const word = typeof report['status'] === 'string' ? report['status'].toLowerCase().replace(/[^a-z]/g, '') : '';
    const meaning = Object.hasOwn(reportWords, word) ? reportWords[word] : undefined;
    return [{ providerMessageId: id, ...(meaning ?? { state: 'pending', errorClass: null, errorCode: null }) }];
  });
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
