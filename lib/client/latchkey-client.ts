/**
 * Latchkey's API from an app: browsers, Node 20 and React Native. It imports nothing, so this one file can be copied
 * into another project. It stores nothing: the app keeps the tokens. How to use it: docs/client.md.
 */
export type TokenPair = { access: string; refresh: string; expires_in?: number; refresh_expires_in?: number };

/** Bodies and answers have the names they have on the wire. */
export type SendCodeInput = Texts & { phone: string; channel?: Channel };
type Texts = Partial<Record<'name' | 'locale' | 'captcha_token', string>>;
type Channel = 'sms' | 'call' | 'whatsapp';
export type SentCode = {
  phone: string;
  challenge_id: string;
  channel: Channel;
  code_length: number;
  expires_in_seconds: number;
  resend_in_seconds: number;
};
export type VerifyCodeInput = {
  phone: string;
  otp: string;
  challenge_id?: string;
  first_name?: string;
  last_name?: string;
  email?: string;
};
export type VerifiedCode = {
  created: boolean;
  needs_profile_completion: boolean;
  user: { id: string; phone: string | null; [field: string]: unknown };
  tokens: TokenPair;
};

export type LatchkeyClientOptions = {
  /** Scheme, host and port of the server: `https://id.example.com`. Nothing is ever sent anywhere else. */
  baseUrl: string;
  /** The pair that the app kept from last time. */
  tokens?: TokenPair | null;
  /**
   * Keep this pair in place of the last one. Awaited before anybody goes on, so that a crash does not lose the only
   * token that still works. If it throws, who waited gets the error, and the client goes on with the new pair, whatever
   * `reload` still has.
   */
  onTokens: (pair: TokenPair) => unknown;
  /** Forget the pair: `signed_out` by `logout`, else the server's reason. Once per sign-in, and awaited like `onTokens`. */
  onSignedOut: (code: string) => unknown;
  fetch?: typeof fetch;
  /** For several clients on one stored pair, such as tabs: runs `work` while no other of them runs theirs. */
  lock?: <Value>(work: () => Promise<Value>) => Promise<Value>;
  /** For the same: reads the stored pair again; null when another client signed out. It may be of another sign-in. */
  reload?: () => TokenPair | null | Promise<TokenPair | null>;
};

/** A "no" of the server. `code` is stable; `message` is a sentence for the person. */
export class LatchkeyError extends Error {
  override readonly name = 'LatchkeyError';
  readonly status: number;
  readonly code: string;
  readonly retryAfterSeconds: number | undefined;
  readonly attemptsLeft: number | undefined;
  readonly errors: { path: string; message: string }[];
  readonly requestId: string | undefined;
  readonly captcha: { provider: string; site_key: string } | undefined;

  /** `problem` is the answer's body; anything but problem details makes it an `unexpected_answer`, of a proxy perhaps. */
  constructor(response: Response, problem: Record<string, unknown> | null) {
    const { code, message, retry_after_seconds, attempts_left, errors, request_id } = (problem ?? {}) as Problem;
    super(message ?? `The server gave an unexpected answer (${response.status}).`);
    const retryAfter = response.headers.get('retry-after') ?? '';
    this.status = response.status;
    this.code = code ?? 'unexpected_answer';
    this.retryAfterSeconds = retry_after_seconds ?? (/^\d+$/.test(retryAfter) ? Number(retryAfter) : undefined);
    this.attemptsLeft = attempts_left;
    this.errors = errors ?? [];
    this.captcha = (problem as Problem | null)?.captcha;
    this.requestId = request_id ?? response.headers.get('x-request-id') ?? undefined;
  }
}

type Problem = {
  code?: string;
  message?: string;
  retry_after_seconds?: number;
  attempts_left?: number;
  errors?: { path: string; message: string }[];
  request_id?: string;
  captcha?: { provider: string; site_key: string };
};

/** From a code (or the handed-in pair) to its end. A request is retried only within the sign-in it was made in. */
type SignIn = { pair: TokenPair; renewing?: Promise<void> | undefined; restUntilMs?: number; endedBy?: string };

/** 401s that a new access token may cure. Whether the sign-in has ended is for the refresh call alone to say. */
const curableCodes = new Set(['token_expired', 'unauthenticated', 'token_revoked']);
/** Answers of the refresh call after which its token never works again. */
const deadCodes = new Set(['refresh_reused', 'token_revoked', 'token_expired', 'unauthenticated', 'invalid_request']);
/** Two tries fit into the 30 seconds for which the server repeats the answer to a refresh. */
const REFRESH_TIMEOUT_MS = 10_000;

