import { createHash } from 'node:crypto';
import packageJson from '../../package.json';
import { areas } from '../openapi/areas';
import { openApiDocument } from '../openapi/document';
import { referenceOf, type ReferenceArea } from '../openapi/reference';
import type { Server } from '../server';

type Made = { reference: ReferenceArea[]; text: string; tag: string };
let made: Made | undefined;

/** The description of this app’s API, made once per process: it depends on settings alone. */
export function description({ env }: Pick<Server, 'env'>): Made {
  if (!made) {
    const document = openApiDocument(areas, { name: env.APP_NAME, url: env.APP_URL, version: packageJson.version });
    const text = JSON.stringify(document);
    const reference = referenceOf(areas, document);
    made = { reference, text, tag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 22)}"` };
  }
  return made;
}

/** The description as JSON. Always asked for anew, and sent only where it changed: it does with each release. */
export function descriptionResponse(app: Pick<Server, 'env'>, ifNoneMatch: string | null): Response {
  const { text, tag } = description(app);
  const headers = { etag: tag, 'cache-control': 'no-cache' };
  const known = ifNoneMatch?.split(',').some((one) => one.trim().replace(/^W\//, '') === tag);
  return known
    ? new Response(null, { status: 304, headers })
    : new Response(text, { headers: { ...headers, 'content-type': 'application/json' } });
}
