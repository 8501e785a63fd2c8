import { spawn } from 'node:child_process';
import { once } from 'node:events';
import https from 'node:https';
import net, { type AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { vendorPolicy } from '../policy';
import { drips, type FakeVendor, hangs, resets, says, startFakeVendor } from './testing/fake-vendor';
import { selfSigned } from './testing/self-signed';
import { callVendor } from './vendor-http';

let vendor: FakeVendor;
beforeAll(async () => {
  vendor = await startFakeVendor();
});
afterAll(() => vendor.close());

const post = (timeoutMilliseconds?: number) =>
  callVendor({ method: 'POST', url: `${vendor.url}/send`, body: 'x' }, timeoutMilliseconds);

describe('callVendor', () => {
  it('sends exactly what it was handed, once, and tells the whole answer whatever its status', async () => {
    vendor.answer(says(503, 'düşük', { 'retry-after': '7' }));
    const answer = await callVendor({
      method: 'POST',
      url: `${vendor.url}/send?a=1`,
      headers: { authorization: 'Basic dTpw', 'content-type': 'text/plain' },
      body: 'o‘zbek',
    });
    expect(answer).toMatchObject({ kind: 'answered', status: 503, text: 'düşük' });
    expect(answer.kind === 'answered' && answer.headers.get('retry-after')).toBe('7');
    expect(vendor.seen).toHaveLength(1);
    expect(vendor.seen[0]).toMatchObject({
      method: 'POST',
      path: '/send?a=1',
      headers: { authorization: 'Basic dTpw', 'content-type': 'text/plain' },
      body: 'o‘zbek',
    });
  });

  it('knows that nothing left where nobody listens or the name does not exist', async () => {
    const closed = net.createServer().listen(0, '127.0.0.1');
    await once(closed, 'listening');
    const { port } = closed.address() as AddressInfo;
    closed.close();
    await once(closed, 'close');
    expect(await callVendor({ method: 'GET', url: `http://127.0.0.1:${port}` })).toEqual({
      kind: 'unreachable',
      reason: 'ECONNREFUSED',
    });
    expect(await callVendor({ method: 'GET', url: 'http://vendor.invalid' })).toMatchObject({ kind: 'unreachable' });
  });

  it('knows that nothing left where a firewall swallows the connection', async () => {
    // Listens and never takes anybody up: once its queue is full the kernel answers no more.
    const deaf = spawn(process.execPath, [
      '-e',
      `const server = require('net').createServer().listen({ port: 0, host: '127.0.0.1', backlog: 1 }, () =>
         process.stdout.write(String(server.address().port), () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)))`,
    ]);
    const port = Number(String((await once(deaf.stdout, 'data'))[0]));
    const queued = Array.from({ length: 3 }, () => net.connect(port, '127.0.0.1').on('error', () => undefined));
    await Promise.race(queued.map((socket) => once(socket, 'connect')));
    expect(await callVendor({ method: 'POST', url: `http://127.0.0.1:${port}`, body: 'x' })).toEqual({
      kind: 'unreachable',
      reason: 'UND_ERR_CONNECT_TIMEOUT',
    });
    queued.forEach((socket) => socket.destroy());
    deaf.kill();
  });

  it('sends nothing to a host whose certificate it can’t trust, nor to one that speaks no TLS', async () => {
    let arrived = 0;
    const impostor = https.createServer(selfSigned(), () => arrived++).listen(0, '127.0.0.1');
    await once(impostor, 'listening');
    const { port } = impostor.address() as AddressInfo;
    expect(await callVendor({ method: 'POST', url: `https://127.0.0.1:${port}`, body: 'secret' })).toEqual({
      kind: 'unreachable',
      reason: 'DEPTH_ZERO_SELF_SIGNED_CERT',
    });
    impostor.close();
    vendor.answer(says(200, 'ok'));
    expect(await callVendor({ method: 'POST', url: vendor.url.replace('http:', 'https:'), body: 'secret' })).toEqual({
      kind: 'unreachable',
      reason: 'ERR_SSL_WRONG_VERSION_NUMBER',
    });
    expect([arrived, vendor.seen.length]).toEqual([0, 0]);
  });

  it('calls it unanswered when the request left and the line went dead, before the answer or inside it', async () => {
    vendor.answer(resets);
    expect(await post()).toEqual({ kind: 'unanswered', reason: 'reset' });
    expect(vendor.seen).toHaveLength(1);
    vendor.answer((response, socket) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('Request is', () => socket.resetAndDestroy());
    });
    expect(await post()).toEqual({ kind: 'unanswered', reason: 'reset' });
    expect(vendor.seen).toHaveLength(1);
  });

  it.each([
    ['nothing comes', hangs],
    ['bytes drip, each of them in time', drips],
  ])('stops at the total deadline when %s', async (_, how) => {
    vendor.answer(how);
    expect(await post(200)).toEqual({ kind: 'unanswered', reason: 'timeout' });
    expect(vendor.seen).toHaveLength(1);
  });

  it('follows no redirect: the credentials stay with the host that was configured', async () => {
    vendor.answer(says(307, '', { location: `${vendor.url}/elsewhere` }));
    expect(await post()).toMatchObject({ kind: 'answered', status: 307 });
    expect(vendor.seen.map(({ path }) => path)).toEqual(['/send']);
  });

  it('reads no more than it must, unpacked', async () => {
    vendor.answer(says(200, 'x'.repeat(vendorPolicy.answerBytes)));
    expect(await post()).toMatchObject({ kind: 'answered' });
    vendor.answer(says(200, 'x'.repeat(vendorPolicy.answerBytes + 1)));
    expect(await post()).toEqual({ kind: 'unanswered', reason: 'too_large' });
    const bomb = gzipSync(Buffer.alloc(vendorPolicy.answerBytes * 50));
    vendor.answer((response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(bomb));
    expect(await post()).toEqual({ kind: 'unanswered', reason: 'too_large' });
  });

  it('takes an answer without a body', async () => {
    vendor.answer(says(204, ''));
    expect(await post()).toMatchObject({ kind: 'answered', status: 204, text: '' });
  });
});
