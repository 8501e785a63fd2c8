import type { Database } from '../db/client';
import type { Env } from '../env';
import { budgetBuckets } from '../otp/send-code';
import type { Phone } from '../phone/phone';
import { giveBackPlaces, takePlaces } from '../rate-limit/rate-limit';
import type { Deliverable, Delivered } from '../sms/deliver';
import { failureWords, vendorName } from '../sms/vendor-words';
import { newestNotices, noteTestMessage, type TestDelivery } from './test-message-store';

export type TestMessageDeps = {
  db: Database;
  env: Env;
  deliver: (message: Deliverable) => Promise<Delivered>;
};

const FOLLOWED_SECONDS = 60;
/** Vendors that never report what became of a message. */
const silent = ['inbox', 'bulksmsbd'];

/**
 * Sends a number one real message that carries no code, over the route of its country, and tells each state it gets to for
 * up to a minute. It counts in the budget and stands in the trail. True: it was taken, and nothing said that it failed.
 */
export async function sendTestMessage(
  { db, env, deliver }: TestMessageDeps,
  phone: Phone,
  tell: (line: string) => void,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<boolean> {
  const taken = await takePlaces(db, budgetBuckets(env));
  if (taken.limited) {
    tell('Not sent: the budget for messages is used up.');
    return false;
  }
  const since = await noteTestMessage(db, phone.e164);
  const text = `This is a test message from ${env.APP_NAME}. There is nothing to do.`;
  const message = { challengeId: null, channel: 'sms' as const, code: null, locale: 'en', ttlSeconds: 300 };
  const delivered = await deliver({ ...message, country: phone.country, phone: phone.e164, text });
  if (!delivered.ok) {
    await giveBackPlaces(db, taken);
  }
  const told = new Set<string>();
  for (let second = 0; ; second += 1) {
    const tries = await newestNotices(db, phone.e164, since);
    for (const line of tries.map(stateOf).filter((each) => !told.has(each))) {
      told.add(line);
      tell(line);
    }
    const last = tries.at(-1);
    if (!last || !delivered.ok) {
      if (!last) tell('Nobody on the route of this country can send it: see the route.');
      return false;
    }
    if (last.state === 'delivered' || last.state === 'failed') {
      return last.state === 'delivered';
    }
    if (silent.includes(last.provider)) {
      tell(`${capital(vendorName(last.provider))} sends no receipts, so this is all that will be known.`);
      return true;
    }
    if (second >= FOLLOWED_SECONDS) {
      tell(`No receipt within ${FOLLOWED_SECONDS} s. The message may arrive yet; see whether receipts get through.`);
      return true;
    }
    await pause(1_000);
  }
}

function stateOf({ provider, state, errorClass, errorCode }: TestDelivery): string {
  const vendor = capital(vendorName(provider));
  const why = () => `${failureWords(provider, errorClass, errorCode)}${errorCode ? ` (${errorCode})` : ''}`;
  switch (state) {
    case 'sending':
      return `${vendor} is being asked.`;
    case 'taken':
      return `${vendor} took it.`;
    case 'delivered':
      return `${vendor} reports it delivered.`;
    case 'unanswered':
      return `${vendor} did not answer. ${why()}`;
    case 'refused':
      return `${vendor} did not take it. ${why()}`;
    case 'failed':
      return `${vendor} reports it not delivered. ${why()}`;
  }
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
