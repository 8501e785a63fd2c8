import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import type { Settings } from './app';

/** What is wrong with an answer; nothing: it is as it should be. */
export type Crooked = {
  /** Over the right claims; `undefined` leaves one out. */
  claims?: Record<string, unknown>;
  /** Who signs: the published key, one that nobody published, the client's secret, nobody. */
  signedBy?: 'published' | 'stranger' | 'secret' | 'nobody';
  /** The token endpoint answers this instead. */
  status?: number;
};

/**
 * A small OpenID provider that lies on demand. It has no pages: a test asks it for a code that stands for what its token
 * endpoint is to answer, and sends that code to the app as a browser would bring it.
 */
export type CrookedGoogle = {
  issuer: string;
  settings: Settings;
  /** What the discovery document names as the issuer. */
  named: string;
  /** Answers nothing but 503. */
  down: boolean;
  code(nonce: string, crooked?: Crooked): string;
  /** The bodies that were posted to the token endpoint. */
  posted: URLSearchParams[];
  stop(): Promise<void>;
};

const CLIENT = { id: 'crooked-client', secret: 'a secret of the client that is long enough to sign with' };

export async function startCrookedGoogle(): Promise<CrookedGoogle> {
  const [published, stranger] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(published.publicKey)), kid: 'k1', alg: 'RS256', use: 'sig' };
  const promised = new Map<string, { nonce: string; crooked: Crooked }>();
  const server = http.createServer((request, response) => void answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://localhost:${(server.address() as net.AddressInfo).port}`;
  const google: CrookedGoogle = {
    issuer,
    named: issuer,
    down: false,
    settings: { GOOGLE_CLIENT_ID: CLIENT.id, GOOGLE_CLIENT_SECRET: CLIENT.secret, GOOGLE_ISSUER: issuer },
    posted: [],
    code(nonce, crooked = {}) {
      const code = `code-${promised.size}`;
      promised.set(code, { nonce, crooked });
      return code;
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };

  async function answer(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const send = (body: object, status = 200) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (google.down) {
      return send({}, 503);
    }
    if (request.url === '/.well-known/openid-configuration') {
      return send({
        issuer: google.named,
        authorization_endpoint: `${issuer}/auth`,
        token_endpoint: `${issuer}/token`,
        jwks_uri: `${issuer}/keys`,
        response_types_supported: ['code'],
        subject_types_supported: ['public'],
        id_token_signing_alg_values_supported: ['RS256', 'HS256', 'none'],
      });
    }
    if (request.url === '/keys') {
      return send({ keys: [jwk] });
    }
    const form = new URLSearchParams(await text(request));
    google.posted.push(form);
    const promise = promised.get(form.get('code') ?? '');
    promised.delete(form.get('code') ?? '');
    if (!promise || promise.crooked.status) {
      return send({ error: 'invalid_grant' }, promise?.crooked.status ?? 400);
    }
    return send({ access_token: 'opaque', token_type: 'Bearer', id_token: await idToken(promise) });
  }

  async function idToken({ nonce, crooked }: { nonce: string; crooked: Crooked }): Promise<string> {
    const now = Math.floor(Date.now() / 1000);
    const right = { iss: issuer, aud: CLIENT.id, sub: 'somebody', iat: now, exp: now + 600, nonce };
    const claims = Object.fromEntries(
      Object.entries({ ...right, ...crooked.claims }).filter(([, value]) => value !== undefined),
    );
    switch (crooked.signedBy ?? 'published') {
      case 'nobody':
        return `${[{ alg: 'none' }, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url')).join('.')}.`;
      case 'secret':
        return new SignJWT(claims).setProtectedHeader({ alg: 'HS256' }).sign(new TextEncoder().encode(CLIENT.secret));
      default: {
        const { privateKey } = crooked.signedBy === 'stranger' ? stranger : published;
        return new SignJWT(claims).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey);
      }
    }
  }

  return google;
}
