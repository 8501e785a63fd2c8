import pino, { type Logger } from 'pino';

/**
 * The structured log. What is logged is chosen line by line; the paths below are a second net for what must never be
 * written.
 */
export function createLog(level: string): Logger {
  return pino({
    level,
    base: undefined,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: errorSummary },
    redact: {
      paths: ['phone', 'otp', 'token', 'cookie', 'authorization', '*.phone', '*.otp', '*.token'],
      censor: '[redacted]',
    },
  });
}

/**
 * Name, code, stack — never the message's parameters: a failed statement's message quotes what was written, and that may
 * be a number or a hash.
 */
function errorSummary(error: unknown): object {
  if (!(error instanceof Error)) {
    return { type: typeof error };
  }
  const code = (error as { code?: unknown }).code;
  const frames = error.stack
    ?.split('\n')
    .filter((line) => /^\s+at /.test(line))
    .slice(0, 8);
  const quotesParameters = /^Failed query/.test(error.message);
  return {
    type: error.name,
    ...(typeof code === 'string' ? { code } : {}),
    message: quotesParameters ? 'a statement failed' : error.message,
    stack: frames,
    ...(error.cause === undefined ? {} : { cause: errorSummary(error.cause) }),
  };
}