export type LatchkeyClient = ReturnType<typeof createLatchkeyClient>;

export function createLatchkeyClient(options: LatchkeyClientOptions) {
  const origin = originOf(options.baseUrl);
  const { onTokens, onSignedOut, reload, lock = (work) => work() } = options;
  let current: SignIn | null = options.tokens ? { pair: options.tokens } : null;
  /** Refresh tokens that this client exchanged or signed out of. A store that could not be written to may still have one. */
  const left = new Set<string>();
  let lastCallback: Promise<unknown> = Promise.resolve();

  /** The app's callbacks run one after the other, so that what was told last is what stays stored. */
  function tell(callback: () => unknown): Promise<void> {
    const turn = lastCallback.then(async () => void (await callback()));
    lastCallback = turn.catch(() => undefined);
    return turn;
  }

  async function end(signIn: SignIn, code: string): Promise<void> {
    if (current !== signIn) return;
    left.add(signIn.pair.refresh);
    current = null;
    await tell(() => onSignedOut(code));
  }

  function send(url: string, init: RequestInit, access?: string): Promise<Response> {
    const headers = new Headers(init.headers);
    if (access) headers.set('authorization', `Bearer ${access}`);
    // No cookies: they are another session. No redirects: the API has none, and they could lead to another origin.
    return (options.fetch ?? globalThis.fetch)(url, { credentials: 'omit', redirect: 'error', ...init, headers });
  }

  async function post<Answer>(path: string, body: object, signal?: AbortSignal): Promise<Answer> {
    const response = await send(origin + path, { ...jsonPost(body), signal: signal ?? null });
    const answer = await bodyOf(response);
    if (!response.ok || !answer) throw new LatchkeyError(response, answer);
    return answer as Answer;
  }

  async function exchange(refresh: string): Promise<TokenPair> {
    const attempt = async () => {
      const timeout = new AbortController();
      const timer = setTimeout(() => timeout.abort(), REFRESH_TIMEOUT_MS);
      return post<TokenPair>('/api/auth/refresh', { refresh }, timeout.signal).finally(() => clearTimeout(timer));
    };
    return attempt().catch((error: unknown) => {
      const answered =
        error instanceof LatchkeyError && (error.code !== 'unexpected_answer' || error.retryAfterSeconds);
      if (answered) throw error;
      // The token may be spent and only the answer lost: asked again at once, the server repeats it.
      return attempt();
    });
  }

  async function renewOnce(signIn: SignIn): Promise<void> {
    if (reload && current === signIn) {
      const stored = await reload();
      const isNews = stored && stored.refresh !== signIn.pair.refresh && !left.has(stored.refresh);
      if (isNews && isSameSignIn(stored, signIn.pair)) return void (signIn.pair = stored);
      // Who signed out or in here meanwhile goes by that, not by the store.
      if (current === signIn && !stored) return end(signIn, 'signed_out');
      // A sign-in of its own, so that no call of one person is made again as another.
      if (current === signIn && isNews) return void (current = { pair: stored });
    }
    const answer = await exchange(signIn.pair.refresh).catch((error: unknown) => error);
    if (answer instanceof LatchkeyError) {
      signIn.restUntilMs = performance.now() + (answer.retryAfterSeconds ?? 0) * 1000;
      if (!deadCodes.has(answer.code)) return;
      signIn.endedBy = answer.code;
      return end(signIn, answer.code);
    }
    if (!isTokenPair(answer)) return;
    left.add(signIn.pair.refresh);
    await tell(() => (current === signIn ? onTokens(answer) : undefined)).finally(() => (signIn.pair = answer));
  }

  /** Gets a new pair, once for all who ask meanwhile. When there is none to be had just now, nothing changes. */
  async function renew(signIn: SignIn): Promise<void> {
    if (performance.now() < (signIn.restUntilMs ?? 0)) return;
    signIn.renewing ??= lock(() => renewOnce(signIn)).finally(() => (signIn.renewing = undefined));
    return signIn.renewing;
  }

  async function fetchWithin(signIn: SignIn, url: string, init: RequestInit, isOver: () => boolean): Promise<Response> {
    await waitFor(signIn.renewing, init.signal);
    // A pair that another client stored may be old as well: then there is one more try, with a new one.
    for (let retriesLeft = reload ? 2 : 1; ; retriesLeft -= 1) {
      const used = signIn.pair;
      const response = await send(url, init, isOver() ? undefined : used.access);
      if (isOver() || retriesLeft === 0 || !(await isCurable(response))) return response;
      if (signIn.pair === used) await waitFor(renew(signIn), init.signal);
      if (isOver() || signIn.pair === used || isOneShot(init.body)) return response;
    }
  }

  return {
    /** The pair in use, or null when nobody is signed in. */
    get tokens(): TokenPair | null {
      return current?.pair ?? null;
    },

    /** @throws {LatchkeyError} */
    sendCode: (input: SendCodeInput) => post<SentCode>('/api/auth/send-otp', input),

    /** Signs in; the pair goes to `onTokens` as well. @throws {LatchkeyError} */
    async verifyCode(input: VerifyCodeInput): Promise<VerifiedCode> {
      const verified = await post<VerifiedCode>('/api/auth/verify-otp', input);
      if (current) left.add(current.pair.refresh);
      current = { pair: verified.tokens };
      await tell(() => onTokens(verified.tokens));
      return verified;
    },

    /**
     * `fetch` with the access token, renewed when it has run out. Takes a path, or a whole URL of the server itself.
     * A one-shot body (a stream) can't be sent again: its 401 comes back, and the next call has a new token.
     * @throws {TypeError} for any other address, before anything is sent.
     */
    async fetch(path: string | URL, init: RequestInit = {}): Promise<Response> {
      const url = ownUrl(origin, String(path));
      const signIn = current;
      return signIn ? fetchWithin(signIn, url, init, () => current !== signIn) : send(url, init);
    },

    /**
     * Signs out here at once, offline too, and then tells the server; rejects when it could not be told. `everywhere`
     * ends all of the person's sessions; when that is refused (`fresh_proof_required`), nobody is signed out.
     * @throws {LatchkeyError}
     */
    async logout({ everywhere = false }: { everywhere?: boolean } = {}): Promise<void> {
      const signIn = current;
      if (!signIn) return;
      if (!everywhere) await end(signIn, 'signed_out');
      const isOver = () => everywhere && current !== signIn;
      const response = await fetchWithin(signIn, `${origin}/api/auth/logout`, jsonPost({ everywhere }), isOver);
      if (!response.ok && (everywhere || !signIn.endedBy)) throw new LatchkeyError(response, await bodyOf(response));
      await end(signIn, 'signed_out');
    },
  };
}

