import nextEnv from '@next/env';
import type { z } from 'zod';
import { watchReader } from './reader';

/** A reason to stop, told in one sentence for the person at the terminal. */
export class CommandError extends Error {}

/** Runs a command with the settings of the .env files: it answers the exit code, or throws a {@link CommandError}. */
export async function runCommand(main: (args: string[]) => number | Promise<number>): Promise<void> {
  watchReader();
  const isDevelopment = process.env.NODE_ENV !== 'production';
  nextEnv.loadEnvConfig(process.cwd(), isDevelopment, { info: () => {}, error: console.error });
  try {
    process.exitCode = await main(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    console.error(error.message);
    process.exitCode = 1;
  }
}

/** Those settings that a command needs, so that it works where the rest is not at hand. @throws {CommandError} */
export function readSettings<Shape extends z.ZodRawShape>(schema: z.ZodObject<Shape>): z.output<z.ZodObject<Shape>> {
  const given = Object.keys(schema.shape).map((name) => [name, process.env[name]?.trim() || undefined]);
  const read = schema.safeParse(Object.fromEntries(given));
  if (read.success) return read.data;
  throw new CommandError(read.error.issues.map((issue) => `${issue.path.join('.')} ${issue.message}`).join('\n'));
}
