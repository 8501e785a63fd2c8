import { parseArgs } from 'node:util';
import { type CountryCode, isSupportedCountry } from 'libphonenumber-js/max';
import { CommandError } from '../command';

export const HELP = `npm run users -- import <file.csv> [--dry-run] [--country <code>] [--report <file.csv>]

Takes over the people of another system. The first line of the file names the columns; docs/moving.md lists them.
Numbers are brought into one form, what can't be used is told by its line, an account that exists is never touched.
  --dry-run          checks everything, writes nothing
  --country <code>   country of numbers without a country code, such as IN (default: DEFAULT_COUNTRY)
  --report <file>    writes everything that was told, one line each; it holds no personal data

Exits with 0 when all of the file was or can be taken over, with 2 when some of it was left out, with 1 when it could not be read to its
end: who was taken over by then stays, and the others follow when it is run again.`;

type Arguments = {
  help: boolean;
  file: string;
  dryRun: boolean;
  country: CountryCode | undefined;
  report: string | undefined;
};

/** What the words after the command ask for. @throws {CommandError} */
export function readArguments(args: string[]): Arguments {
  const { values, positionals } = parsed(args);
  const [step, file, ...more] = positionals;
  const help = values.help === true || step === undefined || step === 'help';
  if (!help && (step !== 'import' || file === undefined || more.length > 0)) {
    throw new CommandError(`Name one file: npm run users -- import <file.csv>\n\n${HELP}`);
  }
  const country = values.country?.trim().toUpperCase();
  if (country !== undefined && !isSupportedCountry(country)) {
    throw new CommandError('--country must be an ISO 3166 alpha-2 country code such as IN.');
  }
  return { help, file: file ?? '', dryRun: values['dry-run'] === true, country, report: values.report };
}

function parsed(args: string[]) {
  const options = {
    'dry-run': { type: 'boolean' },
    country: { type: 'string' },
    report: { type: 'string' },
    help: { type: 'boolean' },
  } as const;
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new CommandError(`${(error as Error).message}\n\n${HELP}`);
  }
}
