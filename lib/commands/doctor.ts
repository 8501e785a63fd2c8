// `npm run doctor`: what is wrong, and what to do about it.
import { setTimeout as pause } from 'node:timers/promises';
import nextEnv from '@next/env';
import { projectDataDir, startEmbeddedPostgres } from '../db/embedded/start';
import { type CheckLine, failed, worst } from '../doctor/finding';
import { folded, reportOf } from '../doctor/report';
import { EnvError, env } from '../env';
import { canonicalPhone, type PhoneRefusal } from '../phone/phone';
import { server } from '../server';
import { watchReader } from './reader';

const HELP = `npm run doctor [-- --json] [-- --send <phone>]

Checks settings, address, keys, database, routes and vendors, and says what to do about whatever is wrong. Exits with 1 when
anything failed. Run it with the settings of the server, NODE_ENV=production among them.

--json          the same as a JSON list, for machines: npm run --silent doctor -- --json
--send <phone>  sends one real message and follows it for a minute. It carries no code, but by Twilio Verify`;

nextEnv.loadEnvConfig(process.cwd(), process.env.NODE_ENV !== 'production', { info: () => {}, error: console.error });
// The report is all that is to be read here.
process.env.LOG_LEVEL = 'silent';

const reader = watchReader();
// The pool would keep the process alive.
process.exit(await main(process.argv.slice(2)));

type Asked = { json: boolean; send: string | null };

async function main(args: string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const asked = readArguments(args);
  if (typeof asked === 'string') {
    console.error(`${asked}\n\n${HELP}`);
    return 1;
  }
  const embedded: { stop?: () => Promise<unknown> } = {};
  try {
    const lines = await check(embedded);
    console.log(asked.json ? JSON.stringify(lines, null, 2) : reportOf(lines, process.stdout.columns));
    const sent = asked.send === null || (await send(asked.send, lines));
    return sent && worst(lines) !== 'failed' ? 0 : 1;
  } finally {
    await embedded.stop?.();
  }
}

/** What is asked for, or what is wrong with it. */
function readArguments(args: string[]): Asked | string {
  const sendAt = args.indexOf('--send');
  const json = args.includes('--json');
  const unknown = args.find((arg, at) =>
    arg.startsWith('-') ? !['--json', '--send'].includes(arg) : sendAt < 0 || at <= sendAt,
  );
  if (unknown !== undefined) {
    // It may hold a number, which is not for a terminal's log.
    const option = /^--?[a-z-]+(?==|$)/.exec(unknown)?.[0];
    return option ? `There is no option ${option}.` : 'A number stands behind --send, and nothing else is asked for.';
  }
  if (sendAt < 0) return { json, send: null };
  if (json) return '--send tells a story as it happens: leave --json out.';
  const typed = args.slice(sendAt + 1).join(' ');
  return typed ? { json, send: typed } : 'Say whom to send to: --send <phone>, with + and the country code.';
}

/** All lines; those of the settings alone when they can't be used. */
async function check(embedded: { stop?: () => Promise<unknown> }): Promise<CheckLine[]> {
  try {
    const settings = env();
    if (!settings.DATABASE_URL) {
      const started = await startEmbeddedPostgres({ dataDir: projectDataDir() });
      embedded.stop = () => started.stop();
      settings.DATABASE_URL = started.url;
    }
  } catch (error) {
    if (error instanceof EnvError) {
      const remedy =
        'Correct it in the environment of the server, or in .env.local. .env.local.example explains each setting.';
      return error.problems.map((problem) => ({ area: 'Settings', ...failed(`${problem}.`, remedy) }));
    }
    return [{ area: 'Database', ...failed((error as Error).message, 'Set DATABASE_URL to a PostgreSQL server.') }];
  }
  return (await server()).runChecks();
}

/** What is wrong elsewhere does not stop it: a message that is tried may tell more than any check. */
async function send(typed: string, lines: CheckLine[]): Promise<boolean> {
  console.log('\nA test message');
  if (lines.some(({ area, level }) => level === 'failed' && ['Settings', 'Database'].includes(area))) {
    console.error('  Not sent: settings and database have to be right first.');
    return false;
  }
  const app = await server();
  const { DEFAULT_COUNTRY, ALLOWED_COUNTRIES } = app.env;
  const parsed = canonicalPhone(typed, DEFAULT_COUNTRY, ALLOWED_COUNTRIES);
  if (!parsed.ok) {
    console.error(`  Not sent: ${notSent(parsed.code, DEFAULT_COUNTRY)}`);
    return false;
  }
  return app.sendTestMessage(
    parsed.phone,
    (line) => console.log(folded('  ', line, process.stdout.columns)),
    (milliseconds) => (reader.isGone() ? process.exit(1) : pause(milliseconds)),
  );
}

function notSent(refusal: PhoneRefusal, country: string): string {
  switch (refusal) {
    case 'invalid_phone':
      return `that is not a phone number. Write it with + and the country code; without, it is read as one of ${country} (DEFAULT_COUNTRY).`;
    case 'unsupported_country':
      return 'ALLOWED_COUNTRIES leaves its country out, so nobody there is sent a code.';
    case 'undeliverable_phone':
      return 'that is not a mobile number, and codes are sent to no other.';
  }
}
