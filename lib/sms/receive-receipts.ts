import { BlockList, isIP, isIPv6 } from 'node:net';
import type { Database } from '../db/client';
import type { Env } from '../env';
import { type ErrorCode, refuse, type Result } from '../errors';
import { isSameSecret, isUuid } from '../random';
import { recordReceipt } from './delivery-store';
import type { Receipt } from './sender';
import { DELIVERY, TWILIO_STATUS_PATH } from './vendor-settings';
import { readPlaymobileReceipts } from './vendors/playmobile';
import { jsonObject } from './vendors/trouble';

export type ReceiptRefusal = Extract<ErrorCode, 'forbidden' | 'invalid_request'>;

export type ReceiptDeps = {
  db: Database;
  env: Env;
  log: { warn(fields: object, message: string): void };
};

/**
 * A delivery receipt of Twilio: nothing in it is looked at until its signature holds, over the public address that the
 * settings name (a proxy may pass on another) with the query that came. What is rightly signed is taken, also
 * where it speaks of a message that isn't known here or of nothing at all. Without a token to check by, nothing is.
 *
 * Twilio posts forms. Where it posts JSON, its query has the body's hash, which is signed with it.
 */
export async function receiveTwilioReceipt(
  deps: ReceiptDeps,
  post: { signature: string | null; search: string; rawBody: Buffer },
): Promise<Result<object, ReceiptRefusal>> {
  const { APP_URL, TWILIO_AUTH_TOKEN: authToken } = deps.env;
  if (!authToken || !post.signature) {
    return refuse('forbidden');
  }
  const { isTwilioSigned, readTwilioReceipt } = await import('./vendors/twilio-receipts');
  const query = new URLSearchParams(post.search);
  const text = post.rawBody.toString();
  const isJson = query.has('bodySHA256');
  const form = new URLSearchParams(isJson ? '' : text);
  const url = `${APP_URL}${TWILIO_STATUS_PATH}${post.search}`;
  if (!isTwilioSigned({ signature: post.signature, url, authToken, ...(isJson ? { rawBody: text } : { form }) })) {
    return refuse('forbidden');
  }
  for (const [name, value] of Object.entries((isJson && jsonObject(text)) || {})) {
    if (typeof value === 'string' || typeof value === 'number') form.set(name, String(value));
  }
  const named = query.get(DELIVERY);
  const receipt = readTwilioReceipt(form);
  await note(deps, 'twilio', receipt ? [{ ...receipt, deliveryId: named && isUuid(named) ? named : null }] : []);
  return { ok: true };
}

/**
 * Delivery receipts of PlayMobile, which signs nothing: the path holds a secret, and where its addresses are known no other
 * may post. Whether a secret is set at all is nobody's business.
 */
export async function receivePlaymobileReceipts(
  deps: ReceiptDeps,
  post: { secret: string; peer: string; rawBody: () => Promise<Buffer | null> },
): Promise<Result<object, ReceiptRefusal | 'payload_too_large'>> {
  const { PLAYMOBILE_WEBHOOK_SECRET: secret, PLAYMOBILE_WEBHOOK_ADDRESSES: addresses } = deps.env;
  if (!secret || !isSameSecret(post.secret, secret)) {
    return refuse('forbidden');
  }
  if (addresses && !isAmong(addresses, post.peer)) {
    return refuse('forbidden');
  }
  const body = await post.rawBody();
  if (!body) {
    return refuse('payload_too_large');
  }
  let json: unknown;
  try {
    json = JSON.parse(body.toString());
  } catch {
    return refuse('invalid_request', { message: 'The body is not valid JSON.' });
  }
  await note(deps, 'playmobile', readPlaymobileReceipts(json));
  return { ok: true };
}

async function note({ db, log }: ReceiptDeps, provider: string, receipts: readonly Receipt[]): Promise<void> {
  for (const receipt of receipts) {
    const changed = await recordReceipt(db, provider, receipt);
    if (changed && receipt.state === 'failed') {
      const { errorClass, errorCode } = receipt;
      log.warn({ provider, errorClass, errorCode }, 'a message was not delivered');
    }
  }
}

/** However an IPv6 address is spelled. */
function isAmong(addresses: readonly string[], peer: string): boolean {
  const listed = new BlockList();
  for (const address of addresses) {
    listed.addAddress(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  }
  return isIP(peer) !== 0 && listed.check(peer, isIPv6(peer) ? 'ipv6' : 'ipv4');
}
