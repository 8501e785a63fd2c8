import { once } from 'node:events';
import http, { type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { vendorPolicy } from '../../policy';

/** A request as it arrived at the vendor's door. */
export type Seen = {
  method: string;
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
};

export type Answering = (response: ServerResponse, socket: Socket) => void;

/** A vendor's HTTP door: keeps what arrived and answers what the test says next. */
export type FakeVendor = {
  url: string;
  seen: Seen[];
  /** How every request from now on is answered. */
  answer(how: Answering): void;
  close(): Promise<void>;
};

export async function startFakeVendor(): Promise<FakeVendor> {
  const seen: Seen[] = [];
  let answering: Answering = (response) => response.end();
  const server = http.createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    seen.push({ method, path: url, headers, body: Buffer.concat(chunks).toString() });
    answering(response, request.socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    seen,
    answer: (how) => {
      answering = how;
      seen.length = 0;
    },
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

/** A whole answer. */
export const says =
  (status: number, body: string, headers: Record<string, string> = {}): Answering =>
  (response) =>
    response.writeHead(status, headers).end(body);

/** A whole answer in JSON. */
export const saysJson = (status: number, body: unknown): Answering =>
  says(status, JSON.stringify(body), { 'content-type': 'application/json' });

/** Nothing, ever. */
export const hangs: Answering = () => undefined;

/** The line goes dead instead of an answer. */
export const resets: Answering = (_response, socket) => socket.resetAndDestroy();

/** The address of a vendor that nobody listens at any more. */
export async function nobodyAt(): Promise<string> {
  const gone = await startFakeVendor();
  await gone.close();
  return gone.url;
}

/** A byte now and then: each one comes in time, the whole never does. */
export const drips: Answering = (response) => {
  response.writeHead(200);
  const timer = setInterval(() => response.write('.'), 20);
  response.on('close', () => clearInterval(timer));
};

/** What leaves it open whether a message was taken, and the code that says which it was. */
export const lostAnswers: [string, Answering, string][] = [
  ['hangs', hangs, 'timeout'],
  ['drips', drips, 'timeout'],
  ['breaks off', resets, 'reset'],
  ['never ends', says(200, 'x'.repeat(vendorPolicy.answerBytes + 1)), 'garbage'],
];
