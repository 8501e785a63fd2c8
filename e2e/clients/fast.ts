/**
 * Fast’s React Native app. React Native’s networking keeps cookies by itself and sends no Origin; the app of before keeps
 * nothing but the number and knows no tokens, the one of today keeps those in its secure store.
 */
type Fetch = typeof globalThis.fetch;
type FastUser = { id: string; phone_number: string; is_verified: boolean; created_at: string };

/** What the phone’s system does below `fetch`. */
export function withNativeCookies(fetch: Fetch): Fetch {
  const jar = new Map<string, string>();
  return async (url, init = {}) => {
    const headers = new Headers(init.headers);
    if (jar.size > 0) headers.set('cookie', [...jar].map((pair) => pair.join('=')).join('; '));
    const response = await fetch(url, { ...init, headers });
    for (const line of response.headers.getSetCookie()) {
      const [name = '', value = ''] = line.split(';')[0]?.split('=') ?? [];
      jar.set(name, value);
    }
    return response;
  };
}

export function fastApp(api: string, fetch: Fetch, secureStore: Map<string, string> | null) {
  const call = async <Data>(method: string, path: string, body?: object): Promise<Data> => {
    const token = secureStore?.get('access');
    const response = await fetch(`${api}${path}`, {
      method,
      headers: { 'Content-Type': 'application/json', ...(token ? { Authorization: `Bearer ${token}` } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const data = await response.json();
    // As an alert shows it: FastAPI says what went wrong in `detail`.
    if (!response.ok) throw new Error(`${response.status}: ${data.detail}`);
    return data as Data;
  };
  return {
    sendOtp: (phone_number: string) =>
      call<{ message: string; expires_in_minutes: number }>('POST', '/api/send-otp', { phone_number }),

    async verifyOtp(phone_number: string, otp: string) {
      const data = await call<{ user_id: string; is_verified: boolean; tokens?: { access: string } }>(
        'POST',
        '/api/verify-otp',
        { phone_number, otp },
      );
      if (data.tokens) secureStore?.set('access', data.tokens.access);
      return data;
    },

    login: async (phone_number: string) =>
      (await call<{ message: string; user: FastUser }>('POST', '/api/login', { phone_number })).user,

    user: (phone_number: string) => call<FastUser>('GET', `/api/user/${phone_number}`),
  };
}
