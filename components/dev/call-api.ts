export type Exchange = {
  request: string;
  ok: boolean;
  status: string;
  milliseconds: number;
  body: unknown;
  answer: string;
};

/** Calls the API as a client without cookies would, and keeps what there is to see. */
export async function callApi(
  method: string,
  path: string,
  { json, access }: { json?: unknown; access?: string },
): Promise<Exchange> {
  const started = performance.now();
  const request = `${method} ${path}`;
  const elapsed = () => Math.round(performance.now() - started);
  try {
    const response = await fetch(path, {
      method,
      credentials: 'omit',
      headers: {
        ...(json !== undefined && { 'content-type': 'application/json' }),
        ...(access && { authorization: `Bearer ${access}` }),
      },
      body: json === undefined ? undefined : JSON.stringify(json),
    });
    const text = await response.text();
    const body = parsed(text);
    const status = `${response.status}`;
    return { request, ok: response.ok, status, milliseconds: elapsed(), body, answer: shown(response, body) };
  } catch {
    return {
      request,
      ok: false,
      status: 'no answer',
      milliseconds: elapsed(),
      body: null,
      answer: 'The server could not be reached.',
    };
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return null;
  }
}

const shown = (response: Response, body: unknown): string =>
  body === null ? `(${response.headers.get('content-type') ?? 'no content'})` : JSON.stringify(body, null, 2);
