import type { Clock } from '../clock';
import type { Database } from '../db/client';
import type { Env } from '../env';
import { budgetBuckets } from '../otp/send-windows';
import { testNumberOf } from '../otp/test-numbers';
import type { Phone } from '../phone/phone';
import { giveBackPlaces, takePlaces } from '../rate-limit/rate-limit';
import type { Deliver, Delivered, Transit } from '../sms/deliver';
import type { CodeKeepers } from '../sms/keepers';
import { costOf } from '../sms/prices';
import { segmentsOf } from '../sms/segments';
import { capital, failureWords, sendsNoReceipts, vendorName } from '../sms/vendor-words';
import { newestNotices, noteTestMessage, type TestDelivery } from './test-message-store';

export type TestMessageDeps = {
  db: Database;
  env: Env;
  clock: Clock;
  deliver: Deliver;
  keepers: CodeKeepers;
};

const FOLLOWED_SECONDS = 60;

/**
 * Sends a number one real message, over the route of its country, and tells each state it gets to for up to a minute. It
 * carries no code, but where a vendor keeps the codes: that one sends nothing else, and what it sends opens nothing here. It
 * counts in the budget and stands in the trail. True: it was taken, and nothing said that it failed.
 */
export async function sendTestMessage(
  deps: TestMessageDeps,
  phone: Phone,
  tell: (line: string) => void,
  pause: (milliseconds: number) => Promise<unknown>,
): Promise<boolean> {
  const { db, env, clock } = deps;
  if (testNumberOf(env.TEST_NUMBERS, phone.e164, clock.now())) {
    tell('Not sent: it is one of TEST_NUMBERS, and those are sent nothing. Choose the number of a phone at hand.');
    return false;
  }
  // An operator may well want to try a vendor while sending is switched off.
  const { segments } = segmentsOf(testText(env));
  const cost = costOf(env.SMS_PRICES, { country: phone.country, channel: 'sms', segments });
  const taken = await takePlaces(db, budgetBuckets(env, cost));
  if (taken.limited) {
    tell('Not sent: the budget for messages is used up.');
    return false;
  }
  const since = await noteTestMessage(db, phone.e164);
  const transit = { mayHaveGone: false };
  const delivered = await handOver(deps, phone, tell, transit).finally(
    () => transit.mayHaveGone || giveBackPlaces(db, taken),
  );
  const told = new Set<string>();
  for (let second = 0; ; second += 1) {
    const tries = await newestNotices(db, phone.e164, since);
    for (const line of tries.map(stateOf).filter((each) => !told.has(each))) {
      told.add(line);
      tell(line);
    }
    const last = tries.at(-1);
    if (!last || !delivered.ok) {
      if (!last) tell('Nobody on the route of this country can send a text message: see the route.');
      return false;
    }
    if (last.state === 'delivered' || last.state === 'failed') {
      return last.state === 'delivered';
    }
    if (sendsNoReceipts(last.provider)) {
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

async function handOver(
  { env, deliver, keepers }: TestMessageDeps,
  { e164: phone, country }: Phone,
  tell: (line: string) => void,
  transit: Transit,
): Promise<Delivered> {
  const message = { challengeId: null, phone, channel: 'sms', locale: 'en', ttlSeconds: env.OTP_TTL_SECONDS } as const;
  const keeper = keepers.of(country);
  if (keeper) {
    tell(`${capital(vendorName(keeper))} sends codes only: the message carries one, which opens nothing.`);
    return keepers.start(keeper, message, transit);
  }
  return deliver({ ...message, country, code: null, text: testText(env) }, transit);
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

const testText = ({ APP_NAME }: Env) => `This is a test message from ${APP_NAME}. There is nothing to do.`;
