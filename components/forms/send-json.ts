import type { Problem } from '@/lib/http/problem';
import { UNREACHABLE } from './run-action';

export type Answer<Value> =
  { ok: true; value: Value } | { ok: false; problem: Pick<Problem, 'code' | 'message' | 'errors'> };

type Sent = { method: 'POST' | 'PATCH' | 'PUT' | 'DELETE'; path: string; json?: unknown };

/** Calls our own API from a page. A lost connection is an answer too, so that callers need no second way to fail. */
export async function sendJson<Value>({ method, path, json }: Sent): Promise<Answer<Value>> {
  try {
    const response = await fetch(path, {
      method,
      headers: json === undefined ? {} : { 'content-type': 'application/json' },
      body: json === undefined ? undefined : JSON.stringify(json),
    });
    const value = await response.json();
    return response.ok ? { ok: true, value } : { ok: false, problem: value };
  } catch {
    return { ok: false, problem: unreachable };
  }
}

export const unreachable = { code: 'service_unavailable', message: UNREACHABLE } as const;
