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
  method: 'GET' | 'POST',
  path: string,
  { json, access }: { json?: object; access?: string },
): Promise<Exchange> {
  const started = performance.now();
  const request = `${method} ${path}`;
  const elapsed = () => Math.round(performance.now() - started);
  try {
    const response = await fetch(path, {
      method,
      credentials: 'omit',
      headers: {
        ...(json && { 'content-type': 'application/json' }),
        ...(access && { authorization: `Bearer ${access}` }),
      },
      body: json && JSON.stringify(json),
    });
    const body: unknown = await response.json();
    const status = `${response.status}`;
    return { request, ok: response.ok, status, milliseconds: elapsed(), body, answer: JSON.stringify(body, null, 2) };
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