const jsonPost = (body: object): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

async function bodyOf(response: Response): Promise<Record<string, unknown> | null> {
  const body: unknown = await response.json().catch(() => null);
  return typeof body === 'object' ? (body as Record<string, unknown> | null) : null;
}

async function isCurable(response: Response): Promise<boolean> {
  return response.status === 401 && curableCodes.has(String((await bodyOf(response.clone()))?.code));
}

const isTokenPair = (answer: unknown): answer is TokenPair =>
  typeof (answer as TokenPair | null)?.access === 'string' && typeof (answer as TokenPair).refresh === 'string';

/** By the session's id in the access tokens; one that can't be read is of another sign-in. */
function isSameSignIn(one: TokenPair, other: TokenPair): boolean {
  const sid = sessionOf(one);
  return sid !== undefined && sid === sessionOf(other);
}

function sessionOf({ access }: TokenPair): string | undefined {
  try {
    const payload = atob((access.split('.')[1] ?? '').replaceAll('-', '+').replaceAll('_', '/'));
    const { sid } = JSON.parse(payload) as { sid?: unknown };
    return typeof sid === 'string' ? sid : undefined;
  } catch {
    return undefined;
  }
}

/** Streams, and what Node's fetch reads like one, are gone once sent. */
const isOneShot = (body: unknown): boolean =>
  typeof body === 'object' && body !== null && ('getReader' in body || Symbol.asyncIterator in body);

/** Not by `new URL`: React Native's is no real one. What follows origin and slash can't change the host. */
function ownUrl(origin: string, path: string): string {
  if (/^\/(?![/\\])/.test(path)) return origin + path;
  if (path.startsWith(`${origin}/`)) return path;
  throw new TypeError(`The access token only goes to ${origin}: give a path that starts with one slash.`);
}

function originOf(baseUrl: string): string {
  const origin = /^(https?:\/\/[^\s/?#@\\]+)\/?$/.exec(baseUrl)?.[1];
  if (!origin) throw new TypeError('baseUrl is scheme, host and port alone, such as https://id.example.com');
  return origin;
}

/** Waits for what is shared no longer than its own caller likes to; the shared work goes on. */
function waitFor(shared: Promise<void> | undefined, signal: AbortSignal | null | undefined): Promise<void> | undefined {
  if (!shared || !signal) return shared;
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason ?? Object.assign(new Error('Aborted'), { name: 'AbortError' }));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    shared.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
