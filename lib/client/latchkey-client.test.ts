import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { createLatchkeyClient, type LatchkeyClientOptions, LatchkeyError, type TokenPair } from './latchkey-client';

type Reply = { status: number; body: unknown; headers?: Record<string, string> };
type Seen = { method: string; path: string; access: string | null; body: string };
const problem = (status: number, code: string, more: object = {}, headers: Record<string, string> = {}): Reply => ({
  status,
  body: { code, message: `It is ${code}.`, request_id: 'request-1', ...more },
  headers: { 'content-type': 'application/problem+json', ...headers },
});

/** An access token is a JWT, of which tests look at the name alone: `access-1`. */
const nameOf = (access: string) => access.split('.')[0] ?? '';
const accessToken = (number: number, claims: unknown) =>
  `access-${number}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.signature`;

/** A small server that answers as ours does: one session, whose pair has a number that grows with each refresh. */
class TestServer {
  seen: Seen[] = [];
  newest = 1;
  sid = 'session ü?>1';
  /** Access tokens below this one have run out. */
  validFrom = 1;
  revoked = false;
  /** What the next refreshes come to instead: an answer, or the connection cut after (or before) the exchange. */
  nextRefreshes: (Reply | 'lose the answer' | 'lose the call')[] = [];
  /** A refresh waits for this before it answers. */
  refreshMayAnswer: Promise<unknown> = Promise.resolve();
  others: Record<string, Reply> = {};
  readonly http = http.createServer((request, response) => void this.#handle(request, response));

  get url() {
    return `http://127.0.0.1:${(this.http.address() as AddressInfo).port}`;
  }
  pair = (number = this.newest, claims: unknown = { sid: this.sid }): TokenPair => ({
    access: accessToken(number, claims),
    refresh: `refresh-${number}`,
  });
  expire = () => void (this.validFrom = this.newest + 1);
  calls = (path: string) => this.seen.filter((call) => call.path === path);
  get refreshes() {
    return this.calls('/api/auth/refresh').length;
  }

  async #handle(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const { authorization } = request.headers;
    const access = authorization ? nameOf(authorization.replace('Bearer ', '')) : null;
    const [path = '', method = ''] = [request.url, request.method];
    this.seen.push({ method, path, access, body });
    const reply = path === '/api/auth/refresh' ? await this.#refresh(body) : this.#answer(path, access, body);
    if (!reply) return void response.destroy();
    response.writeHead(reply.status, { 'content-type': 'application/json', ...reply.headers });
    response.end(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
  }

  async #refresh(body: string): Promise<Reply | null> {
    const instead = this.nextRefreshes.shift();
    await this.refreshMayAnswer;
    if (instead === 'lose the call') return null;
    if (typeof instead === 'object') return instead;
    const number = Number(/refresh-(\d+)/.exec(body)?.[1]);
    if (this.revoked) return problem(401, 'token_revoked');
    // The one before the newest is answered with the newest again, as within our thirty seconds.
    if (number < this.newest - 1) return problem(401, 'refresh_reused');
    this.newest = number + 1;
    return instead === 'lose the answer' ? null : { status: 200, body: this.pair() };
  }

  #answer(path: string, access: string | null, body: string): Reply {
    if (this.others[path]) return this.others[path];
    if (path === '/api/auth/verify-otp') {
      this.sid += '+';
      return { status: 200, body: { created: true, user: { id: 'u' }, tokens: this.pair((this.newest += 10)) } };
    }
    if (!access?.startsWith('access-')) return problem(401, 'unauthenticated');
    if (Number(access.slice(7)) < this.validFrom) return problem(401, 'token_expired');
    if (this.revoked) return problem(401, 'token_revoked');
    if (path === '/api/auth/logout') this.revoked = true;
    return { status: 200, body: { access, body } };
  }
}

let server: TestServer;
beforeEach(async () => {
  server = new TestServer();
  await once(server.http.listen(0, '127.0.0.1'), 'listening');
});
afterEach(() => {
  vi.restoreAllMocks();
  server.http.closeAllConnections();
  server.http.close();
});

