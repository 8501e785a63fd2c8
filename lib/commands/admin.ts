// `npm run admin`: who administers the app, and what an operator must be able to do at any time.
import { z } from 'zod';
import type { Database } from '../db/client';
import { clearWrongTries } from '../otp/unlock-store';
import { settings } from '../settings/settings';
import { canonicalPhone } from '../phone/phone';
import { EVERYTHING, pauseSms, resumeSms } from '../sms/pause-store';
import { settleNumber } from '../users/number-store';
import { administrators, changeAdminRole } from '../users/role-store';
import { CommandError, readSettings, runCommand } from './command';
import { withDatabase } from './with-database';

const HELP = `npm run admin -- grant | revoke | unlock | vouch | release <phone>, list, pause-sms [reason] or resume-sms

  grant <phone>   the account of this number becomes an administrator, from its next request on
  revoke <phone>  it becomes an ordinary account again, at once
  list            all administrators
  unlock <phone>  clears the wrong codes that were tried for a number, which make it wait or stop it
  vouch <phone>   it is still its owner’s, though nobody proved it for long: it opens its account again
  release <phone> it is somebody else’s by now: a number that nobody proved for long is taken off its account, and opens a new one
  pause-sms       no message is sent any more by any instance, from the next request on
  resume-sms      messages are sent again, also to ranges that were stopped by themselves

The number may be written in any form; without + it belongs to DEFAULT_COUNTRY. Its owner must have signed in once;
ADMIN_PHONES makes administrators of numbers that have not.`;

/** Who did it, in the trail. */
const BY = 'npm run admin';

// Only what is needed, so that an administrator can be made where the rest of the settings is not at hand.
const { DATABASE_URL, DEFAULT_COUNTRY, ADMIN_PHONES, TEST_NUMBERS, DORMANT_AFTER_DAYS } = settings;
const schema = z.object({ DATABASE_URL, DEFAULT_COUNTRY, ADMIN_PHONES, TEST_NUMBERS, DORMANT_AFTER_DAYS });
type Chosen = z.output<typeof schema>;

/** What there is to do with a number. */
const withNumber: Record<string, (db: Database, phone: string, chosen: Chosen) => Promise<number>> = {
  grant: (db, phone, chosen) => change(chosen, db, phone, true),
  revoke: (db, phone, chosen) => change(chosen, db, phone, false),
  unlock,
  vouch: (db, phone, chosen) => settle(chosen, db, phone, 'owner'),
  release: (db, phone, chosen) => settle(chosen, db, phone, 'released'),
};

await runCommand(main);

async function main([step, ...typed]: string[]): Promise<number> {
  if (step === undefined || step === 'help' || step === '--help') {
    console.log(HELP);
    return 0;
  }
  const chosen = readSettings(schema);
  if (step === 'list' && typed.length === 0) {
    return withDatabase(chosen.DATABASE_URL, async (db) => {
      const all = await administrators(db);
      const lines = all.map(({ phone, name, suspended, lastSignedInAt }) => {
        const seen = lastSignedInAt ? `last signed in ${lastSignedInAt.toISOString()}` : 'no session kept';
        return [phone ?? 'no number', name, seen, suspended && 'suspended', isNamed(chosen, phone) && 'in ADMIN_PHONES']
          .filter(Boolean)
          .join('  ');
      });
      console.log(lines.join('\n') || 'There is no administrator yet: npm run admin -- grant <phone>');
      return 0;
    });
  }
  if (step === 'pause-sms' || (step === 'resume-sms' && typed.length === 0)) {
    return withDatabase(chosen.DATABASE_URL, (db) => switchSms(db, step === 'pause-sms', typed.join(' ')));
  }
  const act = Object.hasOwn(withNumber, step) ? withNumber[step] : undefined;
  if (!act || typed.length === 0) {
    throw new CommandError(`Say what to do:\n\n${HELP}`);
  }
  const parsed = canonicalPhone(typed.join(' '), chosen.DEFAULT_COUNTRY, undefined);
  if (!parsed.ok) {
    throw new CommandError(
      `That is not a mobile number. Write it with + and the country code; without, it is read as one of ${chosen.DEFAULT_COUNTRY} (DEFAULT_COUNTRY).`,
    );
  }
  const phone = parsed.phone.e164;
  return withDatabase(chosen.DATABASE_URL, (db) => act(db, phone, chosen));
}

