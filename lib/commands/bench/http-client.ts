import http from 'node:http';
import { StepFailed } from './load';

export type Call = { step: string; method: string; path: string; headers?: Record<string, string>; body?: string };
export type Answer = { headers: http.IncomingHttpHeaders; body: string };

export type HttpClient = {
  /** @throws {StepFailed} for anything but a 2xx. */
  request(call: Call): Promise<Answer>;
  close(): void;
};

/** Longer than any answer under the heaviest load here; a server that hangs must not hang the bench. */
const TIME_OUT_MS = 20_000;

/** A client with `connections` kept open. The server listens on 127.0.0.1 and believes in `origin`. */
export function openHttpClient(origin: URL, connections: number): HttpClient {
  const agent = new http.Agent({ keepAlive: true, maxSockets: connections, scheduling: 'fifo' });
  return {
    request: ({ step, method, path, headers, body }) =>
      new Promise((resolve, reject) => {
        const failed = (reason: string) => reject(new StepFailed(`${step}: ${reason}`));
        const request = http.request(
          {
            agent,
            host: '127.0.0.1',
            port: origin.port,
            method,
            path,
            timeout: TIME_OUT_MS,
            headers: {
              host: origin.host,
              ...(body === undefined
                ? {}
                : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) }),
              ...headers,
            },
          },
          (response) => {
            const chunks: Buffer[] = [];
            response.on('data', (chunk: Buffer) => chunks.push(chunk));
            response.on('error', (error) => failed(error.message));
            response.on('end', () => {
              const text = Buffer.concat(chunks).toString();
              const { statusCode = 0 } = response;
              if (statusCode >= 200 && statusCode < 300) resolve({ headers: response.headers, body: text });
              else failed(`${statusCode} ${/"code":"(\w+)"/.exec(text)?.[1] ?? ''}`.trim());
            });
          },
        );
        request.on('timeout', () => request.destroy(new Error('no answer in time')));
        request.on('error', (error) => failed(error.message));
        request.end(body);
      }),
    close: () => agent.destroy(),
  };
}
