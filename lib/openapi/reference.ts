import { errorTable } from '../errors';
import type { ApiCall } from './api-call';
import type { Area } from './areas';
import { operationId, type OpenApiDocument } from './document';
import { refusalsOf } from './refusals';

/** A field of a body: `depth` says inside how many others it stands. */
export type FieldRow = { name: string; type: string; required: boolean; text: string | null; depth: number };
export type ReferenceBody = { mediaType: string; fields: FieldRow[]; example: string | null };

/** A call as the reference page shows it. `parameters` are those of its address. */
export type ReferenceCall = Pick<ApiCall, 'method' | 'path' | 'summary' | 'auth'> & {
  id: string;
  aliases: readonly string[];
  description: string | null;
  limits: readonly string[];
  parameters: { name: string; in: 'path' | 'query'; required: boolean }[];
  request: (ReferenceBody & { optional: boolean }) | null;
  answers: { status: string; description: string; body: ReferenceBody | null }[];
  refusals: { status: number; code: string; message: string }[];
};
export type ReferenceArea = { id: string; name: string; description: string; calls: ReferenceCall[] };

type Schema = {
  $ref?: string;
  type?: string | string[];
  format?: string;
  const?: unknown;
  enum?: unknown[];
  description?: string;
  maxLength?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
};
type Media = { schema?: Schema; example?: unknown };
type Operation = {
  parameters?: { name: string; in: 'path' | 'query'; required?: boolean }[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
};

const DEEPEST = 3;

/** What the reference page shows: the calls in their areas, each with the fields of its bodies as rows. */
export function referenceOf(areas: readonly Area[], document: OpenApiDocument): ReferenceArea[] {
  const schemas = document.components?.schemas as Record<string, Schema> | undefined;
  const whole = (schema: Schema): Schema =>
    schema.$ref ? whole(schemas?.[schema.$ref.split('/').at(-1) ?? ''] ?? {}) : schema;

  const rowsOf = (given: Schema, depth = 0): FieldRow[] => {
    const schema = inner(whole(given), whole);
    return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
      const known = whole(field);
      const row = { name, type: typeOf(known, whole), required: schema.required?.includes(name) ?? false, depth };
      return [{ ...row, text: textOf(field, known) }, ...(depth < DEEPEST ? rowsOf(known, depth + 1) : [])];
    });
  };
  const bodyOf = (content: Record<string, Media> | undefined): ReferenceBody | null => {
    const [mediaType, media] =
      Object.entries(content ?? {}).find(([type]) => type !== 'application/problem+json') ?? [];
    if (!mediaType || !media) return null;
    const example = media.example === undefined ? null : JSON.stringify(media.example, null, 2);
    return { mediaType, fields: rowsOf(media.schema ?? {}), example };
  };
  const callOf = (call: ApiCall, sentences: Area['sentences']): ReferenceCall => {
    const item = document.paths?.[call.path] as Record<string, Operation> | undefined;
    const operation = item?.[call.method.toLowerCase()] ?? { responses: {} };
    const request = bodyOf(operation.requestBody?.content);
    const { method, path, summary, auth, aliases = [], description = null, limits = [] } = call;
    return {
      ...{ method, path, summary, auth, aliases, description, limits },
      id: operationId(call.method, call.path),
      parameters: (operation.parameters ?? []).map((one) => ({
        name: one.name,
        in: one.in,
        required: one.required === true,
      })),
      request: request && { ...request, optional: call.request?.optional ?? false },
      answers: Object.entries(call.answers).map(([status, answer]) => ({
        status,
        description: answer.description,
        body: answer.body ? bodyOf(operation.responses[status]?.content) : null,
      })),
      refusals: refusalsOf(call)
        .map((code) => ({ code, ...errorTable[code], ...(sentences && { message: sentences[code] }) }))
        .sort((one, other) => one.status - other.status),
    };
  };
  return areas.map(({ name, description, calls, sentences }) => ({
    id: name.toLowerCase().replaceAll(/\W+/g, '-'),
    name,
    description,
    calls: calls.map((call) => callOf(call, sentences)),
  }));
}

/** The object whose fields a reader wants to see: of a list its item's, of a choice the first one's. */
function inner(schema: Schema, whole: (schema: Schema) => Schema): Schema {
  if (schema.items) return inner(whole(schema.items), whole);
  const choice = schema.anyOf?.map(whole).find((one) => one.properties);
  return choice ?? schema;
}

function typeOf(schema: Schema, whole: (schema: Schema) => Schema): string {
  if (schema.anyOf) return [...new Set(schema.anyOf.map((one) => typeOf(whole(one), whole)))].join(' or ');
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum)
    return schema.enum.length > 6 ? 'string' : schema.enum.map((one) => JSON.stringify(one)).join(' or ');
  if (schema.items) return `list of ${typeOf(whole(schema.items), whole)}`;
  const type = [schema.type ?? 'anything'].flat().join(' or ');
  return schema.format ? `${type} (${schema.format})` : type;
}

function textOf(given: Schema, schema: Schema): string | null {
  const longest = schema.maxLength ? `At most ${schema.maxLength} characters` : undefined;
  return [given.description ?? schema.description, longest].filter(Boolean).join('. ') || null;
}
