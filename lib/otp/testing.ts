import { randomInt } from 'node:crypto';
import { parseEnv } from '../env';
import { systemClock } from '../clock';
import type { Database } from '../db/client';
import { argon2Policy } from '../policy';
import { inboxMessagesOf, inboxSender } from '../sms/inbox';
import { channelsOffered, deliver } from '../sms/deliver';
import { noKeepers } from '../sms/keepers';
import type { SmsSender, SmsVendor } from '../sms/sender';
import { sparingTestNumbers } from '../sms/test-number-store';
import { createCodeHasher } from './code-hasher';
import type { SendCodeDeps } from './send-code';

/** Argon2id as ever, at a hundredth of the work: what it costs in earnest is for `code-hasher.test.ts` to know. */
const cost = { ...argon2Policy, memoryKiB: 256, passes: 1 };

/** What the use cases are handed in tests: real database, real hashing, the inbox or a given vendor. */
export function depsOn(
  db: Database,
  sms: SmsSender & Partial<SmsVendor> = inboxSender(db),
  settings: Record<string, string> = {},
  log: SendCodeDeps['log'] = { warn: () => undefined },
): SendCodeDeps {
  const env = parseEnv({ NODE_ENV: 'test', NEXTAUTH_SECRET: 'k9D0x!vQ2m7zR4tW8yB1nC5pL3sF6hJ0', ...settings });
  const hasher = createCodeHasher(Buffer.from('a pepper of thirty-two bytes long'), 2, { cost });
  const vendor: SmsVendor = { channels: ['sms'], diagnose: async () => [], ...sms };
  const vendors = new Map([[sms.name, vendor]]);
  const delivery = { db, vendors, routeOf: () => [sms.name], log };
  const channelsOf = channelsOffered.bind(null, delivery);
  const delivering = sparingTestNumbers({ db, env, clock: systemClock }, deliver.bind(null, delivery));
  return { db, env, clock: systemClock, hasher, deliver: delivering, keepers: noKeepers, channelsOf, log };
}

/** A fresh Indian mobile number, so that no test meets another's limits. */
export const freshPhone = (): string => `+9198${String(randomInt(1e8)).padStart(8, '0')}`;

/** A fresh client address. */
export const freshAddress = (): string => `203.0.113.${randomInt(256)}-${randomInt(1e9)}`;

/** The code in the newest message to a number. */
export async function newestCode(db: Database, phone: string): Promise<string> {
  const code = /\d{6}/.exec((await inboxMessagesOf(db, phone))[0]?.text ?? '')?.[0];
  if (!code) throw new Error(`no message to ${phone}`);
  return code;
}

/** A code of six digits that is not `right`. */
export const wrongCode = (right: string): string => (right === '000000' ? '000001' : '000000');