async function settle(chosen: Chosen, db: Database, phone: string, as: 'owner' | 'released'): Promise<number> {
  if (as === 'released' && isNamed(chosen, phone)) {
    throw new CommandError(
      `ADMIN_PHONES names ${phone}: its next holder would become an administrator. Take it out on every instance first.`,
    );
  }
  const days = chosen.DORMANT_AFTER_DAYS;
  switch (await settleNumber(db, { phone, as, by: BY }, days)) {
    case 'unknown':
      throw new CommandError(`No account has ${phone}.`);
    case 'suspended':
      throw new CommandError(`The account of ${phone} is suspended, and keeps its number: lift that first.`);
    case 'in_use':
      throw new CommandError(
        `The owner of ${phone} confirmed it within DORMANT_AFTER_DAYS (${days}): it is not taken off, they would lose their account.`,
      );
    case 'settled':
      console.log(
        as === 'owner'
          ? `${phone} opens its account again, as if its owner had just proved it.`
          : `${phone} opens a new account. The one that had it keeps its data and its other ways in.`,
      );
  }
  return 0;
}

async function unlock(db: Database, phone: string): Promise<number> {
  const wrong = await clearWrongTries(db, { phone, by: BY, sessionId: null, address: null });
  const codes = wrong === 1 ? '1 wrong code' : `${wrong} wrong codes in a row`;
  console.log(wrong === 0 ? `No wrong codes count against ${phone}.` : `Cleared: ${codes} for ${phone}.`);
  return 0;
}

async function switchSms(db: Database, off: boolean, reason: string): Promise<number> {
  if (off) {
    await pauseSms(db, { scope: EVERYTHING, reason, by: BY, forSeconds: null });
    console.log('Sending is switched off, on all instances. Messages go again with: npm run admin -- resume-sms');
    return 0;
  }
  const resumed = await resumeSms(db, { scope: null, by: BY });
  console.log(resumed.length === 0 ? 'Sending was not switched off.' : `Messages go again: ${resumed.join(', ')}.`);
  return 0;
}

async function change(chosen: Chosen, db: Database, phone: string, grant: boolean): Promise<number> {
  const outcome = await changeAdminRole(db, { phone, grant, by: BY });
  switch (outcome) {
    case 'unknown':
      throw new CommandError(
        `Nobody has signed in with ${phone} yet. Have its owner sign in once, or name the number in ADMIN_PHONES.`,
      );
    case 'suspended':
      throw new CommandError(`The account of ${phone} is suspended: lift that first.`);
    case 'unchanged':
      console.log(grant ? `${phone} is an administrator already.` : `${phone} is no administrator.`);
      break;
    case 'changed':
      console.log(
        grant
          ? `${phone} is an administrator now. Its sessions end after an hour unused, and after a day.`
          : `${phone} is no administrator any more, from its next request on.`,
      );
  }
  if (grant && chosen.TEST_NUMBERS?.some((number) => number.phone === phone)) {
    console.error('TEST_NUMBERS names this number: its fixed code signs no administrator in. Take it out there.');
  }
  if (!grant && isNamed(chosen, phone)) {
    console.error(
      'ADMIN_PHONES names this number: its next sign-in makes it one again. Take it out on every instance.',
    );
  }
  return 0;
}

function isNamed(chosen: Chosen, phone: string | null): boolean {
  return phone !== null && (chosen.ADMIN_PHONES?.includes(phone) ?? false);
}