/** A client that is signed in, with what the app was told. */
function app(options: Partial<LatchkeyClientOptions> = {}) {
  const told: (TokenPair | string)[] = [];
  const client = createLatchkeyClient({
    baseUrl: server.url,
    tokens: server.pair(),
    onTokens: (pair) => told.push(pair),
    onSignedOut: (code) => told.push(code),
    ...options,
  });
  return { client, told };
}

/** Something that others wait for until the test lets them go on. */
function gate() {
  let open = () => {};
  const passed = new Promise<void>((resolve) => (open = resolve));
  return { passed, open };
}

const statuses = async (calls: Promise<Response>[]) => (await Promise.all(calls)).map(({ status }) => status);
const twenty = <Value>(make: () => Value) => Array.from({ length: 20 }, make);
const untilRefreshing = () => vi.waitFor(() => expect(server.refreshes).toBeGreaterThan(0));

describe('a call', () => {
  it('carries the access token, and the answer is fetch’s own', async () => {
    const response = await app().client.fetch('/api/me?x=1', {
      method: 'PUT',
      body: 'text',
      headers: { 'x-own': '1' },
    });
    expect(await response.json()).toEqual({ access: 'access-1', body: 'text' });
    expect(server.seen).toEqual([{ method: 'PUT', path: '/api/me?x=1', access: 'access-1', body: 'text' }]);
  });

  it('neither sends nor takes cookies, which are another session', async () => {
    const fetch = vi.fn(globalThis.fetch);
    const { client } = app({ fetch });
    await client.fetch('/api/me', { headers: { 'x-own': '1' } });
    await client.logout();
    expect(fetch.mock.calls.map(([, init]) => init?.credentials)).toEqual(['omit', 'omit']);
  });

  it('of nobody carries no token, and its 401 is passed on without a refresh', async () => {
    const { client, told } = app({ tokens: null });
    expect((await client.fetch('/api/me')).status).toBe(401);
    expect([client.tokens, told, server.seen.length]).toEqual([null, [], 1]);
  });

  it.each([
    'https://evil.example/api/me',
    '//evil.example/api/me',
    '/\\evil.example/api/me',
    'api/me',
    '',
    'javascript:alert(1)',
  ])('to %j is refused before anything is sent', async (path) => {
    const fetch = vi.fn();
    await expect(app({ fetch }).client.fetch(path)).rejects.toThrow(/only goes to http:\/\/127/);
    expect(fetch).not.toHaveBeenCalled();
  });

  it('to what only looks like the server’s own address is refused', async () => {
    const { client } = app();
    for (const lookalike of [`${server.url}.evil.example/`, `${server.url}@evil.example/`, `${server.url}1/api/me`]) {
      await expect(client.fetch(lookalike)).rejects.toThrow(/only goes to/);
    }
    expect((await client.fetch(new URL('/api/me', server.url))).status).toBe(200);
  });

  it('follows no redirect, and so takes no token to another origin', async () => {
    const other = new TestServer();
    await once(other.http.listen(0, '127.0.0.1'), 'listening');
    onTestFinished(() => void other.http.close());
    const away = { status: 307, body: '', headers: { location: `${other.url}/api/me` } };
    server.others = { '/api/me': away, '/api/auth/refresh': away };
    await expect(app().client.fetch('/api/me')).rejects.toThrow();
    server.nextRefreshes = [away, away];
    server.expire();
    expect((await app().client.fetch('/api/you')).status).toBe(401);
    expect(other.seen).toEqual([]);
  });

  it.each(['localhost:3000', 'https://x.example/app', 'https://user@x.example', 'ftp://x.example', ''])(
    'needs a base address that is an origin, not %j',
    (baseUrl) => expect(() => app({ baseUrl })).toThrow(/scheme, host and port/),
  );
});

