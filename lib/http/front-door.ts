import { randomBytes } from 'node:crypto';
import { subscribe } from 'node:diagnostics_channel';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Server, Socket } from 'node:net';
import { beginRequest } from '../request-context';
import { clientAddress, exactAddress, UNKNOWN_ADDRESS } from './client-address';
import { cleanHeaders } from './incoming-headers';
import { completeHeaders } from './outgoing-headers';

/**
 * Next hands route handlers no socket, and fills X-Forwarded-For in itself where a client sent none. So the client's
 * address is worked out at the moment Node accepts a request, before Next sees it, and travels in a header whose name is
 * random per process: nobody outside can send it.
 */
const doorKey = Symbol.for('latchkey.front-door');
const handledMethods = new Set(['GET', 'HEAD', 'OPTIONS', 'POST', 'PUT', 'PATCH', 'DELETE']);
const reads = /^(GET|HEAD)$/;
type Door = { addressHeader: string; exactHeader: string; open: boolean };

function door(): Door {
  const shared = globalThis as { [doorKey]?: Door };
  const name = () => `x-client-${randomBytes(12).toString('hex')}`;
  shared[doorKey] ??= { addressHeader: name(), exactHeader: name(), open: false };
  return shared[doorKey];
}

/**
 * Starts watching this process's HTTP server, for what must hold of every request and every response. Works alike under
 * `next dev`, `next start` and a custom server. `appUrl`: our public origin.
 */
export function openFrontDoor(trustedHops: number, appUrl: string): void {
  const { addressHeader, exactHeader, open } = door();
  if (open) {
    return;
  }
  door().open = true;
  if (process.env.NODE_ENV === 'production') {
    subscribe('net.server.socket', (message) => {
      // Next listens for upgrades, and then neither makes nor answers them. Without that, Node takes them for the requests they are.
      (message as { socket: Socket & { server?: Server } }).socket.server?.removeAllListeners('upgrade');
    });
  }
  subscribe('http.server.request.start', (message) => {
    const { request, response } = message as { request: IncomingMessage; response: ServerResponse };
    const { remoteAddress } = request.socket;
    const forwardedFor = [request.headers['x-forwarded-for']].flat().join(',');
    request.url = originForm(request.url ?? '/');
    completeHeaders(response, appUrl.startsWith('https:'), beginRequest());
    cleanHeaders(request.headers, request.url, appUrl);
    // Already there: Next asks itself for the page that has an action, or that one leads to, on behalf of the same client.
    request.headers[addressHeader] ??= clientAddress(remoteAddress, forwardedFor, trustedHops);
    request.headers[exactHeader] ??= exactAddress(remoteAddress, forwardedFor, trustedHops);
    if (request.headers.authorization !== undefined) {
      // Of several Node hands on the first; what stands in front may have judged the last. Together they are malformed.
      request.headers.authorization = request.headersDistinct.authorization?.join(', ');
    }
    if (
      !handledMethods.has(request.method ?? '') ||
      (!reads.test(request.method ?? '') && isFile(decoded(request.url) ?? ''))
    ) {
      // Next answers TRACE with a 500, other strangers with an empty 400, and whatever does not read a file with a 500.
      request.method = 'GET';
      request.url = '/api/method-not-allowed';
    } else if (/^\/_global-error\/?$/.test(decoded(request.url) ?? '/_global-error')) {
      // Next answers a path that is no UTF-8 with a 500, and so its own page for those; nothing can be at such an address.
      request.url = '/api/not-found';
    }
  });
}

/** A target with scheme and host, as every server must take it (RFC 9112, 3.2.2), without them: Next would lead it to itself for ever. */
const originForm = (target: string): string =>
  target.replace(/^[a-z][a-z\d+.-]*:\/\/[^/?]*/i, '').replace(/^(?!\/)/, '/');

/** What is only read and passes no code of ours: flags, pictures, scripts. An address there that is none gets a page of Next's, which takes actions. */
const isFile = (path: string): boolean => /^\/(flags|_next)\/|^\/[^/]+\.[a-z]+\/?$/.test(path);

/**
 * The path of a target as files are looked up by: without `.` and `..`, and without a fragment, which no browser sends.
 * Null for what is no UTF-8.
 */
function decoded(target: string): string | null {
  try {
    return decodeURIComponent(new URL(`http://localhost${target}`).pathname);
  } catch {
    return null;
  }
}

/** The client's address of a request, as {@link exactAddress} gives it. */
export function exactAddressOf(headers: Pick<Headers, 'get'>): string {
  return headers.get(door().exactHeader) ?? UNKNOWN_ADDRESS;
}

/** The client's address of a request, as {@link clientAddress} gives it. */
export function addressOf(headers: Pick<Headers, 'get'>): string {
  return headers.get(door().addressHeader) ?? UNKNOWN_ADDRESS;
}
