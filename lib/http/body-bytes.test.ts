import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { isRefusalError } from '../errors';
import { isPacked, readBytes } from './body-bytes';

/** A request whose body comes in pieces, one after each pause. */
function dribble(
  pieces: { afterSeconds: number; bytes: number }[],
  open = false,
): { request: Request; given: () => boolean } {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (const { afterSeconds, bytes } of pieces) {
        await new Promise((resolve) => setTimeout(resolve, afterSeconds * 1000));
        if (cancelled) return;
        controller.enqueue(new Uint8Array(bytes));
      }
      if (!open) controller.close();
    },
    cancel: () => void (cancelled = true),
  });
  const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
  return { request: new Request('http://localhost/', init), given: () => cancelled };
}

const outcome = (request: Request, most = 100, seconds?: number) =>
  readBytes(request, most, seconds).then(
    (bytes) => bytes?.length ?? 'too large',
    (error: unknown) => (isRefusalError(error) ? error.refusal.code : error),
  );

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('readBytes', () => {
  it('reads what comes in pieces, as long as they keep coming', async () => {
    const { request } = dribble([
      { afterSeconds: 9, bytes: 40 },
      { afterSeconds: 9, bytes: 60 },
    ]);
    const read = outcome(request);
    await vi.advanceTimersByTimeAsync(18_500);
    expect(await read).toBe(100);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('gives up on one that falls silent, and on one that never ends', async () => {
    const silent = dribble([{ afterSeconds: 1, bytes: 5 }], true);
    const endless = dribble(Array.from({ length: 60 }, () => ({ afterSeconds: 1, bytes: 1 })));
    const reads = [outcome(silent.request), outcome(endless.request)];
    await vi.advanceTimersByTimeAsync(11_500);
    expect(await reads[0]).toBe('invalid_request');
    await vi.advanceTimersByTimeAsync(9_000);
    expect(await reads[1]).toBe('invalid_request');
    expect([silent.given(), endless.given()]).toEqual([true, true]);
  });

  it('takes it for a mistake of the sender’s when they hang up', async () => {
    const body = new ReadableStream({
      pull: (controller) => controller.error(Object.assign(new Error('aborted'), { code: 'ECONNRESET' })),
    });
    const init = { method: 'POST', body, duplex: 'half' } as RequestInit;
    expect(await outcome(new Request('http://localhost/', init))).toBe('invalid_request');
  });

  it('reads nothing past the limit', async () => {
    const { request } = dribble([{ afterSeconds: 0, bytes: 101 }], true);
    const read = outcome(request);
    await vi.advanceTimersByTimeAsync(10);
    expect(await read).toBe('too large');
  });
});

describe('isPacked', () => {
  it.each([
    [undefined, false],
    ['identity', false],
    ['gzip', true],
    ['identity, br', true],
    ['x', true],
  ] as const)('of Content-Encoding %s is %s', (encoding, packed) => {
    expect(isPacked(new Headers(encoding === undefined ? {} : { 'content-encoding': encoding }))).toBe(packed);
  });
});