describe('an access token that has run out', () => {
  it('is renewed once for twenty concurrent calls, each of which is then made again', async () => {
    server.expire();
    const { client, told } = app();
    expect(await statuses(twenty(() => client.fetch('/api/me', { method: 'POST', body: 'x' })))).toEqual(
      Array(20).fill(200),
    );
    expect([server.refreshes, told, client.tokens]).toEqual([1, [server.pair(2)], server.pair(2)]);
    expect(server.calls('/api/me').every(({ body }) => body === 'x')).toBe(true);
  });

  it.each(['unauthenticated', 'token_revoked'])('is renewed for %s too', async (code) => {
    server.others['/api/me'] = problem(401, code);
    const response = await app().client.fetch('/api/me');
    // The server stays with its answer: it is passed on, and there is no third try.
    expect([response.status, server.refreshes, server.calls('/api/me').length]).toEqual([401, 1, 2]);
  });

  it.each([problem(401, 'of_another_system'), { status: 401, body: '<p>No</p>' }, problem(403, 'token_expired')])(
    'is not what another refusal means: $status $body',
    async (reply) => {
      server.others['/api/me'] = reply;
      const response = await app().client.fetch('/api/me');
      expect([response.status, server.refreshes]).toEqual([reply.status, 0]);
      expect(await response.text()).toBe(typeof reply.body === 'string' ? reply.body : JSON.stringify(reply.body));
    },
  );

  it('that was replaced while a call was under way costs that call no refresh', async () => {
    server.expire();
    const late = gate();
    const { client } = app({
      async fetch(url, init) {
        const response = await fetch(url, init);
        if (String(url).endsWith('/late')) await late.passed;
        return response;
      },
    });
    const call = client.fetch('/late');
    await vi.waitFor(() => expect(server.calls('/late')).toHaveLength(1));
    await client.fetch('/api/me');
    late.open();
    expect([(await call).status, server.refreshes]).toEqual([200, 1]);
  });

  it('keeps calls that begin during the refresh waiting for the new one', async () => {
    server.expire();
    const { passed, open } = gate();
    server.refreshMayAnswer = passed;
    const { client } = app();
    const first = client.fetch('/api/me');
    await untilRefreshing();
    const second = client.fetch('/second');
    open();
    expect(await statuses([first, second])).toEqual([200, 200]);
    expect(server.calls('/second').map(({ access }) => access)).toEqual(['access-2']);
  });

  it('brings nobody further before the app has stored the new pair', async () => {
    server.expire();
    const { passed, open } = gate();
    const onTokens = vi.fn(() => passed);
    const { client } = app({ onTokens });
    const calls = twenty(() => client.fetch('/api/me'));
    await vi.waitFor(() => expect(onTokens).toHaveBeenCalledWith(server.pair(2)));
    expect(server.seen.filter(({ access }) => access === 'access-2')).toEqual([]);
    open();
    expect(await statuses(calls)).toEqual(Array(20).fill(200));
  });

  it('is replaced even when the app fails to store the pair, and who waited is told', async () => {
    server.expire();
    const full = new Error('storage is full');
    const { client } = app({ onTokens: () => Promise.reject(full) });
    await expect(client.fetch('/api/me')).rejects.toBe(full);
    expect((await client.fetch('/api/me')).status).toBe(200);
    expect(server.refreshes).toBe(1);
  });

  it('lets a body that can be read again be sent again, and returns the 401 for one that can not', async () => {
    const { client } = app();
    const stream = () => new Blob(['once']).stream();
    async function* parts() {
      yield new TextEncoder().encode('once');
    }
    for (const body of [stream(), parts()]) {
      server.expire();
      const init = { method: 'POST', body, duplex: 'half' } as unknown as RequestInit;
      expect((await client.fetch('/once', init)).status).toBe(401);
      expect((await client.fetch('/api/me')).status).toBe(200);
    }
    for (const body of ['text', new Blob(['text']), new TextEncoder().encode('text')]) {
      server.expire();
      const answer = await client.fetch('/again', { method: 'POST', body });
      expect([answer.status, await answer.json()]).toEqual([200, expect.objectContaining({ body: 'text' })]);
    }
    expect([server.calls('/once').length, server.calls('/again').length, server.refreshes]).toEqual([2, 6, 5]);
  });

  it('lets a caller give up without ending the refresh for the others', async () => {
    server.expire();
    const { passed, open } = gate();
    server.refreshMayAnswer = passed;
    const { client } = app();
    const impatient = new AbortController();
    const given = client.fetch('/api/me', { signal: impatient.signal });
    await untilRefreshing();
    const patient = client.fetch('/api/me', { signal: new AbortController().signal });
    impatient.abort();
    await expect(given).rejects.toMatchObject({ name: 'AbortError' });
    open();
    expect([(await patient).status, server.refreshes, client.tokens]).toEqual([200, 1, server.pair(2)]);
  });
});

