import { vendorPolicy } from '../../policy';
import { segmentsOf } from '../segments';
import type { Finding, OutboundMessage, SendOutcome, SmsVendor } from '../sender';
import { callVendor, type VendorAnswer } from '../vendor-http';
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

export type BulksmsbdSettings = {
  BULKSMSBD_API_URL: string;
  BULKSMSBD_API_KEY: string;
  BULKSMSBD_SENDER_ID: string;
};

const identity = { label: 'BulkSMS BD', urlSetting: 'BULKSMSBD_API_URL' };

/** What the API says when it took a message: a code of its own in the body, which is no HTTP status. */
const SUBMITTED = 202;

/**
 * BulkSMS BD, Bangladesh: `POST /smsapi`. It answers HTTP 200 to everything; only the `response_code` 202 in the body is
 * success. There are no delivery reports. The API also takes GET, which would write the key into every log on the way.
 *
 * It delivers in Bangladesh; other numbers are handed on without a call.
 */
export function bulksmsbdVendor(settings: BulksmsbdSettings, timeoutMilliseconds?: number): SmsVendor {
  const given = settings.BULKSMSBD_API_URL.replace(/\/+$|\/smsapi\/*$/, '');
  // The host alone is its web site: the API stands beneath it.
  const base = new URL(given).pathname === '/' ? `${given}/api` : given;
  const post = (method: 'smsapi' | 'getBalanceApi', fields: Record<string, string>) =>
    callVendor(
      {
        method: 'POST',
        url: `${base}/${method}`,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ api_key: settings.BULKSMSBD_API_KEY, ...fields }).toString(),
      },
      timeoutMilliseconds,
    );
  return {
    name: 'bulksmsbd',
    channels: ['sms'],
    async send(message) {
      if (!/^\+8801\d{9}$/.test(message.phone)) {
        return failureOf(notBangladeshi);
      }
      const answer = await post('smsapi', {
        type: 'text',
        senderid: settings.BULKSMSBD_SENDER_ID,
        number: message.phone.slice(1),
        message: message.text,
      });
      return outcomeOf(answer, message);
    },
    diagnose: async () => balanceFindings(await post('getBalanceApi', {})),
  };
}

function outcomeOf(answer: VendorAnswer, { deliveryId, text }: OutboundMessage): SendOutcome {
  if (answer.kind !== 'answered') {
    return failureOf(silenceOf(identity, answer));
  }
  const body = jsonObject(answer.text);
  if (answer.status >= 200 && answer.status < 300 && codeOf(body?.['response_code']) === SUBMITTED) {
    const id = String(body?.['message_id'] ?? '');
    // No report will ever name the message, so our own id serves where it tells none.
    const providerMessageId = /^[\w-]{1,64}$/.test(id) ? id : deliveryId;
    return { accepted: true, providerMessageId, segments: segmentsOf(text).segments, price: null };
  }
  return failureOf(bulksmsbdTrouble(answer));
}

/** Why the API did not take a message, by what it answered; `text` may be empty where only the status is known. */
export function bulksmsbdTrouble({ status, text }: { status: number; text: string }): Trouble {
  const code = codeOf(jsonObject(text)?.['response_code']);
  const known = code === null ? undefined : bulksmsbdCodes[code];
  if (known) {
    return { errorCode: String(code), ...known };
  }
  const told = statusTrouble(identity, status);
  if (told) {
    return told;
  }
  if (status === 401 || status === 403) {
    return { ...access, errorCode: `http_${status}` };
  }
  if (code !== null && code !== SUBMITTED) {
    return {
      errorClass: 'transient',
      errorCode: String(code),
      cause: 'BulkSMS BD refuses the message with a code that isn’t known here.',
      remedy: 'Look the code up in its description of the API, or ask its support.',
    };
  }
  if (status >= 400) {
    return {
      errorClass: 'configuration',
      errorCode: `http_${status}`,
      cause: `BulkSMS BD refuses the request (HTTP ${status}) without a code that says why.`,
      remedy: 'Check BULKSMSBD_API_URL.',
    };
  }
  return garbage;
}

const access: Known = {
  errorClass: 'configuration',
  cause: 'BulkSMS BD doesn’t let this server in.',
  remedy: 'Check BULKSMSBD_API_KEY, and allow this server’s address in the panel.',
};

/** Not counted as sent, yet it may have been. */
const garbage: Trouble = {
  errorClass: 'unknown',
  errorCode: 'garbage',
  cause: 'BulkSMS BD answered without a response_code.',
  remedy: 'Check that BULKSMSBD_API_URL is the API and no other page; if it is, the API has changed.',
};

const notBangladeshi: Trouble = {
  errorClass: 'region',
  errorCode: 'not_bangladesh',
  cause: 'BulkSMS BD delivers to mobile numbers of Bangladesh only.',
  remedy: 'Name another provider for other countries in SMS_ROUTES, or set ALLOWED_COUNTRIES=BD.',
};

const configuration = (cause: string, remedy: string): Known => ({ errorClass: 'configuration', cause, remedy });
const sender = (cause: string) =>
  configuration(
    cause,
    'Set BULKSMSBD_SENDER_ID to an approved sender id of this account, or ask support to enable it.',
  );
const price = (cause: string) => configuration(cause, 'Ask BulkSMS BD’s support to set a price for this sender id.');
const topUp = 'Recharge the account in the BulkSMS BD panel.';

/** Its codes: 1001, 1031 and 1032 are known from clients, the others from its own description. */
export const bulksmsbdCodes: Record<number, Known> = {
  1001: {
    errorClass: 'recipient',
    cause: 'BulkSMS BD doesn’t accept the recipient’s number.',
    remedy: 'Nothing to do: the person is asked for another number.',
  },
  1002: sender('BulkSMS BD says the sender id is wrong or disabled.'),
  1003: configuration(
    'BulkSMS BD misses a required field.',
    'Check that BULKSMSBD_API_KEY and BULKSMSBD_SENDER_ID are whole; if they are, the API has changed.',
  ),
  1005: {
    errorClass: 'transient',
    cause: 'BulkSMS BD has an internal error.',
    remedy: 'Nothing to do here; if it lasts, ask its support.',
  },
  1006: { errorClass: 'balance', cause: 'BulkSMS BD says the balance has run out of its validity.', remedy: topUp },
  1007: { errorClass: 'balance', cause: 'BulkSMS BD says the balance is insufficient.', remedy: topUp },
  1011: configuration('BulkSMS BD doesn’t find the user of this key.', 'Check BULKSMSBD_API_KEY.'),
  1012: configuration(
    'BulkSMS BD sends under a name (masking) only what is written in Bangla.',
    'Ask for codes with the locale bn, or set BULKSMSBD_SENDER_ID to a non-masking number.',
  ),
  1013: sender('BulkSMS BD has no gateway for this sender id and key.'),
  1014: sender('BulkSMS BD doesn’t find the sender id’s type name.'),
  1015: sender('BulkSMS BD has no valid gateway for this sender id.'),
  1016: price('BulkSMS BD finds no active price for this sender id.'),
  1017: price('BulkSMS BD finds no price for this sender id.'),
  1018: configuration('BulkSMS BD has disabled the account’s owner.', 'Ask its support why.'),
  1019: price('BulkSMS BD has disabled the price of this sender id’s type.'),
  1020: configuration('BulkSMS BD doesn’t find the parent account.', 'Ask the reseller, or its support.'),
  1021: configuration('BulkSMS BD finds no active price of the parent account.', 'Ask the reseller, or its support.'),
  1031: configuration('BulkSMS BD has not verified the account.', 'Finish the verification in the BulkSMS BD panel.'),
  1032: configuration(
    'BulkSMS BD doesn’t know this server’s address.',
    'Put the address that this server calls from on the IP whitelist in the BulkSMS BD panel.',
  ),
};

function balanceFindings(answer: VendorAnswer): Finding[] {
  if (answer.kind !== 'answered') {
    return [findingOf(silenceOf(identity, answer))];
  }
  if (answer.status === 405) {
    // Its description shows the balance asked for by GET, which would put the key into the address.
    const text = 'BulkSMS BD answers, but doesn’t tell the balance to a POST.';
    return [{ level: 'warning', text, remedy: 'Look the balance up in the BulkSMS BD panel.' }];
  }
  const balance = answer.status === 200 ? balanceIn(answer.text) : null;
  if (balance === null) {
    return [findingOf(bulksmsbdTrouble(answer))];
  }
  if (balance <= 0) {
    return [{ level: 'failed', text: 'BulkSMS BD takes the key, but the balance is used up.', remedy: topUp }];
  }
  const text = `BulkSMS BD takes the key. Balance: ${balance.toFixed(2)} BDT.`;
  const low = balance < vendorPolicy.lowBalance.bulksmsbd;
  return [
    low ? { level: 'warning', text, remedy: `It is nearly used up. ${topUp}` } : { level: 'ok', text },
    { level: 'ok', text: 'It checks the sender id only when a message is sent: send yourself one.' },
  ];
}

/** `{"balance": 250.75}`, the same as text, or the bare number; null for all else, and where there is a code of refusal. */
function balanceIn(text: string): number | null {
  const body = jsonObject(text);
  const code = codeOf(body?.['response_code']);
  if (code !== null && code !== SUBMITTED) {
    return null;
  }
  const told = body ? body['balance'] : text;
  const amount = typeof told === 'string' ? told.replaceAll(/[\s",]/g, '') : told;
  const number = typeof amount === 'string' && /^-?\d+(\.\d+)?$/.test(amount) ? Number(amount) : amount;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}
