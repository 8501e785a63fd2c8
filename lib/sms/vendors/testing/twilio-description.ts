import Ajv, { type AnySchema } from 'ajv';
import described from './twilio-description/description.json' with { type: 'json' };
import type { TwilioRequest } from './fake-twilio';

// Twilio's own description of its API (OpenAPI 3, from @twilio/cli-core; twilio-description/extract.mjs takes it over), as a
// judge of what we send and of what our stand-in answers.

type Parameter = { name: string; in: string; required?: boolean; schema: AnySchema };
type Operation = {
  method: string;
  server: string;
  path: string;
  parameters: Parameter[];
  form?: { properties: Record<string, AnySchema>; required?: string[] };
  answers: Record<string, { schema: AnySchema; examples: Record<string, unknown> }>;
};

export const operations = described.operations as unknown as Operation[];

const formats = {
  uri: (value: string) => value.startsWith('/') || URL.canParse(value),
  'phone-number': /^(whatsapp:)?\+[1-9]\d{1,14}$/,
  endpoint: /^\+[1-9]\d{1,14}$/,
  twiml: (value: string) => /^<\?xml .*<Response>.*<\/Response>$/s.test(value) && value.length <= 4000,
  'date-time': true,
  'date-time-rfc-2822': true,
  'http-method': true,
  currency: true,
  'uri-map': true,
  'phone-number-capabilities': true,
  int32: true,
  int64: true,
} as const;

// A form carries text: "300" is an integer and "false" a boolean.
const ajv = {
  form: new Ajv({ strict: false, allErrors: true, coerceTypes: 'array', formats }),
  json: new Ajv({ strict: false, allErrors: true, formats }),
};

/**
 * OpenAPI's `nullable` in JSON Schema's words, since Ajv knows it only beside a `type`. Twilio's examples also write an empty
 * string for an address or SID that is not set.
 */
function withNulls(part: unknown): unknown {
  if (Array.isArray(part) || typeof part !== 'object' || part === null) {
    return Array.isArray(part) ? part.map(withNulls) : part;
  }
  const { nullable, ...schema } = Object.fromEntries(
    Object.entries(part).map(([key, value]) => [key, withNulls(value)]),
  );
  return nullable === true ? { anyOf: [schema, { enum: [null, ''] }] } : schema;
}

const schemas = withNulls(described.schemas);

function problems(judge: Ajv, schema: AnySchema, value: unknown): string[] {
  const validate = judge.compile({ components: { schemas }, ...(withNulls(schema) as object) });
  return validate(structuredClone(value))
    ? []
    : (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`);
}

/** The operation that a request is for, with the parts of its path. */
function operationOf({ method, path }: Pick<TwilioRequest, 'method' | 'path'>) {
  for (const operation of operations) {
    const pattern = operation.path.replaceAll('.', '\\.').replaceAll(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    const match = new RegExp(`^${pattern}$`).exec(path);
    if (match && operation.method === method) {
      return { operation, path: { ...match.groups } };
    }
  }
  return null;
}

/** What Twilio's description has against a request: names, types, patterns, what must be there. */
export function requestProblems(request: TwilioRequest): string[] {
  const found = operationOf(request);
  if (!found) {
    return [`${request.method} ${request.path} is not an operation`];
  }
  const { operation, path } = found;
  const parameters = (place: string, values: Record<string, string>) => {
    const there = operation.parameters.filter((parameter) => parameter.in === place);
    return problems(
      ajv.form,
      {
        type: 'object',
        properties: Object.fromEntries(there.map(({ name, schema }) => [name, schema])),
        required: there.filter(({ required }) => required).map(({ name }) => name),
        additionalProperties: false,
      },
      values,
    );
  };
  return [
    ...parameters('path', path),
    ...parameters('query', request.query),
    ...(operation.form
      ? problems(ajv.form, { ...operation.form, additionalProperties: false }, request.form)
      : request.body === ''
        ? []
        : ['a body where none belongs']),
    ...(operation.form && request.headers['content-type'] !== 'application/x-www-form-urlencoded'
      ? ['the body is not a form']
      : []),
  ];
}

/** What the description has against an answer. */
export function answerProblems(
  request: Pick<TwilioRequest, 'method' | 'path'>,
  status: number,
  body: unknown,
): string[] {
  const answer = operationOf(request)?.operation.answers[status];
  return answer ? problems(ajv.json, answer.schema, body) : [`${status} is not an answer of ${request.path}`];
}

/** The description's own example of an answer. */
export function exampleAnswer(path: string, status: number, name: string): Record<string, unknown> {
  const example = operations.find((operation) => operation.path === path)?.answers[status]?.examples[name];
  if (example === undefined) {
    throw new Error(`no example ${name} of ${path}`);
  }
  return structuredClone(example) as Record<string, unknown>;
}