describe('a refresh that comes to nothing', () => {
  it('for a network that is away signs nobody out; the next call tries again', async () => {
    server.expire();
    server.nextRefreshes = ['lose the call', 'lose the call'];
    const { client, told } = app();
    const response = await client.fetch('/api/me');
    expect([response.status, await response.json()]).toEqual([401, expect.objectContaining({ code: 'token_expired' })]);
    expect([told, client.tokens]).toEqual([[], server.pair(1)]);
    expect((await client.fetch('/api/me')).status).toBe(200);
  });

  it('for a lost answer asks once more with the same token, and gets the same pair', async () => {
    server.expire();
    server.nextRefreshes = ['lose the answer'];
    const { client, told } = app();
    expect(await statuses(twenty(() => client.fetch('/api/me')))).toEqual(Array(20).fill(200));
    const bodies = server.calls('/api/auth/refresh').map(({ body }) => body);
    expect([bodies, told]).toEqual([Array(2).fill('{"refresh":"refresh-1"}'), [server.pair(2)]]);
  });

  it('for a server that never answers is given up after ten seconds, and asked once more', async () => {
    server.expire();
    server.nextRefreshes = ['lose the call', 'lose the call'];
    server.refreshMayAnswer = new Promise(() => undefined);
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    onTestFinished(() => void vi.useRealTimers());
    const call = app().client.fetch('/api/me');
    for (const count of [1, 2]) {
      while (server.refreshes < count) await new Promise(setImmediate);
      await vi.advanceTimersByTimeAsync(10_000);
    }
    expect([(await call).status, server.refreshes]).toEqual([401, 2]);
  });

  it.each([
    ['a gateway’s page', { status: 502, body: '<h1>Bad Gateway</h1>' }, 2],
    ['a captive portal', { status: 200, body: '<h1>Pay here</h1>' }, 2],
    ['something that is no pair', { status: 200, body: { hello: 1 } }, 1],
    ['a refusal of another kind', problem(403, 'origin_not_allowed'), 1],
  ])('for %s signs nobody out', async (_name, reply, asked) => {
    server.expire();
    server.nextRefreshes = [reply, reply];
    const { client, told } = app();
    expect((await client.fetch('/api/me')).status).toBe(401);
    expect([told, client.tokens, server.refreshes]).toEqual([[], server.pair(1), asked]);
  });

  it.each([
    problem(429, 'too_many_requests', { retry_after_seconds: 30 }),
    problem(503, 'service_unavailable', { retry_after_seconds: 30 }),
    { status: 503, body: 'busy', headers: { 'retry-after': '30' } },
  ])('for $status $body rests as long as it is told to', async (reply) => {
    server.expire();
    server.nextRefreshes = [reply];
    let now = 1_000;
    vi.spyOn(performance, 'now').mockImplementation(() => now);
    const { client, told } = app();
    for (now of [1_000, 2_000, 30_999]) expect((await client.fetch('/api/me')).status).toBe(401);
    expect([server.refreshes, told]).toEqual([1, []]);
    now = 31_000;
    expect((await client.fetch('/api/me')).status).toBe(200);
  });

  it.each(['refresh_reused', 'token_revoked', 'token_expired', 'unauthenticated', 'invalid_request'])(
    'for %s ends the sign-in: told once, tokens gone, every caller has a 401',
    async (code) => {
      server.expire();
      server.nextRefreshes = [problem(401, code)];
      const { client, told } = app();
      expect(await statuses(twenty(() => client.fetch('/api/me')))).toEqual(Array(20).fill(401));
      expect([told, client.tokens, server.refreshes]).toEqual([[code], null, 1]);
      expect((await client.fetch('/api/me')).status).toBe(401);
      expect(server.seen.at(-1)?.access).toBe(null);
    },
  );
});

