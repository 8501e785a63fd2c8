import { z } from 'zod';
import {
  createDocument,
  type ZodOpenApiMediaTypeObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiPathsObject,
  type ZodOpenApiResponseObject,
} from 'zod-openapi';
import { type ErrorCode, errorTable } from '../errors';
import type { ApiCall, BodyDescription } from './api-call';
import type { Area } from './areas';
import { refusalsOf } from './refusals';
import { SAMPLE_ID, SAMPLE_PHONE } from './samples';

export type OpenApiDocument = ReturnType<typeof createDocument>;

const description = `Sign-in with a phone number and a code.

Errors are \`application/problem+json\`: decide by \`code\`, show \`message\`, wait \`retry_after_seconds\`, quote \`request_id\` to support. Codes
are a contract, messages are not. Every address answers with and without a slash at its end, without a redirect; a method it does not have is
\`method_not_allowed\`, an unknown address \`not_found\`.

Apps send \`Authorization: Bearer\`; our own pages have a cookie. Front ends on origins that \`CORS_ALLOWED_ORIGINS\` lists call with tokens.`;

const securityOf: Record<ApiCall['auth'], Record<string, string[]>[] | undefined> = {
  none: undefined,
  optional: [{}, { cookie: [] }],
  'signed-in': [{ bearer: [] }, { cookie: [] }],
  admin: [{ bearer: [] }, { cookie: [] }],
  vendor: undefined,
};

/** The description of the API as OpenAPI 3.1, made of the schemas that the routes parse with. */
export function openApiDocument(
  areas: readonly Area[],
  app: { name: string; url: string; version: string },
): OpenApiDocument {
  const paths: ZodOpenApiPathsObject = {};
  for (const area of areas) {
    for (const call of area.calls) {
      for (const path of [call.path, ...(call.aliases ?? [])]) {
        paths[path] = { ...paths[path], [call.method.toLowerCase()]: operation(area, call, path) };
      }
    }
  }
  return createDocument({
    openapi: '3.1.0',
    info: { title: `${app.name} API`, version: app.version, description },
    servers: [{ url: app.url }],
    tags: areas.map(({ name, description }) => ({ name, description })),
    components: {
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'The access token' },
        cookie: {
          type: 'apiKey',
          in: 'cookie',
          name: `${app.url.startsWith('https:') ? '__Host-' : ''}next-auth.session-token`,
          description: 'The session of our own pages; changes need our own Origin',
        },
      },
    },
    paths,
  });
}

/** `POST /api/auth/send-otp` → `post_api_auth_send_otp` */
export function operationId(method: string, path: string): string {
  return [method.toLowerCase(), ...(path.match(/\w+/g) ?? [])].join('_').replaceAll('-', '_');
}

function operation(area: Area, call: ApiCall, path: string): ZodOpenApiOperationObject {
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name);
  const limits = call.limits?.map((limit) => `- ${limit}`).join('\n');
  return {
    tags: [area.name],
    operationId: operationId(call.method, path),
    summary: call.summary,
    description: [call.description, limits && `**Limits**\n\n${limits}`].filter(Boolean).join('\n\n') || undefined,
    ...(securityOf[call.auth] ? { security: securityOf[call.auth] } : {}),
    requestParams: {
      ...(names.length > 0 ? { path: z.object(Object.fromEntries(names.map((name) => [name, namedIn(name)]))) } : {}),
      ...(call.query ? { query: call.query } : {}),
    },
    ...(call.request ? { requestBody: { required: !call.request.optional, content: contentOf(call.request) } } : {}),
    responses: responses(area, call),
  };
}

/** What an address names: a number, or by its id anything else. */
const namedIn = (name: string) => z.string().meta({ example: name === 'phone_number' ? SAMPLE_PHONE : SAMPLE_ID });

function responses(area: Area, call: ApiCall): Record<`${1 | 2 | 3 | 4 | 5}${string}`, ZodOpenApiResponseObject> {
  const all: Record<string, ZodOpenApiResponseObject> = {};
  for (const [status, { description, body }] of Object.entries(call.answers)) {
    all[status] = { description, ...(body ? { content: contentOf(body) } : {}) };
  }
  const refused = refusalsOf(call);
  for (const status of new Set(refused.map((code) => errorTable[code].status))) {
    const codes = refused.filter((code) => errorTable[code].status === status);
    const known = all[status];
    const told = codes.map((code) => `\`${code}\``).join(', ');
    all[status] = {
      description: known ? `${known.description}; or refused: ${told}` : told,
      content: { ...known?.content, ...refusalContent(area, codes) },
    };
  }
  return all;
}

/** The refusals of one status: the area's envelope, with the codes that this call can answer. */
function refusalContent({ refusal }: Area, codes: ErrorCode[]): Record<string, ZodOpenApiMediaTypeObject> {
  const schema = z.intersection(
    refusal.schema as z.ZodType<object>,
    z.looseObject({ code: z.enum(codes as [ErrorCode, ...ErrorCode[]]) }),
  );
  const examples = Object.fromEntries(codes.map((code) => [code, { value: refusal.exampleOf(code) }]));
  return { [refusal.mediaType ?? 'application/json']: { schema, examples } };
}

function contentOf({ schema, example, mediaType = 'application/json' }: BodyDescription) {
  return { [mediaType]: { schema, ...(example === undefined ? {} : { example }) } };
}
