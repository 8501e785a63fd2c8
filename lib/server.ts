import os from 'node:os';
import type { Logger } from 'pino';
import { type Clock, systemClock } from './clock';
import { type Database, openDatabase } from './db/client';
import { type Env, env as readEnv } from './env';
import { derivedKey } from './keys';
import { createLog } from './log';
import { type CodeHasher, createCodeHasher } from './otp/code-hasher';
import { sendCode, type SendCodeInput } from './otp/send-code';
import { verifyCode, type VerifyCodeInput } from './otp/verify-code';
import { type AccessTokens, createAccessTokens } from './sessions/access-token';
import { authenticate } from './sessions/authenticate';
import { type CookieTokens, createCookieTokens } from './sessions/session-cookie';
import { prepareFindSession } from './sessions/session-store';
import { derivedSigningKey } from './sessions/signing-keys';
import { inboxSender } from './sms/inbox';
import type { SmsSender } from './sms/sender';

/** Everything the edge works with: the use cases bound to the real database, clock, keys and vendor. */
export type Server = {
  env: Env;
  db: Database;
  clock: Clock;
  log: Logger;
  hasher: CodeHasher;
  sms: SmsSender;
  cookies: CookieTokens;
  accessTokens: AccessTokens;
  sendCode(input: SendCodeInput): ReturnType<typeof sendCode>;
  verifyCode(input: VerifyCodeInput): ReturnType<typeof verifyCode>;
  authenticate(sessionId: string, userId?: string): ReturnType<typeof authenticate>;
};

/** The composition root. @throws {EnvError} */
async function compose(): Promise<Server> {
  const env = readEnv();
  if (!env.DATABASE_URL) {
    throw new Error('No database is running: instrumentation.ts starts the embedded one before the first request.');
  }
  const { db } = openDatabase(env.DATABASE_URL, env.DATABASE_POOL_MAX);
  const clock = systemClock;
  const log = createLog(env.LOG_LEVEL);
  const hasher = createCodeHasher(derivedKey(env.NEXTAUTH_SECRET, 'code-pepper'), os.availableParallelism());
  const sms: SmsSender = inboxSender(db);
  const keys = env.JWT_PRIVATE_KEYS ?? [derivedSigningKey(env.NEXTAUTH_SECRET)];
  const findSession = prepareFindSession(db);
  return {
    env,
    db,
    clock,
    log,
    hasher,
    sms,
    cookies: await createCookieTokens(derivedKey(env.NEXTAUTH_SECRET, 'session-cookie'), clock),
    accessTokens: await createAccessTokens(keys, { appUrl: env.APP_URL, ttlSeconds: env.ACCESS_TOKEN_TTL_SECONDS, clock }),
    sendCode: (input) => sendCode({ db, env, hasher, sms, log }, input),
    verifyCode: (input) => verifyCode({ db, env, hasher }, input),
    authenticate: (sessionId, userId) => authenticate({ db, clock, appUrl: env.APP_URL, findSession, log }, sessionId, userId),
  };
}

// Next bundles each entry on its own; what must exist once per process (the pool) hangs on the process.
const serverKey = Symbol.for('latchkey.server');

/** The one server of this process, made on first use. */
export function server(): Promise<Server> {
  const shared = globalThis as { [serverKey]?: Promise<Server> };
  shared[serverKey] ??= compose();
  return shared[serverKey];
}