describe('signing out', () => {
  it('forgets at once, ends the session on the server, and tells the app once', async () => {
    const { client, told } = app();
    const done = client.logout();
    expect(client.tokens).toBe(null);
    await done;
    await client.logout();
    expect([told, server.revoked, server.calls('/api/auth/logout').length]).toEqual([['signed_out'], true, 1]);
  });

  it('works with an access token that has run out: the session ends, and the new pair is shown to nobody', async () => {
    server.expire();
    const { client, told } = app();
    await client.logout();
    expect([told, client.tokens, server.revoked, server.refreshes]).toEqual([['signed_out'], null, true, 1]);
  });

  it('during a refresh brings no tokens back, and who waited has a 401', async () => {
    server.expire();
    const { passed, open } = gate();
    server.refreshMayAnswer = passed;
    const { client, told } = app();
    const calls = twenty(() => client.fetch('/api/me'));
    await untilRefreshing();
    const done = client.logout();
    open();
    await done;
    expect(await statuses(calls)).toEqual(Array(20).fill(401));
    expect([told, client.tokens, server.revoked, server.refreshes]).toEqual([['signed_out'], null, true, 1]);
    expect(server.calls('/api/auth/logout').map(({ access }) => access)).toEqual(['access-2']);
    expect(server.calls('/api/me')).toHaveLength(20);
  });

  it('while the app is storing a new pair is told to the app after that', async () => {
    server.expire();
    const { passed, open } = gate();
    let stored: TokenPair | null = server.pair();
    const onTokens = vi.fn(async (pair: TokenPair) => {
      await passed;
      stored = pair;
    });
    const { client } = app({ onTokens, onSignedOut: () => (stored = null) });
    const call = client.fetch('/api/me');
    await vi.waitFor(() => expect(onTokens).toHaveBeenCalled());
    const done = client.logout();
    open();
    await done;
    expect([(await call).status, stored, client.tokens]).toEqual([401, null, null]);
  });

  it('and in again during a refresh: a call of before is not made again in the new sign-in', async () => {
    server.expire();
    const { passed, open } = gate();
    server.refreshMayAnswer = passed;
    const { client, told } = app();
    const call = client.fetch('/api/me');
    await untilRefreshing();
    const done = client.logout().catch(() => undefined);
    const { tokens } = await client.verifyCode({ phone: '+918123456789', otp: '123456' });
    open();
    await done;
    expect([(await call).status, client.tokens, told]).toEqual([401, tokens, ['signed_out', tokens]]);
    expect(server.calls('/api/me')).toHaveLength(1);
  });

  it('without a network forgets the tokens all the same, and says that the server does not know', async () => {
    const { client, told } = app({ fetch: () => Promise.reject(new TypeError('fetch failed')) });
    await expect(client.logout()).rejects.toThrow('fetch failed');
    expect([told, client.tokens]).toEqual([['signed_out'], null]);
  });

  it('of a session that has ended before is done', async () => {
    server.revoked = true;
    const { client, told } = app();
    await client.logout();
    expect([told, client.tokens]).toEqual([['signed_out'], null]);
  });

  it('everywhere from a session that has ended before can end nothing more, and says so', async () => {
    server.revoked = true;
    const { client, told } = app();
    await expect(client.logout({ everywhere: true })).rejects.toMatchObject({ code: 'token_revoked', status: 401 });
    expect([told, client.tokens]).toEqual([['token_revoked'], null]);
  });

  it('everywhere ends all, and leaves everything as it was when it is refused', async () => {
    server.others['/api/auth/logout'] = problem(403, 'fresh_proof_required');
    const { client, told } = app();
    await expect(client.logout({ everywhere: true })).rejects.toMatchObject({ code: 'fresh_proof_required' });
    expect([told, client.tokens]).toEqual([[], server.pair(1)]);
    server.others = {};
    await client.logout({ everywhere: true });
    expect([told, client.tokens]).toEqual([['signed_out'], null]);
    expect(server.calls('/api/auth/logout').at(-1)?.body).toBe('{"everywhere":true}');
  });
});

