import { type Fault, UNREACHABLE } from './run-action';

export type Answer<Value> = { ok: true; value: Value } | { ok: false; problem: Fault };

type Sent = { method: 'GET' | 'POST' | 'PATCH' | 'PUT' | 'DELETE'; path: string; json?: unknown };

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

/** No answer arrived at all. */
export const unreachable: Fault = { code: 'service_unavailable', message: UNREACHABLE };

/**
 * Leads to the sign-in where a problem says that the session has ended, here or elsewhere: for pages on which nothing that
 * was typed would be lost.
 */
export function leaveIfSignedOut({ code }: Fault): void {
  if (code === 'unauthenticated' || code === 'token_revoked') {
    window.location.replace('/auth');
  }
}
