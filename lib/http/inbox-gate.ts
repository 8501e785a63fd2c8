import { type Env, isLoopback } from '../env';

/**
 * The development inbox shows codes, so it exists only where messages go to it, the public origin is a loopback name and
 * the request itself asks for a loopback name: a proxy in front of a forgotten test server does not open it.
 */
export function isInboxOpen(env: Env, host: string | null): boolean {
  const origin = `http://${host ?? ''}`;
  return env.inbox && env.loopback && URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}