describe('signing in', () => {
  it('sends what it is given, takes over the tokens and waits until they are stored', async () => {
    server.others['/api/auth/send-otp'] = { status: 200, body: { phone: '+918123456789', challenge_id: 'c' } };
    const { client, told } = app({ tokens: null });
    expect(await client.sendCode({ phone: '81234 56789', name: 'John Doe' })).toMatchObject({ challenge_id: 'c' });
    const { created, tokens } = await client.verifyCode({ phone: '+918123456789', otp: '123456', challenge_id: 'c' });
    expect([created, told, client.tokens]).toEqual([true, [tokens], tokens]);
    expect(server.seen.map(({ body }) => JSON.parse(body))).toEqual([
      { phone: '81234 56789', name: 'John Doe' },
      { phone: '+918123456789', otp: '123456', challenge_id: 'c' },
    ]);
    expect((await client.fetch('/api/me')).status).toBe(200);
  });

  it('that is refused throws all that the server said', async () => {
    const { client } = app({ tokens: null });
    server.others['/api/auth/verify-otp'] = problem(400, 'invalid_code', { attempts_left: 3 });
    const error = await client.verifyCode({ phone: 'x', otp: '000000' }).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(LatchkeyError);
    expect(error).toMatchObject({
      status: 400,
      code: 'invalid_code',
      message: 'It is invalid_code.',
      attemptsLeft: 3,
      errors: [],
      requestId: 'request-1',
    });
    const errors = [{ path: 'phone', message: 'Enter a number' }];
    server.others['/api/auth/send-otp'] = problem(429, 'resend_too_soon', { retry_after_seconds: 7, errors });
    await expect(client.sendCode({ phone: 'x' })).rejects.toMatchObject({ retryAfterSeconds: 7, errors });
    const captcha = { provider: 'turnstile', site_key: 'k' };
    server.others['/api/auth/send-otp'] = problem(429, 'too_many_requests', { retry_after_seconds: 7, captcha });
    await expect(client.sendCode({ phone: 'x', captcha_token: 't' })).rejects.toMatchObject({ captcha });
    server.others['/api/auth/send-otp'] = { status: 502, body: '<h1>', headers: { 'retry-after': '9' } };
    await expect(client.sendCode({ phone: 'x' })).rejects.toMatchObject({
      code: 'unexpected_answer',
      retryAfterSeconds: 9,
    });
  });
});

