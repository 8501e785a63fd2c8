import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type net from 'node:net';
import { text } from 'node:stream/consumers';
import { exportJWK, generateKeyPair } from 'jose';
import { interactionPolicy, Provider } from 'oidc-provider';
import type { Settings } from './app';

/** What the provider says of an account. Its `sub` is the name that is typed into the sign-in page. */
export type GoogleClaims = {
  email?: string;
  email_verified?: boolean;
  given_name?: string;
  family_name?: string;
  name?: string;
};

/** A real OpenID provider in Google's place: the certified `oidc-provider` over HTTP, with keys and pages of its own. */
export type Google = {
  issuer: string;
  settings: Settings;
  /** Makes an account there, or changes what is said of it. */
  know(subject: string, claims: GoogleClaims): void;
  /** From here on the app at this origin may send people here. */
  serve(appUrl: string): Promise<void>;
  stop(): Promise<void>;
};

export async function startGoogle(): Promise<Google> {
  const accounts = new Map<string, GoogleClaims>();
  const client = { id: `client-${randomBytes(4).toString('hex')}`, secret: randomBytes(24).toString('hex') };
  let answer: http.RequestListener = (_request, response) => void response.writeHead(503).end();
  const server = http.createServer((request, response) => answer(request, response)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const issuer = `http://localhost:${(server.address() as net.AddressInfo).port}`;
  return {
    issuer,
    settings: { GOOGLE_CLIENT_ID: client.id, GOOGLE_CLIENT_SECRET: client.secret, GOOGLE_ISSUER: issuer },
    know: (subject, claims) => void accounts.set(subject, claims),
    async serve(appUrl) {
      const { privateKey } = await generateKeyPair('RS256', { extractable: true });
      const provider = new Provider(issuer, {
        clients: [
          {
            client_id: client.id,
            client_secret: client.secret,
            redirect_uris: [`${appUrl}/api/auth/callback/google`],
          },
        ],
        jwks: { keys: [{ ...(await exportJWK(privateKey)), kid: 'google-1', alg: 'RS256', use: 'sig' }] },
        cookies: { keys: [randomBytes(24).toString('hex')] },
        claims: { email: ['email', 'email_verified'], profile: ['name', 'given_name', 'family_name'] },
        // As Google does it: what the scopes allow stands in the ID token.
        conformIdTokenClaims: false,
        pkce: { required: () => true },
        ttl: { AccessToken: 600, AuthorizationCode: 60, Grant: 600, IdToken: 600, Interaction: 600, Session: 600 },
        features: { devInteractions: { enabled: false } },
        interactions: { url: (_: unknown, { uid }: { uid: string }) => `/choose/${uid}`, policy: withAccountChooser() },
        findAccount: (_: unknown, accountId: string) => ({
          accountId,
          claims: () => ({ sub: accountId, ...accounts.get(accountId) }),
        }),
      });
      const standard = provider.callback();
      answer = (request, response) =>
        request.url?.startsWith('/choose/')
          ? void choose(provider, request, response).catch(() => response.writeHead(400).end())
          : standard(request, response);
    },
    async stop() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** `prompt=select_account`, which Google knows and the package leaves to its users. */
function withAccountChooser() {
  const policy = interactionPolicy.base();
  policy.add(new interactionPolicy.Prompt({ name: 'select_account', requestable: true }), 0);
  return policy;
}

/** The page on which people say who they are and agree, and what it posts. */
async function choose(provider: Provider, request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
  const { params } = await provider.interactionDetails(request, response);
  if (request.method !== 'POST') {
    response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
    return;
  }
  const form = new URLSearchParams(await text(request));
  const accountId = form.get('account') ?? '';
  if (form.get('press') === 'cancel') {
    const error = { error: 'access_denied', error_description: 'The person pressed Cancel.' };
    return provider.interactionFinished(request, response, error);
  }
  const grant = new provider.Grant({ accountId, clientId: params.client_id });
  grant.addOIDCScope(params.scope);
  const consent = { grantId: await grant.save() };
  return provider.interactionFinished(request, response, { login: { accountId }, select_account: {}, consent });
}

const PAGE = `<!doctype html><html lang="en"><title>Choose an account</title><link rel="icon" href="data:,"><h1>Choose an account</h1>
<form method="post"><label>Account <input name="account"></label>
<button name="press" value="continue">Continue</button><button name="press" value="cancel">Cancel</button></form></html>`;
