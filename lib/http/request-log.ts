import type { Logger } from 'pino';
import { type ErrorCode, errorTable } from '../errors';
import { addressOf } from './front-door';

/** Who tried what, for whoever reads the log at night: each line bears the id that the client was told. */
type Attempt = {
  requestId: string;
  method: string;
  /** Of the address, without its query. */
  path: string;
  /** The client's, as the limits count it; null where it is not known. */
  address: string | null;
};

/** Who tried what in a request, by the id that its answer bears. */
export const attemptOf = ({ method, headers, url }: Asked, requestId: string): Attempt => ({
  requestId,
  method,
  path: new URL(url).pathname,
  address: addressOf(headers),
});
type Asked = { method: string; headers: Pick<Headers, 'get'>; url: string };

/** What only an attack, or a page of somebody else's, brings about. */
const suspicious = new Set<ErrorCode>(['refresh_reused', 'origin_not_allowed']);

/**
 * Notes a refusal: those of somebody who may not (401, 403, 429) and of us who can't (503) at `info`, mistakes in a request at
 * `debug`. Surprises have a line of their own.
 */
export function noteRefusal(log: Pick<Logger, 'warn' | 'info' | 'debug'>, attempt: Attempt, code: ErrorCode): void {
  const { status } = errorTable[code];
  const level = suspicious.has(code) ? 'warn' : [401, 403, 429, 503].includes(status) ? 'info' : 'debug';
  log[level]({ ...attempt, path: shownPath(attempt.path), status, code }, 'request refused');
}

/**
 * A path as a log may have it: words of our own routes. Ids of people, the secret in a vendor's path, and whatever else somebody
 * typed there are left out.
 */
export const shownPath = (path: string): string =>
  path
    .split('/')
    .map((segment) => (/^[a-z][a-z.-]{0,20}$/.test(segment) || segment === '' ? segment : '…'))
    .slice(0, 8)
    .join('/');