describe('several clients on one stored pair', () => {
  /** What tabs share: a store, and a lock that one of them holds at a time. */
  function tabs() {
    const shared = { stored: server.pair() as TokenPair | null, turn: Promise.resolve() as Promise<unknown> };
    const tab = (options: Partial<LatchkeyClientOptions> = {}) =>
      app({
        tokens: shared.stored,
        onTokens: (pair) => (shared.stored = pair),
        reload: () => shared.stored,
        lock: (work) => {
          const turn = shared.turn.then(work);
          shared.turn = turn.catch(() => undefined);
          return turn;
        },
        ...options,
      });
    return { shared, tab };
  }

  it('refresh once: who waited takes the pair that another stored', async () => {
    const { tab } = tabs();
    const open = [tab(), tab(), tab()];
    server.expire();
    expect(await statuses(open.flatMap(({ client }) => twenty(() => client.fetch('/api/me'))))).toEqual(
      Array(60).fill(200),
    );
    expect([server.refreshes, open.map(({ client }) => client.tokens)]).toEqual([1, Array(3).fill(server.pair(2))]);
  });

  it('renew a stored pair that has run out in its turn', async () => {
    const { shared, tab } = tabs();
    const { client } = tab();
    shared.stored = server.pair((server.newest = 5));
    server.expire();
    expect([(await client.fetch('/api/me')).status, client.tokens, server.refreshes]).toEqual([200, server.pair(6), 1]);
  });

  it('keep the pair that could not be stored, and store the next one', async () => {
    const { shared, tab } = tabs();
    const full = new Error('storage is full');
    const onTokens = vi.fn((pair: TokenPair) => void (shared.stored = pair));
    onTokens.mockImplementationOnce(() => {
      throw full;
    });
    const { client, told } = tab({ onTokens });
    server.expire();
    await expect(client.fetch('/api/me')).rejects.toBe(full);
    server.expire();
    expect([(await client.fetch('/api/me')).status, client.tokens, shared.stored]).toEqual([
      200,
      server.pair(3),
      server.pair(3),
    ]);
    expect([told, server.refreshes]).toEqual([[], 2]);
  });

  it('keep a sign-in that could not be stored, and do not go back to the one before', async () => {
    const { shared, tab } = tabs();
    const { client } = tab({ onTokens: () => Promise.reject(new Error('storage is full')) });
    const before = shared.stored;
    await expect(client.verifyCode({ phone: '+918123456789', otp: '123456' })).rejects.toThrow('storage is full');
    server.expire();
    await expect(client.fetch('/api/me')).rejects.toThrow('storage is full');
    expect([(await client.fetch('/api/me')).status, shared.stored]).toEqual([200, before]);
    expect(server.calls('/api/auth/refresh').map(({ body }) => body)).toEqual(['{"refresh":"refresh-11"}']);
  });

  it.each<[string, unknown, unknown]>([
    ['of another sign-in', { sid: 'mine' }, { sid: 'another' }],
    ['that does not say of which sign-in it is', {}, {}],
    ['whose claims are none', null, null],
    ['where the own can’t be read', 'mine', { sid: 'mine' }],
  ])('leave calls made before alone, and make the next with the stored pair: one %s', async (_name, mine, stored) => {
    const { shared, tab } = tabs();
    shared.stored = server.pair(1, mine);
    const { client, told } = tab();
    shared.stored = server.pair((server.newest = server.validFrom = 5), stored);
    const response = await client.fetch('/transfer', { method: 'POST', body: 'x' });
    expect([response.status, await response.json()]).toEqual([401, expect.objectContaining({ code: 'token_expired' })]);
    expect(server.calls('/transfer').map(({ access }) => access)).toEqual(['access-1']);
    expect((await client.fetch('/api/me')).status).toBe(200);
    expect([client.tokens, told, server.refreshes]).toEqual([shared.stored, [], 0]);
    server.sid = 'another';
    server.expire();
    expect([(await client.fetch('/api/me')).status, client.tokens, shared.stored]).toEqual([
      200,
      server.pair(6),
      server.pair(6),
    ]);
  });

  it('make a call that waited for the stored pair of another sign-in with no token at all', async () => {
    const { shared, tab } = tabs();
    const { passed, open } = gate();
    const reload = vi.fn(async () => {
      await passed;
      return shared.stored;
    });
    const { client } = tab({ reload });
    shared.stored = server.pair((server.newest = server.validFrom = 5), { sid: 'another' });
    const first = client.fetch('/api/me');
    await vi.waitFor(() => expect(reload).toHaveBeenCalled());
    const second = client.fetch('/second');
    open();
    expect(await statuses([first, second])).toEqual([401, 401]);
    expect(server.calls('/second').map(({ access }) => access)).toEqual([null]);
  });

  it.each([
    ['nothing is stored', null],
    ['another sign-in is stored', { sid: 'another' }],
  ])('end the session on the server when they sign out while they read that %s', async (_name, claims) => {
    const { shared, tab } = tabs();
    const { passed, open } = gate();
    const reload = vi.fn(async () => {
      await passed;
      return shared.stored;
    });
    const { client, told } = tab({ reload });
    server.expire();
    const call = client.fetch('/api/me');
    await vi.waitFor(() => expect(reload).toHaveBeenCalled());
    const done = client.logout();
    shared.stored = claims && server.pair(5, claims);
    open();
    await done;
    expect([(await call).status, told, client.tokens, server.revoked]).toEqual([401, ['signed_out'], null, true]);
    expect(server.calls('/api/auth/logout').at(-1)?.access).toBe('access-2');
  });

  it('do not sign another person out everywhere', async () => {
    const { shared, tab } = tabs();
    const { client, told } = tab();
    shared.stored = server.pair((server.newest = server.validFrom = 5), { sid: 'another' });
    await expect(client.logout({ everywhere: true })).rejects.toMatchObject({ code: 'token_expired' });
    expect([told, server.revoked, client.tokens]).toEqual([[], false, shared.stored]);
  });

  it('are all signed out when one of them was', async () => {
    const { shared, tab } = tabs();
    const { client, told } = tab();
    shared.stored = null;
    server.revoked = true;
    expect((await client.fetch('/api/me')).status).toBe(401);
    expect([told, client.tokens, server.refreshes]).toEqual([['signed_out'], null, 0]);
  });
});
