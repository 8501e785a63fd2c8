import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { errorTable } from '../../errors';
import { areas } from '../areas';
import { openApiDocument } from '../document';

export const document = openApiDocument(areas, { name: 'Latchkey', url: 'http://localhost:3000', version: '0.0.0' });

const ajv = new Ajv2020({ strict: false, allErrors: true });
addFormats.default(ajv);
ajv.addSchema(document, 'openapi');
const checks = new Map<string, ValidateFunction>();

const pointer = (...parts: string[]) =>
  parts.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');

/** What is wrong with a value by the schema at this place of the description; null: nothing. */
export function faultOf(value: unknown, ...place: string[]): string | null {
  const at = `openapi#${encodeURI(pointer(...place))}`;
  const check = checks.get(at) ?? ajv.compile({ $ref: at });
  checks.set(at, check);
  return check(value) ? null : ajv.errorsText(check.errors);
}

type Answer = { status: number; headers: Record<string, string | string[] | undefined>; text: string };
type Response = { content?: Record<string, unknown> };
type Operation = { responses: Record<string, Response> };

/** Addresses of the API; all else are pages and files. */
const OF_THE_API = /^\/(api(\/|$)|health\/?$|\.well-known\/)/;
/** NextAuth’s pages and redirects, which are no contract, and what leads to the reference. */
const NOT_DESCRIBED =
  /^\/api\/(docs|auth\/(signin|error|verify-request|_log|signout|callback|(providers|csrf|session)\/.+)(\/.*)?)\/?$/;

/** Why an answer is not one that the description tells of; null: it is. */
export function undescribed(method: string, path: string, answer: Answer): string | null {
  // As servers read it: without `./` and the like.
  const whole = `http://localhost${path}`;
  const raw = URL.canParse(whole) ? new URL(whole).pathname : '';
  const address = decodable(raw);
  // 431 is Node's own: its headers are too long to be any request of ours.
  if (address === null || answer.status === 431) return null;
  const name = (method === 'HEAD' ? 'GET' : method).toLowerCase();
  // An encoded slash stands within a segment.
  const found = findPath(raw) ?? findPath(address);
  const item = found === undefined ? undefined : (document.paths?.[found] as Record<string, Operation> | undefined);
  const operation = item?.[name];
  if (found !== undefined && operation) {
    return answerFault(answer, operation, ['paths', found, name, 'responses'], method === 'HEAD');
  }
  if (!OF_THE_API.test(address)) return null;
  if (method === 'OPTIONS') return answer.status === 204 ? null : `OPTIONS answers ${answer.status}`;
  if (NOT_DESCRIBED.test(address)) return null;
  if (!item) return isNothing(address, answer) ? null : `${address} is not described: ${answer.status}`;
  return isRefused(answer, 405, 404) || answer.status === 308 ? null : `${method} ${found} is not described`;
}

function answerFault(answer: Answer, operation: Operation, place: string[], bodiless: boolean): string | null {
  const described = operation.responses[String(answer.status)];
  if (!described) return `${place.join(' ')} does not describe ${answer.status}: ${answer.text.slice(0, 300)}`;
  if (bodiless || !described.content) return null;
  const type = String(answer.headers['content-type'] ?? '').split(';', 1)[0] ?? '';
  if (!described.content[type]) return `${place.join(' ')} ${answer.status} does not describe ${type}`;
  if (!/json/.test(type)) return null;
  const fault = faultOf(JSON.parse(answer.text), ...place, String(answer.status), 'content', type, 'schema');
  return fault && `${place.join(' ')} ${answer.status}: ${fault}: ${answer.text.slice(0, 300)}`;
}

/** The path of the description for an address; one without braces goes first. */
function findPath(address: string): string | undefined {
  const plain = address.replace(/(.)\/$/, '$1');
  const paths = Object.keys(document.paths ?? {});
  return (
    paths.find((path) => path.replace(/(.)\/$/, '$1') === plain) ?? paths.find((path) => patternOf(path).test(plain))
  );
}

const patternOf = (path: string) =>
  new RegExp(
    `^${path
      .replace(/(.)\/$/, '$1')
      .replaceAll('.', '\\.')
      .replaceAll(/\{[^}]+\}/g, '[^/]+')}$`,
  );

/** What an address answers that is none: a refusal, a way to how it is really written, or outside of /api a page. */
function isNothing(address: string, answer: Answer): boolean {
  return (
    isRefused(answer, 400, 403, 404, 405, 413, 415) ||
    answer.status === 308 ||
    (answer.status === 404 && !address.startsWith('/api'))
  );
}

/** A refusal with one of these statuses and a code of that status, in whatever envelope. */
function isRefused({ status, text }: Answer, ...statuses: number[]): boolean {
  if (!statuses.includes(status)) return false;
  const codes = Object.entries(errorTable).filter(([, known]) => known.status === status);
  if (text === '') return true;
  return text.startsWith('{') && codes.some(([code]) => (JSON.parse(text) as { code?: string }).code === code);
}

function decodable(address: string): string | null {
  try {
    return decodeURIComponent(address);
  } catch {
    return null;
  }
}
