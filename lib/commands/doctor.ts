// `npm run doctor`: what is wrong, and what to do about it.
import { setTimeout as pause } from 'node:timers/promises';
import nextEnv from '@next/env';
import { projectDataDir, startEmbeddedPostgres } from '../db/embedded/start';
import { type CheckLine, failed, worst } from '../doctor/finding';
import { EnvError, env } from '../env';
import { canonicalPhone } from '../phone/phone';
import { server } from '../server';

const HELP = `npm run doctor [-- --json] [-- --send <phone>]

Checks settings, address, keys, database, routes and vendors, and says what to do about whatever is wrong. Exits with 1 when
anything failed. Run it with the settings of the server, NODE_ENV=production among them.

--json          the same as a JSON list, for machines
--send <phone>  sends one real message without a code and follows it for a minute`;

const marks = { ok: 'ok      ', warning: 'warning ', failed: 'FAILED  ' };

nextEnv.loadEnvConfig(process.cwd(), process.env.NODE_ENV !== 'production', { info: () => {}, error: console.error });
// The report is all that is to be read here.
process.env.LOG_LEVEL = 'silent';
// The pool would keep the process alive.
process.exit(await main(process.argv.slice(2)));

async function main(args: string[]): Promise<number> {
  if (args.includes('--help')) {
    console.log(HELP);
    return 0;
  }
  const json = args.includes('--json');
  const sendAt = args.indexOf('--send');
  const wrong = args.find((arg, at) =>
    arg.startsWith('--') ? !['--json', '--send'].includes(arg) : sendAt < 0 || at <= sendAt,
  );
  if (wrong !== undefined || (sendAt >= 0 && (json || sendAt + 1 === args.length))) {
    console.error(HELP);
    return 1;
  }
  const embedded: { stop?: () => Promise<unknown> } = {};
  try {
    const lines = await check(embedded);
    console.log(json ? JSON.stringify(lines, null, 2) : report(lines));
    if (worst(lines) === 'failed') return 1;
    return sendAt < 0 ? 0 : await send(args.slice(sendAt + 1).join(' '));
  } finally {
    await embedded.stop?.();
  }
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

async function send(typed: string): Promise<number> {
  const app = await server();
  const parsed = canonicalPhone(typed, app.env.DEFAULT_COUNTRY, app.env.ALLOWED_COUNTRIES);
  if (!parsed.ok) {
    console.error('That is not a mobile number of a country that codes are sent to.');
    return 1;
  }
  console.log('\nA test message');
  return (await app.sendTestMessage(parsed.phone, (line) => console.log(`  ${line}`), pause)) ? 0 : 1;
}

function report(lines: CheckLine[]): string {
  const areas = [...new Set(lines.map(({ area }) => area))];
  const told = areas.map((area) => {
    const own = lines.filter((line) => line.area === area);
    const said = own.map(
      ({ level, text, remedy }) => `  ${marks[level]}${text}${remedy ? `\n          ${remedy}` : ''}`,
    );
    return `${area}\n${said.join('\n')}`;
  });
  const count = (level: CheckLine['level']) => lines.filter((line) => line.level === level).length;
  return `${told.join('\n\n')}\n\n${count('failed')} failed, ${count('warning')} warnings, ${count('ok')} ok`;
}
