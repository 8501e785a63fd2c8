// `npm run admin`: who administers the app.
import nextEnv from '@next/env';
import { z } from 'zod';
import { settings } from '../settings/settings';
import { canonicalPhone } from '../phone/phone';
import { administrators, changeAdminRole } from '../users/role-store';
import { CommandError, withDatabase } from './with-database';

const HELP = `npm run admin -- grant <phone> | revoke <phone> | list

  grant <phone>   the account of this number becomes an administrator, from its next request on
  revoke <phone>  it becomes an ordinary account again, at once
  list            all administrators

The number may be written in any form; without + it belongs to DEFAULT_COUNTRY. Its owner must have signed in once;
ADMIN_PHONES makes administrators of numbers that have not.`;

// Only what is needed, so that an administrator can be made where the rest of the settings is not at hand.
const { DATABASE_URL, DEFAULT_COUNTRY, ADMIN_PHONES, TEST_NUMBERS } = settings;
const schema = z.object({ DATABASE_URL, DEFAULT_COUNTRY, ADMIN_PHONES, TEST_NUMBERS });
type Chosen = z.output<typeof schema>;

nextEnv.loadEnvConfig(process.cwd(), process.env.NODE_ENV !== 'production', { info: () => {}, error: console.error });
process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  if (!(error instanceof CommandError)) throw error;
  console.error(error.message);
  return 1;
});

async function main([step, ...typed]: string[]): Promise<number> {
  if (step === undefined || step === 'help' || step === '--help') {
    console.log(HELP);
    return 0;
  }
  const chosen = readSettings();
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
  if ((step !== 'grant' && step !== 'revoke') || typed.length === 0) {
    throw new CommandError(`Say what to do: grant <phone>, revoke <phone> or list.\n\n${HELP}`);
  }
  const parsed = canonicalPhone(typed.join(' '), chosen.DEFAULT_COUNTRY, undefined);
  if (!parsed.ok) {
    throw new CommandError(
      `That is not a mobile number. Write it with + and the country code; without, it is read as one of ${chosen.DEFAULT_COUNTRY} (DEFAULT_COUNTRY).`,
    );
  }
  return withDatabase(chosen.DATABASE_URL, (db) => change(chosen, db, parsed.phone.e164, step === 'grant'));
}

async function change(
  chosen: Chosen,
  db: Parameters<typeof changeAdminRole>[0],
  phone: string,
  grant: boolean,
): Promise<number> {
  const outcome = await changeAdminRole(db, { phone, grant, by: 'npm run admin' });
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

function readSettings(): Chosen {
  const given = Object.fromEntries(
    Object.keys(schema.shape).map((name) => [name, process.env[name]?.trim() || undefined]),
  );
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new CommandError(parsed.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'));
}
