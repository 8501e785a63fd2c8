import type { Env } from '../env';
import { isLoopback } from '../settings/loopback';

/**
 * The development inbox shows codes, so it exists only where messages go to it and the public origin is a loopback name;
 * start-up refuses anything else. That the request too must ask for a loopback name stops pages elsewhere from reading it by
 * DNS rebinding. It does not stop whoever can reach the port: the inbox is as public as the port is.
 */
export function isInboxOpen(env: Env, host: string | null): boolean {
  const origin = `http://${host ?? ''}`;
  return env.inbox && env.loopback && URL.canParse(origin) && isLoopback(new URL(origin).hostname);
}
